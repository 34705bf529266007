"""Repetitions: a video of twenty push-ups becomes twenty clips."""

import csv
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment.repetitions import Repetitions, find_repetitions
from inphase.applications.output_folder import check_output_folder, file_stems
from inphase.atomic import replacing
from inphase.data import Collection, resample
from inphase.errors import AlignmentError, OutputError, Skipped
from inphase.models import EmbeddedVideo, FrameEmbedder
from inphase.models.embedding import embed_with
from inphase.models.encoder import ready_encoder
from inphase.models.plain_features import PlainEmbedder
from inphase.progress import progress_bar
from inphase.video import VideoReader, VideoWriter, average_fps, frame_at, probe, read_audio

# Frames a second at which repetitions are looked for: those of half a second have eight.
SEARCH_FPS = 15.0
# How far apart the same pose may be: for the base network alone it is further than for an encoder
# that was fitted.
_ALIKE, _PLAIN_ALIKE = 0.45, 0.7


@dataclass(frozen=True)
class Cuts:
    """Where a video repeats itself.

    Attributes:
        video: at the frames that were looked at.
        repetitions: in those frames.
        frames: (clips, 2) first frame and the frame after the last of each clip, in the video's own
            frames: one a repetition, or one of the whole video where it does not repeat itself.
        spans: (clips, 2) begin and end of each clip, in seconds.
    """

    video: EmbeddedVideo
    repetitions: Repetitions
    frames: NDArray[np.int64]
    spans: NDArray[np.float64]

    @property
    def count(self) -> int:
        """Number of repetitions; 0 where the video does not repeat itself."""
        return self.repetitions.count

    @property
    def period(self) -> float:
        """Median length of a repetition in seconds; 0 without."""
        return float(np.median(self.spans[:, 1] - self.spans[:, 0])) if self.count else 0.0

    def save(
        self, folder: str | Path, *, stem: str | None = None, console: Console | None = None
    ) -> tuple[Path, ...]:
        """Write each clip with its sound, and what was found, into a folder.

        ``<name>_01.mp4`` and so on, cut at the frame and therefore encoded again; a video that does
        not repeat itself is copied as it is. Beside them ``<name>.json``, ``<name>.csv`` and
        ``<name>.png``: the self-similarity of the video with its cuts.

        Args:
            folder: where they go.
            stem: of the files, instead of the video's name.
            console: where a progress bar goes; by default nowhere.

        Returns:
            The clips.

        Raises:
            OutputError: the folder cannot be written, or holds the video, or clips of another video
                of this name.
            VideoError: the video can no longer be read.
        """
        folder = Path(folder)
        stem = file_stems([self.video.name])[0] if stem is None else stem
        _check_place(folder, {stem: self.video.path})
        clips = self._write_clips(folder, stem, console)
        with replacing(folder / f"{stem}.json") as beside:
            told = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
            beside.write_text(told + "\n", encoding="utf-8")
        with (
            replacing(folder / f"{stem}.csv") as beside,
            beside.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.DictWriter(file, fieldnames=list(self._rows()[0]))
            writer.writeheader()
            writer.writerows(self._rows())
        # Here, because drawing is slow to import.
        from inphase.applications.cut_picture import draw_cuts

        draw_cuts(folder / f"{stem}.png", self.video, self.spans if self.count else self.spans[:0])
        return clips

    def to_dict(self) -> dict[str, Any]:
        """What was found as plain values, as the JSON file holds it; times in seconds."""
        return {
            "name": self.video.name,
            "file": str(self.video.path),
            "count": self.count,
            "period": round(self.period, 6),
            "confidence": round(self.repetitions.confidence, 4),
            "clips": self._rows(),
        }

    def _rows(self) -> list[dict[str, Any]]:
        likeness = [*self.repetitions.likeness] if self.count else [None]
        return [
            {
                "clip": number,
                "start": round(float(begin), 6),
                "end": round(float(end), 6),
                "first_frame": int(first),
                "last_frame": int(after) - 1,
                "likeness": None if alike is None else round(float(alike), 4),
            }
            for number, ((first, after), (begin, end), alike) in enumerate(
                zip(self.frames, self.spans, likeness, strict=True), start=1
            )
        ]

    def _write_clips(self, folder: Path, stem: str, console: Console | None) -> tuple[Path, ...]:
        source = self.video.path
        if not self.count:
            whole = folder / f"{stem}{source.suffix}"
            with replacing(whole) as beside:
                if source.is_dir():
                    shutil.copytree(source, beside)
                else:
                    shutil.copy(source, beside)
            return (whole,)
        reader = VideoReader(source)
        sound = read_audio(source) if reader.info.has_audio else None
        digits = max(2, len(str(self.count)))
        paths = []
        total = int((self.frames[:, 1] - self.frames[:, 0]).sum())
        with progress_bar(f"Cutting {self.video.name}", total, console=console) as bar:
            for number, (first, after) in enumerate(self.frames, start=1):
                path = folder / f"{stem}_{number:0{digits}d}.mp4"
                begin, end = self.spans[number - 1]
                audio = sound.cut(begin, end) if sound is not None else None
                with VideoWriter(path, fps=reader.info.fps, size=reader.size, audio=audio) as out:
                    indices = range(first, after)
                    for index, frame in zip(indices, reader.frames(indices), strict=True):
                        out.write(frame, time=float(reader.times[index] - begin))
                        bar.advance(1)
                paths.append(path)
        return tuple(paths)


@dataclass(frozen=True)
class CutVideos:
    """What :func:`cut_videos` found.

    Attributes:
        cuts: one a video.
        skipped: videos that could not be read.
    """

    cuts: tuple[Cuts, ...]
    skipped: tuple[Skipped, ...]

    def save(self, folder: str | Path, *, console: Console | None = None) -> tuple[Path, ...]:
        """Write the clips of all of them into a folder, as :meth:`Cuts.save` does.

        No clip of one video has the name of another's: where they would, a number tells their
        videos apart.

        Returns:
            The clips.

        Raises:
            OutputError, VideoError: as :meth:`Cuts.save`.
        """
        stems = file_stems((cuts.video.name for cuts in self.cuts), numbered=True)
        written: list[Path] = []
        for stem, cuts in zip(stems, self.cuts, strict=True):
            written += cuts.save(folder, stem=stem, console=console)
        return tuple(written)


def cut(
    video: EmbeddedVideo,
    *,
    shortest: float = 0.4,
    longest: float | None = None,
    least_confidence: float = 0.45,
    alike: float = _ALIKE,
) -> Cuts:
    """Find the repetitions of a video that an encoder fitted to its action has embedded.

    Without such an encoder, :func:`cut_videos`.

    Args:
        video: as :func:`inphase.embed` gives it, or ``PlainEmbedder.embed``.
        shortest: repetition, in seconds.
        longest: repetition, in seconds; by default half of the video.
        least_confidence: (0..1) below this the video stays whole.
        alike: as :func:`~inphase.alignment.repetitions.find_repetitions` takes it.

    Raises:
        AlignmentError: an option is out of range.
        VideoError: the video can no longer be read.
    """
    check_options(shortest=shortest, longest=longest, least_confidence=least_confidence)
    chosen = resample(video.times, fps=SEARCH_FPS)
    searched = EmbeddedVideo(video.name, video.path, video.times[chosen], video.embeddings[chosen])
    times = searched.times
    rate = average_fps(times, default=SEARCH_FPS)
    repetitions = find_repetitions(
        searched.embeddings,
        shortest=max(4, round(shortest * rate)),
        longest=None if longest is None else round(longest * rate),
        least_confidence=least_confidence,
        alike=alike,
    )
    info = probe(video.path)
    ends = np.append(info.times, info.duration)
    if not repetitions.count:
        frames = np.array([[0, info.frames]], dtype=np.int64)
    else:
        own = np.array([frame_at(info.times, time) for time in times] + [info.frames])
        frames = np.stack([own[repetitions.starts], own[repetitions.ends]], axis=1)
    return Cuts(searched, repetitions, frames, ends[frames])


def check_options(
    *, shortest: float = 0.4, longest: float | None = None, least_confidence: float = 0.45
) -> None:
    """Refuse what :func:`cut` cannot look for, before minutes of work.

    Raises:
        AlignmentError: an option is out of range.
    """
    if not 0 < shortest < math.inf:
        raise AlignmentError(f"The shortest repetition must be above 0 seconds, not {shortest:g}.")
    if longest is not None and not shortest <= longest < math.inf:
        raise AlignmentError(
            f"The longest repetition must be at least the shortest ({shortest:g} s), not "
            f"{longest:g} s."
        )
    if not 0 <= least_confidence <= 1:
        raise AlignmentError(f"least_confidence must be in 0..1, not {least_confidence:g}.")


def cut_videos(
    videos: Collection | str | Path | Sequence[str | Path],
    *,
    model: str | Path | None = None,
    shortest: float = 0.4,
    longest: float | None = None,
    least_confidence: float = 0.45,
    console: Console | None = None,
) -> CutVideos:
    """Embed videos and find the repetitions of each.

    Args:
        videos: a collection, or what :meth:`inphase.data.Collection.open` takes.
        model: folder of an encoder that was fitted to this action; None for the pretrained base
            network alone.
        shortest: as :func:`cut` takes it.
        longest: as :func:`cut` takes it.
        least_confidence: as :func:`cut` takes it.
        console: where a progress bar goes; by default nowhere.

    Raises:
        CollectionError: the videos cannot be found.
        ModelError: the model folder cannot be used.
        VideoError: none of the videos can be read.
        AlignmentError: an option is out of range.
    """
    check_options(shortest=shortest, longest=longest, least_confidence=least_confidence)
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    embedder = (
        PlainEmbedder(fps=SEARCH_FPS) if model is None else FrameEmbedder(ready_encoder(model))
    )
    embeddings = embed_with(embedder, collection, console=console)
    found = [
        cut(
            video,
            shortest=shortest,
            longest=longest,
            least_confidence=least_confidence,
            alike=_PLAIN_ALIKE if model is None else _ALIKE,
        )
        for video in embeddings
    ]
    return CutVideos(tuple(found), embeddings.skipped)


def check_clips_folder(folder: str | Path, collection: Collection) -> None:
    """Refuse a folder in which clips or videos would be lost, before minutes of work.

    Raises:
        OutputError: it is a file, holds one of the videos, or clips of another video of that name.
    """
    stems = file_stems(collection.names, numbered=True)
    paths = [video.path for video in collection]
    _check_place(Path(folder), dict(zip(stems, paths, strict=True)))


def _check_place(folder: Path, sources: Mapping[str, Path]) -> None:
    check_output_folder(folder, sources.values())
    for stem, path in sources.items():
        try:
            told = json.loads((folder / f"{stem}.json").read_text(encoding="utf-8"))
            before = Path(told["file"])
        except (OSError, ValueError, TypeError, KeyError):
            continue  # nothing of ours
        if before.absolute() != path.absolute():
            raise OutputError(
                f"{folder} holds clips of another {stem}, {before}; give another folder."
            )
