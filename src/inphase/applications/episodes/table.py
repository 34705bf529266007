"""The episodes that went wrong, as a table on the terminal."""

from collections.abc import Sequence

from rich.table import Table

from inphase.applications.episodes.result import Episode


def flagged_table(episodes: Sequence[Episode]) -> Table:
    """One row an episode: how far it came, how much it deviates, and its flags."""
    table = Table("episode", "end", "coverage", "deviation", "flags", box=None)
    for one in episodes:
        told = one.to_dict()
        numbers = [
            "" if told[name] is None else f"{told[name]:.2f}"
            for name in ("end", "coverage", "deviation")
        ]
        table.add_row(one.name, *numbers, ", ".join(one.flags))
    return table
