"""Anomalies as a picture and as a page: the curve, and the frames at its peaks."""

import base64
from pathlib import Path

import jinja2
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from inphase.alignment.deviation import Segment
from inphase.applications.anomalies.result import Anomalies
from inphase.atomic import write_text
from inphase.results.figures import rendered, save_figure
from inphase.video import VideoReader

_LOOKS, _PACE, _ALARM, _QUIET = "#0072b2", "#e69f00", "#d55e00", "#9a9a9a"
_SHOWN = 5
_INCHES = 11.0
# A peak a hundred times higher than usual would flatten the rest of the curve.
_HIGHEST = 6.0

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Anomalies of {{ result.video.name }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem;
       color: #222; background: #fff; }
img { width: 100%; height: auto; } table { border-collapse: collapse; }
th, td { padding: .3rem .9rem .3rem 0; text-align: right; } td:last-child { text-align: left; }
.alarm { color: #b34700; font-weight: 600; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818; }
  img { background: #fff; } .alarm { color: #ff9a52; } }
</style></head><body>
<h1>{{ result.video.name }}</h1>
<p>Compared with {{ result.typical|length }} typical videos. Nine out of ten of them stay below a
score of 1 throughout; p is the probability that a normal video deviates as much anywhere.
{{ result.caution }}</p>
<img alt="Deviation from the typical videos over time"
  src="data:image/svg+xml;base64,{{ picture }}">
{% if result.segments %}
<table><tr><th>start (s)</th><th>end (s)</th><th>score</th><th>p</th><th>kind</th></tr>
{% for one in result.segments %}
<tr{% if one.is_alarm(result.alpha) %} class="alarm"{% endif %}>
<td>{{ "%.2f"|format(one.start) }}</td>
<td>{{ "%.2f"|format(one.end) }}</td><td>{{ "%.2f"|format(one.score) }}</td>
<td>{{ "%.3f"|format(one.p_value) }}</td><td>{{ one.kind }}</td></tr>
{% endfor %}</table>
{% else %}<p>No part of it deviates more than half of the typical videos do.</p>{% endif %}
</body></html>
"""


def png(result: Anomalies, path: Path, *, width: int = 1200) -> None:
    """Plot the curve, `width` pixels wide."""
    save_figure(path, _drawn(result), width=width)


svg = png


def html(result: Anomalies, path: Path) -> None:
    """Write a self-contained page."""
    picture = base64.b64encode(rendered(_drawn(result), "svg", width=1200)).decode()
    template = jinja2.Environment(autoescape=True).from_string(_PAGE)
    write_text(path, template.render(result=result, picture=picture))


def _drawn(result: Anomalies) -> Figure:
    shown = _to_show(result)
    with VideoReader(result.video.path) as reader:
        frames = [next(iter(reader.frames([one.peak]))) for one in shown]
    aspect = max((frame.shape[0] / frame.shape[1] for frame in frames), default=0.0)
    cell = _INCHES / max(_SHOWN, 1) * 0.9
    tall = cell * min(aspect, 1.3) + 0.35 if frames else 0.0
    figure = Figure(figsize=(_INCHES, 3.4 + tall))
    FigureCanvasAgg(figure)
    height = figure.get_figheight()
    axes = figure.add_axes((0.06, 0.55 / height, 0.92, 2.5 / height))
    times, deviation = result.video.times, result.deviation
    top = float(np.clip(deviation.score.max() * 1.1, 1.5, _HIGHEST))
    axes.plot(times, np.minimum(deviation.looks, top), color=_LOOKS, label="looks")
    axes.plot(times, np.minimum(deviation.pace, top), color=_PACE, label="pace")
    axes.axhline(1, color=_QUIET, linewidth=0.8, linestyle="--")
    axes.text(times[-1], 1.02, "9 out of 10 typical videos stay below", ha="right", va="bottom",
              color=_QUIET, fontsize=8)  # fmt: skip
    for one in result.segments:
        colour = _ALARM if one.is_alarm(result.alpha) else _QUIET
        axes.axvspan(one.start, max(one.end, one.start + 1e-3), color=colour, alpha=0.18, lw=0)
    axes.set(xlim=(times[0], max(times[-1], times[0] + 1e-3)), ylim=(0, top))
    axes.set_xlabel("seconds")
    axes.set_ylabel("deviation")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False, ncols=2, fontsize=9)
    axes.set_title(result.video.name, fontsize=11, loc="left")
    step = 0.92 / max(_SHOWN, len(frames), 1)
    for index, (one, frame) in enumerate(zip(shown, frames, strict=True)):
        left = 0.06 + index * step
        place = (left, 3.35 / height, step * 0.94, (tall - 0.4) / height)
        cell_axes = figure.add_axes(place)
        cell_axes.imshow(frame)
        cell_axes.set_axis_off()
        cell_axes.set_title(
            f"{times[one.peak]:.2f} s: {one.kind}, p {one.p_value:.2g}",
            fontsize=8,
            color=_ALARM if one.is_alarm(result.alpha) else "#444444",
        )
    return figure


def _to_show(result: Anomalies) -> list[Segment]:
    """The segments that deviate most, in order of time."""
    strongest = sorted(result.segments, key=lambda one: -one.score)[:_SHOWN]
    return sorted(strongest, key=lambda one: one.peak)
