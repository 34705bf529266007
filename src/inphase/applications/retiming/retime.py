"""Give every episode of a dataset the pace of its task's reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from inphase.alignment import AlignmentOptions, align, medoid
from inphase.applications.retiming.stillness import moving_part
from inphase.applications.verdict import Verdict
from inphase.data.lerobot import RobotDataset
from inphase.data.lerobot.episodes import EpisodePlace
from inphase.data.lerobot.writing import write_frames_of
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo
from inphase.progress import progress_bar


@dataclass(frozen=True)
class Retimed:
    """How the episodes of a dataset are retimed.

    Attributes:
        references: by task, the name of the episode whose pace is kept.
        frames: by number of the episode, (new frames,) its frames to show, ascending.
        verdicts: on the match of each other episode with its reference.
    """

    references: Mapping[str, str]
    frames: Mapping[int, NDArray[np.int64]]
    verdicts: tuple[Verdict, ...]


def retime(
    places: Sequence[EpisodePlace],
    embedded: Sequence[EmbeddedVideo],
    *,
    reference: str | None = None,
    trim: bool = False,
    options: AlignmentOptions = AlignmentOptions(),
    console: Console | None = None,
) -> Retimed:
    """Match every episode with the reference of its task.

    Args:
        places: the episodes, in order.
        embedded: the embeddings of those that can be read; the others are left out.
        reference: name of the episode whose pace is kept; by default the most typical of each
            task, the medoid.
        trim: whether to leave out the still begins and ends of all episodes.
        options: of the alignment.
        console: where progress bars go; by default nowhere.

    Raises:
        AlignmentError: there is no such episode, or a given reference is not the only task's.
        VideoError: a video can no longer be read.
    """
    known = {video.name: video for video in embedded}
    read = [place for place in places if place.name in known]
    tasks = {place.name: place.task for place in read}
    if reference is not None and reference not in tasks:
        raise AlignmentError(f"There is no episode {reference}; the first is {places[0].name}.")
    if reference is not None and len(set(tasks.values())) > 1:
        raise AlignmentError("The dataset has several tasks, each with a reference of its own.")
    references: dict[str, str] = {}
    frames: dict[int, NDArray[np.int64]] = {}
    verdicts: list[Verdict] = []
    with progress_bar("Aligning", len(read), console=console) as bar:
        for task in dict.fromkeys(tasks.values()):
            own = [place for place in read if place.task == task]
            parts = {place.name: _part(place, known[place.name], trim=trim) for place in own}
            cut = {name: known[name].embeddings[part] for name, part in parts.items()}
            central = medoid([cut[place.name] for place in own], distance=options.distance).index
            name = reference or own[central].name
            references[task] = name
            for place in own:
                part = parts[place.name]
                if place.name == name:
                    frames[place.index] = part
                else:
                    found = align(cut[name], cut[place.name], options)
                    frames[place.index] = part[found.query_frames]
                    times = known[name].times[parts[name]]
                    verdicts.append(Verdict.of(place.name, found.confidence, times))
                bar.advance(1)
    return Retimed(references, frames, tuple(verdicts))


def write_retimed(
    retimed: Retimed,
    dataset: RobotDataset,
    folder: str | Path,
    *,
    console: Console | None = None,
) -> None:
    """Write a retimed dataset in its own version: all cameras, states and actions.

    Raises:
        CollectionError: the rows or videos of an episode are not as many as its frames.
        OutputError: the folder cannot be written.
    """
    chosen = [
        (episode, retimed.frames[episode.index])
        for episode in dataset.episodes
        if episode.index in retimed.frames
    ]
    total = sum(len(frames) for _, frames in chosen) * len(dataset.cameras)
    with progress_bar("Writing", total, console=console) as bar:
        write_frames_of(dataset, chosen, folder, advance=bar.advance)


def _part(place: EpisodePlace, video: EmbeddedVideo, *, trim: bool) -> NDArray[np.int64]:
    """The frames of an episode that are used."""
    first, last = moving_part(place.path) if trim else (0, len(video.times) - 1)
    last = min(last, place.length - 1)
    return np.arange(min(first, last), last + 1)
