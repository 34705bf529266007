"""Progress and distance to the goal as a plot."""

from pathlib import Path

from matplotlib.figure import Figure

from inphase.applications.progress_signal.result import ProgressCurve
from inphase.results.figures import save_figure


def png(result: ProgressCurve, path: Path, *, width: int = 1000) -> None:
    """Plot both over time, `width` pixels wide."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    times = result.video.times
    axes.plot(times, result.progress, color="#0072b2", label="progress")
    axes.plot(times, result.distance_to_goal, color="#d55e00", label="distance to goal")
    for index, (start, end) in enumerate(result.verdict.stretches):
        label = "doubtful" if index == 0 else None
        axes.axvspan(start, end, color="#888888", alpha=0.25, linewidth=0, label=label)
    axes.set(xlabel="seconds", xlim=(times[0], max(times[-1], times[0] + 1e-3)))
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    axes.set_title(result.video.name, fontsize=11, loc="left")
    save_figure(path, figure, width=width)


svg = png
