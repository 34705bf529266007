"""Write matplotlib figures reproducibly: the same figure gives the same file."""

import io
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from inphase.atomic import replacing


def save_figure(path: Path, figure: Figure, *, width: int) -> None:
    """Write `.png` or `.svg`, whole or not at all.

    Args:
        path: its suffix sets the format.
        figure: to write.
        width: of the .png, in pixels.

    Raises:
        OutputError: the file cannot be written.
    """
    picture = rendered(figure, path.suffix[1:], width=width)
    with replacing(path) as beside:
        beside.write_bytes(picture)


def rendered(figure: Figure, form: str, *, width: int) -> bytes:
    """The bytes of a file in a form, `"png"` or `"svg"`; `width` of the former in pixels."""
    picture = io.BytesIO()
    # The salt makes the names inside an SVG, and thus the file, the same each time.
    with matplotlib.rc_context({"svg.hashsalt": "inphase", "svg.fonttype": "path"}):
        metadata = {"Date": None} if form == "svg" else None
        figure.savefig(picture, format=form, dpi=width / figure.get_figwidth(), metadata=metadata)
    return picture.getvalue()
