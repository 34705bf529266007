"""Write trajectories as a plot or as a page."""

from pathlib import Path

from rich.console import Console

from inphase.applications.trajectory.page import write_page
from inphase.applications.trajectory.plot import write_plot
from inphase.applications.trajectory.result import Trajectories

_TITLES = {"tsne": "t-SNE", "opentsne": "t-SNE", "pca": "PCA", "umap": "UMAP"}


def png(
    result: Trajectories, path: Path, *, width: int = 1600, console: Console | None = None
) -> None:
    """Draw a plot like the supplement's Figure 1, `width` pixels wide."""
    write_plot(path, result.videos, width=width, console=console)


svg = png


def html(result: Trajectories, path: Path, *, console: Console | None = None) -> None:
    """Write a self-contained page."""
    write_page(path, result.videos, title=_TITLES[result.method], console=console)
