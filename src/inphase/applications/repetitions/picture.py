"""The self-similarity of a video, with its cuts."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from inphase.alignment import squared_euclidean
from inphase.models import EmbeddedVideo
from inphase.results.figures import save_figure

_LARGEST = 1200  # frames drawn per side
_CUT = "#d55e00"
_WIDTH = 900  # pixels


def draw_cuts(path: Path, video: EmbeddedVideo, spans: NDArray[np.float64]) -> None:
    """Draw the distances between all moments of a video, and its repetitions.

    Args:
        path: of the picture; the suffix sets its format.
        video: embedded.
        spans: (repetitions, 2) start and end, in seconds.
    """
    step = max(1, -(-len(video.times) // _LARGEST))
    times, embeddings = video.times[::step], video.embeddings[::step]
    distances = np.sqrt(squared_euclidean(embeddings, embeddings))
    figure = Figure(figsize=(7.5, 7.5), layout="constrained")
    axes = figure.subplots()
    extent = (float(times[0]), float(times[-1]), float(times[-1]), float(times[0]))
    axes.imshow(distances, extent=extent, cmap="viridis_r", interpolation="nearest", aspect="equal")
    for begin, end in spans:
        corners = ([begin, end, end, begin, begin], [begin, begin, end, end, begin])
        axes.plot(*corners, color=_CUT, linewidth=1.6)
    found = f"{len(spans)} repetitions" if len(spans) else "no repetitions"
    axes.set_title(f"{video.name}: {found}")
    axes.set_xlabel("seconds (bright: similar)")
    axes.set_ylabel("seconds")
    save_figure(path, figure, width=_WIDTH)
