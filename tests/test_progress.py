"""The progress bar shows names as they are."""

import io

from rich.console import Console

from inphase.progress import progress_bar


def test_brackets_and_colons_in_names_are_shown() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100)
    with progress_bar("Writing swing [slowmo] :cat:.mp4", 1, console=console) as bar:
        bar.advance(1)
        bar.describe("Exporting [/red]")
    assert "swing [slowmo] :cat:.mp4" in shown.getvalue()
    assert "Exporting [/red]" in shown.getvalue()
