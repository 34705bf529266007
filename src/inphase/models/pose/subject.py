"""Whose body to follow: of several people in a video, the one whose motion is the action.

People are looked for in a few frames spread over the video, and recognized from one to the next by
place and size. How much each moves is measured between such a frame and the one a tenth of a second
later: how far the body's parts get relative to the hips. The subject is the person with the largest
area in the picture, summed over the frames in which they move clearly: whoever the camera films
rather than the crowd, and whoever acts rather than whoever waits.
"""

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.errors import ConfigError
from inphase.models.pose.landmarks import Landmarks
from inphase.models.pose.network import Network
from inphase.models.pose.people import people
from inphase.models.pose.region import Region
from inphase.video import VideoReader

# Frames in which people are looked for: two a second, within limits.
_PER_SECOND, _FEWEST, _MOST = 2.0, 6, 12
# Seconds over which motion is measured.
_STEP = 0.1
# From one of these frames to the next, hips move less than this share of the body's size.
_REACH = 0.6
# Whoever moves by this share of their size per second moves clearly.
_CLEARLY = 0.15
# Whoever weighs at least this share of what the subject weighs might as well be the subject.
_TIE = 0.95
# Whoever is at a place has their hips within this share of their size.
_AT = 0.7
# Shoulders to ankles: where motion is measured. Hands and feet add noise, the face nothing.
_PARTS = [11, 12, 13, 14, 15, 16, 25, 26, 27, 28]


@dataclass(frozen=True)
class Place:
    """Where a person is at some time.

    Attributes:
        x: pixels from the left.
        y: pixels from the top.
        seconds: time in the video.
    """

    x: float
    y: float
    seconds: float

    def __str__(self) -> str:
        """As in the option `--subject`: `320,240@1.5`."""
        return ",".join(f"{one:.10g}" for one in (self.x, self.y)) + f"@{self.seconds:.10g}"


@dataclass(frozen=True)
class Sighting:
    """A person in one of the frames searched.

    Attributes:
        frame: its number.
        person: the landmarks.
        motion: pixels per second.
    """

    frame: int
    person: Landmarks
    motion: float

    @property
    def region(self) -> Region:
        """Where the person is."""
        return self.person.region


@dataclass
class Person:
    """The sightings of one person, in order.

    Attributes:
        sightings: where and how.
        largest: the largest size that counts, the shorter side of the picture.
    """

    sightings: list[Sighting]
    largest: float = math.inf

    def apart(self, other: Sighting, *, alone: bool) -> float:
        """How far another sighting is from where this person is expected, as a share of the body.

        They may stay where they were or move on as before; whoever is `alone`, twice as fast.
        """
        last = self.sightings[-1]
        still = last.region.apart(other.region)
        if alone:
            still /= 2
        if len(self.sightings) == 1:
            return still
        before = self.sightings[-2]
        share = (other.frame - before.frame) / (last.frame - before.frame)
        return min(still, before.region.between(last.region, share).apart(other.region))

    @property
    def weight(self) -> float:
        """How much of the picture moves because of this person, over all frames searched."""
        size = float(np.median([one.region.body for one in self.sightings]))
        moves = [one.motion / size for one in self.sightings]
        return min(size, self.largest) ** 2 * sum(one / (one + _CLEARLY) for one in moves)


def sightings_of_subject(
    video: VideoReader, network: Network, place: Place | None = None
) -> tuple[list[Sighting], int, Place | None]:
    """The sightings of the person to follow, how many people were seen, and who else it might be.

    Args:
        video: of which a few frames are read.
        network: finds people.
        place: in pixels of `video`; whoever is nearest to it is followed. By default, whoever acts.

    Raises:
        ConfigError: nobody is at the place.
    """
    chosen = None if place is None else video.index_at(place.seconds)
    persons = persons_in(video, network, also=chosen)
    if not persons:
        return [], 0, None
    best = max(persons, key=lambda person: person.weight)
    if place is not None:
        near = [
            (math.hypot(one.region.x - place.x, one.region.y - place.y) / one.region.body, index)
            for index, person in enumerate(persons)
            for one in person.sightings
            if one.frame == chosen
        ]
        distance, index = min(near, default=(math.inf, 0))
        if distance > _AT:
            raise ConfigError(
                f"Nobody is found at the place of the subject of {video.info.path} at "
                f"{place.seconds:g} s: choose a pixel on the body, at a time when all of it is "
                "seen."
            )
        return persons[index].sightings, len(persons), None
    return best.sightings, len(persons), _rival(best, persons, video.times)


def _rival(best: Person, persons: Sequence[Person], times: NDArray[np.float64]) -> Place | None:
    """Where somebody else is who might be the subject, when the two are furthest apart.

    Whoever is never seen together with the subject may be the same person.
    """
    heavy = [one for one in persons if one is not best and one.weight >= _TIE * best.weight]
    here = {one.frame: one.region for one in best.sightings}
    pairs = [
        (here[one.frame].apart(one.region), one.frame, one.region)
        for person in heavy
        for one in person.sightings
        if one.frame in here
    ]
    if not pairs:
        return None
    _, frame, region = max(pairs, key=lambda pair: pair[0])
    return Place(region.x, region.y, round(float(times[frame]), 2))


def persons_in(video: VideoReader, network: Network, *, also: int | None = None) -> list[Person]:
    """Everybody in a few frames of a video.

    Args:
        video: of which these frames are read.
        network: finds people.
        also: a frame to be among them.
    """
    persons: list[Person] = []
    pictures = _pictures(video, _searched(video.times, also))
    for number, (here, there, picture, later) in enumerate(pictures):
        before = [person.sightings[-1].region for person in persons]
        seconds = abs(float(video.times[there] - video.times[here]))
        found = [
            Sighting(here, person, _motion(person, later, network, seconds))
            for person in people(picture, network, before=before, small=number % 2 == 0)
        ]
        _join(persons, found, largest=min(picture.shape[:2]))
    return persons


def _pictures(
    video: VideoReader, pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, NDArray[np.uint8], NDArray[np.uint8]]]:
    """Pairs of frames with their pictures, each decoded once; few are in memory."""
    wanted = sorted({frame for pair in pairs for frame in pair})
    arriving = zip(wanted, video.frames(wanted), strict=True)
    kept: dict[int, NDArray[np.uint8]] = {}
    for index, pair in enumerate(pairs):
        while max(pair) not in kept:
            number, picture = next(arriving)
            kept[number] = picture
        yield *pair, kept[pair[0]], kept[pair[1]]
        needed = min((min(later) for later in pairs[index + 1 :]), default=0)
        kept = {number: one for number, one in kept.items() if number >= needed}


def _searched(times: NDArray[np.float64], also: int | None) -> list[tuple[int, int]]:
    """Frames to search, each with the one to which motion is measured."""
    seconds = float(times[-1] - times[0])
    count = int(np.clip(seconds * _PER_SECOND, _FEWEST, _MOST))
    frames = {round(i) for i in np.linspace(0, len(times) - 1, count)}
    searched = sorted(frames if also is None else frames | {also})
    last = len(times) - 1
    later = [min(int(np.searchsorted(times, times[one] + _STEP)), last) for one in searched]
    # The last frame has none after it: there, the one before counts.
    return [(a, b if b > a else max(0, a - 1)) for a, b in zip(searched, later, strict=True)]


def _motion(person: Landmarks, later: NDArray[np.uint8], network: Network, seconds: float) -> float:
    """How fast the body's parts move relative to the hips, in pixels per second."""
    # The region lies around the body as it was, and still holds it.
    after = network.landmarks(later, person.region)
    if after is None or not seconds:
        return 0.0
    parts = [one.values[_PARTS, :2] - one.values[23:25, :2].mean(axis=0) for one in (person, after)]
    seen = np.minimum(person.values[_PARTS, 3], after.values[_PARTS, 3])
    far = np.linalg.norm(parts[1] - parts[0], axis=1)
    return float((far * seen).mean() / seconds)


def _join(persons: list[Person], found: Sequence[Sighting], *, largest: float) -> None:
    """Recognize people by place and size, the nearest first; whoever is left is new.

    Whoever was alone and is still alone may have moved further.
    """
    alone = len(persons) == len(found) == 1
    pairs = sorted(
        (person.apart(one, alone=alone), i, j)
        for i, person in enumerate(persons)
        for j, one in enumerate(found)
    )
    known: set[int] = set()
    old: set[int] = set()
    for distance, i, j in pairs:
        if distance <= _REACH and i not in known and j not in old:
            persons[i].sightings.append(found[j])
            known.add(i)
            old.add(j)
    persons += [Person([one], largest) for j, one in enumerate(found) if j not in old]


def region_in(seen: Sequence[Sighting], frame: int) -> Region | None:
    """Where the subject is in a frame, between two sightings; None if there are none."""
    if not seen:
        return None
    after = bisect.bisect_left([one.frame for one in seen], frame)
    if after in (0, len(seen)):
        return seen[min(after, len(seen) - 1)].region
    before, later = seen[after - 1], seen[after]
    share = (frame - before.frame) / (later.frame - before.frame)
    return before.region.between(later.region, share)
