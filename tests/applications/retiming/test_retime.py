"""Every episode gets the pace of the reference; still begins and ends are left out."""

from pathlib import Path

import numpy as np
import pytest

from inphase.applications.retiming.retime import retime, write_retimed
from inphase.applications.retiming.stillness import moving_part
from inphase.data.lerobot import open_robot_dataset
from inphase.data.lerobot.episodes import EpisodePlace
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo
from inphase.video import VideoReader, VideoWriter
from tests.data.lerobot.robot_sets import TOP, write_set

FPS, STILL = 20, 10
# How far the action has come in each frame of each episode, without its still begin and end.
SHARES = [np.linspace(0, 1, 30), np.linspace(0, 1, 42), np.linspace(0, 1, 30) ** 1.5]


def _shares(episode: int) -> np.ndarray:
    return np.concatenate([np.zeros(STILL), SHARES[episode], np.ones(STILL)])


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A white bar moves from left to right; the state is where it is."""
    folder = tmp_path_factory.mktemp("bars")
    videos = []
    for episode in range(len(SHARES)):
        videos.append(folder / f"{episode}.mp4")
        with VideoWriter(videos[-1], fps=FPS, size=(64, 48)) as out:
            for share in _shares(episode):
                picture = np.zeros((48, 64, 3), np.uint8)
                picture[:, round(share * 52) : round(share * 52) + 12] = 255
                out.write(picture)
    states = [
        np.stack([_shares(e), 1 - _shares(e)], axis=1).astype(np.float32)
        for e in range(len(SHARES))
    ]
    lengths = [len(one) for one in states]
    return write_set(folder / "set", "v3.0", {TOP: videos}, lengths, fps=FPS, states=states)


@pytest.fixture(scope="module")
def episodes(dataset: Path) -> tuple[list[EpisodePlace], list[EmbeddedVideo]]:
    places, videos = [], []
    for one in open_robot_dataset(dataset).episodes:
        places.append(
            EpisodePlace(one.name, one.videos[TOP], one.index, one.first, one.length, "move")
        )
        share = _shares(one.index)
        embeddings = np.stack([np.cos(2 * share), np.sin(2 * share)], axis=1).astype(np.float32)
        times = np.arange(len(share)) / FPS
        videos.append(EmbeddedVideo(one.name, one.videos[TOP], times, embeddings))
    return places, videos


def _bar(picture: np.ndarray) -> float:
    columns = np.flatnonzero(picture[24, :, 0] > 128)
    return float(columns.mean() - 5.5) / 52


def test_pictures_and_states_follow_the_reference(
    dataset: Path,
    episodes: tuple[list[EpisodePlace], list[EmbeddedVideo]],
    tmp_path: Path,
) -> None:
    found = retime(*episodes, reference="episode_000000", trim=True)
    assert found.references == {"move": "episode_000000"}
    robot = open_robot_dataset(dataset)
    write_retimed(found, robot, tmp_path / "out")
    new = open_robot_dataset(tmp_path / "out")
    lengths = {one.length for one in new.episodes}
    assert len(lengths) == 1
    assert 30 <= lengths.pop() <= 40
    courses = []
    for one in new.episodes:
        states = np.stack(new.table(one)["observation.state"].to_pylist())[:, 0]
        with VideoReader(one.videos[TOP]) as video:
            bars = np.array([_bar(picture) for _, picture in video])
        assert np.abs(bars - states).max() < 0.03
        courses.append(states)
    for course in courses[1:]:
        assert np.abs(course - courses[0]).max() < 0.1


def test_without_trim_all_frames_of_the_reference_are_kept(
    episodes: tuple[list[EpisodePlace], list[EmbeddedVideo]],
) -> None:
    found = retime(*episodes)
    name = found.references["move"]
    index = next(place.index for place in episodes[0] if place.name == name)
    assert found.frames[index].tolist() == list(range(len(_shares(index))))
    assert {len(frames) for frames in found.frames.values()} == {len(_shares(index))}
    assert len(found.verdicts) == 2
    assert all(verdict.reliable for verdict in found.verdicts)


def test_a_still_begin_and_end_are_found(dataset: Path) -> None:
    for one in open_robot_dataset(dataset).episodes:
        first, last = moving_part(one.videos[TOP])
        assert first == pytest.approx(STILL, abs=5)
        assert last == pytest.approx(one.length - 1 - STILL, abs=5)


def test_an_unknown_reference_is_told(
    episodes: tuple[list[EpisodePlace], list[EmbeddedVideo]],
) -> None:
    with pytest.raises(AlignmentError, match="no episode x"):
        retime(*episodes, reference="x")
