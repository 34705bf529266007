"""Measure the progress of many episodes, and find those that went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from rich.console import Console

from inphase.alignment.deviation import TypicalCourse
from inphase.applications.episodes.result import Episode, EpisodesProgress
from inphase.applications.progress_signal.measure import Goal
from inphase.applications.verdict import Verdict
from inphase.data import Collection
from inphase.data.lerobot.episodes import EpisodePlace
from inphase.models import EmbeddedVideo
from inphase.progress import progress_bar
from inphase.results.places import same_file

# Every pair is compared: of more demonstrations, this many that are spread evenly.
_MOST_COMPARED = 100
# With fewer, nobody can say which deviation is usual.
_FEWEST_COMPARED = 8
# Tukey's outer fence: this many interquartile ranges above the upper quartile; and where they all
# lie close together, this many times what nine out of ten stay below.
_FENCE, _LEAST = 3.0, 3.0


def measure_episodes(
    places: Sequence[EpisodePlace],
    embedded: Sequence[EmbeddedVideo],
    demonstrations: Mapping[str, Sequence[EmbeddedVideo]],
    *,
    distance: str = "squared_euclidean",
    console: Console | None = None,
) -> EpisodesProgress:
    """Measure the progress of each episode along the demonstrations of its task.

    Progress comes from all frames of an episode, earlier and later; it may fall, where an action
    is undone. The reference of a task is its most typical demonstration, the medoid.

    Args:
        places: the episodes, in order.
        embedded: the embeddings of those that can be read.
        demonstrations: by task, embeddings of at least one video that shows the whole action.
        distance: between two embeddings.
        console: where progress bars go; by default nowhere.

    Raises:
        AlignmentError: the embeddings are not from one model.
    """
    known = {video.name: video for video in embedded}
    done: dict[int, Episode] = {}
    for task in dict.fromkeys(place.task for place in places):
        own = [place for place in places if place.task == task]
        shown = demonstrations.get(task, ())
        goal = Goal(shown, distance=distance, console=console) if shown else None
        found = [_measured(place, known.get(place.name), goal) for place in own]
        if len(shown) >= _FEWEST_COMPARED:
            found = _compared(found, known, shown, distance, console)
        done.update((episode.index, episode) for episode in found)
    return EpisodesProgress(tuple(done[place.index] for place in places))


def by_task(
    shown: Collection, embedded: Sequence[EmbeddedVideo], places: Sequence[EpisodePlace]
) -> dict[str, list[EmbeddedVideo]]:
    """The demonstrations of each task; ones without a task serve for every task.

    Args:
        shown: the demonstrations.
        embedded: those that can be read.
        places: the episodes that they are for.
    """
    tasks = {video.name: video.action or "" for video in shown}
    return {
        task: [one for one in embedded if tasks[one.name] in (task, "")]
        for task in {place.task for place in places}
    }


def _measured(place: EpisodePlace, video: EmbeddedVideo | None, goal: Goal | None) -> Episode:
    progress = np.full(place.length, np.nan)
    episode = Episode(place.name, place.path, place.index, place.first, place.task, "", progress)
    if video is None:
        return replace(episode, problems=("unreadable",))
    if goal is None:
        return replace(episode, problems=("no reference",))
    measured, confidence = goal.filter.look_back(video.embeddings)
    count = min(place.length, len(measured))
    progress[:count] = measured[:count]
    return replace(
        episode,
        reference=goal.typical.name,
        verdict=Verdict.of(place.name, confidence, video.times),
        problems=() if place.length == len(measured) else ("frames",),
    )


def _compared(
    episodes: Sequence[Episode],
    known: Mapping[str, EmbeddedVideo],
    demonstrations: Sequence[EmbeddedVideo],
    distance: str,
    console: Console | None,
) -> list[Episode]:
    """The episodes with their deviation from the demonstrations, and the outliers among them."""
    spread = np.linspace(0, len(demonstrations) - 1, min(_MOST_COMPARED, len(demonstrations)))
    typical = [demonstrations[round(place)] for place in spread]
    with progress_bar("Comparing", len(typical) + len(episodes), console=console) as bar:
        course = TypicalCourse(
            [one.embeddings for one in typical],
            [one.frame_time for one in typical],
            distance=distance,
            advance=bar.advance,
        )
        found = []
        for episode in episodes:
            video = known.get(episode.name)
            if video is not None:
                own = next(
                    (i for i, one in enumerate(typical) if same_file(one.path, video.path)), None
                )
                curve = (
                    course.deviation(video.embeddings, video.frame_time).score
                    if own is None
                    else course.own[own]
                )
                episode = replace(episode, deviation=float(curve.max()))
            found.append(episode)
            bar.advance(1)
    # In logarithms: a deviation is a ratio, with a long tail.
    usual = np.log([max(float(curve.max()), 1e-12) for curve in course.own])
    low, high = np.quantile(usual, [0.25, 0.75])
    fence = max(float(np.exp(high + _FENCE * (high - low))), _LEAST)
    return [
        replace(one, problems=(*one.problems, "outlier")) if one.deviation > fence else one
        for one in found
    ]
