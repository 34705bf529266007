"""Where each video of a collection is in a dataset of episodes."""

from dataclasses import dataclass
from pathlib import Path

from inphase.data.collection import Collection
from inphase.data.lerobot.dataset import is_robot_dataset, open_robot_dataset
from inphase.errors import CollectionError, VideoError
from inphase.video import probe


@dataclass(frozen=True)
class EpisodePlace:
    """Where an episode is in its dataset.

    Attributes:
        name: of its video.
        path: of its video.
        index: its number.
        first: number of its first frame.
        length: number of frames it should have.
        task: in words; empty if there is none.
    """

    name: str
    path: Path
    index: int
    first: int
    length: int
    task: str = ""


def episode_places(source: str | Path, collection: Collection) -> tuple[EpisodePlace, ...]:
    """The episodes of a LeRobot dataset, or the videos of any other collection, in order.

    Raises:
        CollectionError: several cameras film each episode, and none was chosen.
    """
    if not is_robot_dataset(Path(source).expanduser()):
        return _numbered(collection)
    dataset = open_robot_dataset(Path(source).expanduser())
    if len(collection) != len(dataset.episodes):
        raise CollectionError(
            f"{source} has the cameras {', '.join(dataset.cameras)}; choose one with --camera."
        )
    return tuple(
        EpisodePlace(video.name, video.path, one.index, one.first, one.length, video.action or "")
        for one, video in zip(dataset.episodes, collection, strict=True)
    )


def _numbered(collection: Collection) -> tuple[EpisodePlace, ...]:
    places, first = [], 0
    for index, video in enumerate(collection):
        try:
            length = probe(video.path).frames
        except VideoError:
            length = 0
        places.append(
            EpisodePlace(video.name, video.path, index, first, length, video.action or "")
        )
        first += length
    return tuple(places)
