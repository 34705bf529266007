"""What was measured in several videos, over the time of the reference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.measurement import FORMATS, words
from inphase.applications.measurement.curves import (
    Band,
    Departure,
    Difference,
    MeasuredVideo,
    departures,
    differences,
)
from inphase.applications.measurement.quantities import ANGLES, DISTANCES, NEEDS
from inphase.applications.measurement.tempo import Tempo
from inphase.results.result import Result, Table

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measurements(Result):
    """Angles, speeds, distances and tempo of several videos, over the time of the reference.

    Attributes:
        seconds: (frames,) of the reference.
        videos: the reference, then the others.
        typical: the good videos that the bands are made of; may be empty.
        bands: by quantity, of the typical videos; empty without any.
        events: seconds of the reference's key events, in order; may be empty.
        tempos: by name of the video; empty without key events.
        in_depth: whether the landmarks in space were measured, or those in the picture.
    """

    seconds: Array
    videos: tuple[MeasuredVideo, ...]
    typical: tuple[MeasuredVideo, ...]
    bands: Mapping[str, Band]
    events: Mapping[str, float]
    tempos: Mapping[str, Tempo]
    in_depth: bool

    formats = FORMATS

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos, then the typical ones."""
        return [video.path for video in (*self.videos, *self.typical)]

    @property
    def reference(self) -> MeasuredVideo:
        """The video whose time it is."""
        return self.videos[0]

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Where each other video differs most from the reference, in each quantity."""
        return tuple(
            one
            for video in self.videos[1:]
            for one in differences(self.reference, video, self.seconds, in_depth=self.in_depth)
        )

    @cached_property
    def departures(self) -> tuple[Departure, ...]:
        """The stretches in which a video leaves the bands, strongest first for each video."""
        if not self.typical:
            return ()
        views = {one.seen_from for one in self.typical}
        return tuple(
            one
            for video in self.videos
            for one in departures(video, self.bands, views, self.seconds, in_depth=self.in_depth)
        )

    @property
    def duration(self) -> float:
        """Of the reference, in seconds."""
        return float(self.seconds[-1] - self.seconds[0])

    def sentences(self) -> list[str]:
        """Differences, what leaves the bands, tempo, and what is not known."""
        told = []
        for video in self.videos[1:]:
            found = [one for one in self.differences if one.video == video.name]
            if found:
                name = self.reference.name
                told.append(words.most_different(found, name, self.events, self.duration))
        known = any(np.isfinite(band.median).any() for band in self.bands.values())
        if self.typical and not known:
            told.append("The typical videos give no band: too few can be seen or matched.")
        for video in self.videos if known else ():
            left = [one for one in self.departures if one.video == video.name]
            if video.view and video.verdict.reliable:
                told.append(words.outside(left, video.name, self.events, self.duration))
        told += [words.tempo_of(name, tempo) for name, tempo in self.tempos.items()]
        return told + [one for video in self.videos for one in _doubts(video)]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file.

        Curves have one entry per reference frame, None in gaps. Left and right are those of the
        person in that video.
        """
        return {
            "reference": self.reference.name,
            "landmarks": "in space" if self.in_depth else "in the picture",
            "units": {"angles": "degrees", "speeds": "degrees per second",
                      "distances": "torso lengths"},
            "sentences": self.sentences(),
            "events": {name: round(at, 6) for name, at in self.events.items()},
            "seconds": _listed(self.seconds, 6),
            "videos": [self._told(video) for video in self.videos],
            "differences": [{**asdict(one), "certain": one.certain} for one in self.differences],
            "typical": [video.name for video in self.typical],
            "bands": {
                name: {edge: _listed(getattr(band, edge)) for edge in ("low", "median", "high")}
                for name, band in self.bands.items()
            },
            "departures": [{**asdict(one), "certain": one.certain} for one in self.departures],
        }  # fmt: skip

    def table(self) -> Table:
        """One row per video and reference frame."""
        names = [*ANGLES, *(f"{name}_speed" for name in ANGLES), *DISTANCES]
        columns = ["video", "reference_frame", "reference_time", "time", "reliable", "doubtful"]
        return Table([*columns, *names], self._rows())

    def _rows(self) -> Iterator[list[object]]:
        for video in self.videos:
            verdict = video.verdict
            curves = [
                _listed(curve)
                for curve in (
                    *(video.values[name] for name in ANGLES),
                    *(video.speeds[name] for name in ANGLES),
                    *(video.values[name] for name in DISTANCES),
                )
            ]
            own = _listed(video.times, 6)
            for frame, seconds in enumerate(self.seconds.tolist()):
                doubts = verdict.cells(seconds)
                values = [curve[frame] for curve in curves]
                yield [video.name, frame, round(seconds, 6), own[frame], *doubts, *values]

    def _told(self, video: MeasuredVideo) -> dict[str, Any]:
        tempo = self.tempos.get(video.name)
        return {
            "name": video.name,
            "file": str(video.path),
            "view": video.view,
            "mirrored": video.mirrored,
            **video.verdict.to_dict(),
            "times": _listed(video.times, 6),
            "seen": {
                name: round(float(np.isfinite(video.values[name]).mean()), 3) for name in NEEDS
            },
            "values": {name: _listed(video.values[name]) for name in NEEDS},
            "speeds": {name: _listed(video.speeds[name]) for name in ANGLES},
            "tempo": None if tempo is None else {
                "events": {name: asdict(event) for name, event in tempo.events.items()},
                "spans": tempo.spans(),
                "ratios": tempo.ratios(),
            },
        }  # fmt: skip


def _doubts(video: MeasuredVideo) -> Iterator[str]:
    if not video.view:
        yield f"{video.name}: nobody is seen, so nothing is measured."
        return
    if not video.verdict.reliable:
        yield f"{video.verdict.sentence}, so nothing is compared."
    hidden = [name for name in NEEDS if not np.isfinite(video.values[name]).any()]
    if hidden:
        yield f"{video.name}: hidden throughout, so not measured: {', '.join(hidden)}."


def _listed(values: Array, digits: int = 2) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), digits) for value in values]
