"""Progress of many episodes: the table for training, and which episodes went wrong."""

import csv
import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inphase.applications.episodes.measure import by_task, measure_episodes
from inphase.applications.episodes.result import EpisodesProgress
from inphase.data import Collection, Video
from inphase.data.lerobot.episodes import EpisodePlace
from inphase.models import EmbeddedVideo

WRONG = {"reversed": 12, "stopped": 13, "jump": 14, "strange": 15, "undone": 16}


def _course(share: np.ndarray, seed: int) -> np.ndarray:
    noise = 0.02 * np.random.default_rng(seed).normal(size=(len(share), 3))
    course = np.stack([np.cos(2.5 * share), np.sin(2.5 * share), share], axis=1)
    return (course + noise).astype(np.float32)


def _video(index: int, share: np.ndarray) -> EmbeddedVideo:
    times = np.arange(len(share)) / 20
    return EmbeddedVideo(f"e{index}", Path(f"e{index}.mp4"), times, _course(share, index))


def _good(index: int) -> EmbeddedVideo:
    generator = np.random.default_rng(100 + index)
    steps = generator.uniform(0.5, 1.5, int(generator.integers(50, 70)))
    return _video(index, np.cumsum(steps) / steps.sum())


@pytest.fixture(scope="module")
def measured() -> EpisodesProgress:
    even = np.linspace(0, 1, 60)
    strange = _course(even, 15)
    strange[20:40] += 3
    videos = [
        *map(_good, range(12)),
        _video(12, even[::-1]),
        _video(13, even * 0.5),
        _video(14, np.concatenate([even[:15], even[40:]])),
        EmbeddedVideo("e15", Path("e15.mp4"), np.arange(60) / 20, strange),
        _video(16, np.concatenate([even[:40], even[39:14:-1], even[15:]])),
    ]
    first, places = 0, []
    for index, video in enumerate(videos):
        places.append(EpisodePlace(video.name, video.path, index, first, len(video.times)))
        first += len(video.times)
    places.append(EpisodePlace("lost", Path("lost.mp4"), len(videos), first, 5))
    return measure_episodes(places, videos, {"": videos[:12]})


def test_good_episodes_rise_from_start_to_end(measured: EpisodesProgress) -> None:
    for episode in measured.episodes[:12]:
        assert not episode.flags, (episode.name, episode.to_dict())
        assert episode.order > 0.98
        assert episode.progress[0] < 0.1
        assert episode.progress[-1] > 0.95


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("reversed", {"reversed"}),
        ("stopped", {"unfinished", "coverage"}),
        ("jump", {"jump", "coverage"}),
        ("strange", {"outlier"}),
        ("undone", {"backward"}),
    ],
)
def test_what_went_wrong_is_flagged(measured: EpisodesProgress, name: str, flags: set[str]) -> None:
    episode = measured.episodes[WRONG[name]]
    assert flags <= set(episode.flags), episode.to_dict()
    assert episode in measured.flagged


def test_the_reference_is_one_of_the_demonstrations(measured: EpisodesProgress) -> None:
    assert measured.references[""] in {f"e{index}" for index in range(12)}


def test_the_table_is_that_of_reward_weighted_training(
    measured: EpisodesProgress, tmp_path: Path
) -> None:
    measured.save(tmp_path / "progress.parquet")
    table = pq.read_table(tmp_path / "progress.parquet")
    assert table.schema.equals(
        pa.schema(
            [
                ("index", pa.int64()),
                ("episode_index", pa.int64()),
                ("frame_index", pa.int64()),
                ("progress_sparse", pa.float32()),
            ]
        )
    )
    assert table["index"].to_pylist() == list(range(table.num_rows))
    rows = [row for row in table.to_pylist() if row["episode_index"] == 3]
    assert [row["frame_index"] for row in rows] == list(range(len(rows)))
    assert np.allclose([row["progress_sparse"] for row in rows], measured.episodes[3].progress)
    lost = [row["progress_sparse"] for row in table.to_pylist()[-5:]]
    assert np.isnan(lost).all()


def test_each_episode_has_a_row_and_an_object(measured: EpisodesProgress, tmp_path: Path) -> None:
    measured.save(tmp_path / "checks.csv")
    measured.save(tmp_path / "checks.json")
    with (tmp_path / "checks.csv").open() as file:
        rows = list(csv.DictReader(file))
    told = json.loads((tmp_path / "checks.json").read_text())
    assert len(rows) == len(told["episodes"]) == len(measured.episodes)
    assert rows[WRONG["reversed"]]["flags"].split()[0] == "reversed"
    assert rows[-1]["flags"] == "unreadable"
    assert told["episodes"][-1]["progress"] == [None] * 5


def test_each_task_has_its_own_reference() -> None:
    up, down = [_good(index) for index in range(3)], [_good(index) for index in range(3, 6)]
    down = [
        EmbeddedVideo(one.name, one.path, one.times, one.embeddings[::-1].copy()) for one in down
    ]
    tasks = {one.name: task for videos, task in ((up, "up"), (down, "down")) for one in videos}
    shown = Collection(tuple(Video(o.name, o.path, action=tasks[o.name]) for o in (*up, *down)))
    places = [
        EpisodePlace(o.name, o.path, i, 0, len(o.times), tasks[o.name])
        for i, o in enumerate((*up, *down))
    ]
    places.append(EpisodePlace("e0", up[0].path, 6, 0, len(up[0].times), "turn"))
    result = measure_episodes(places, [*up, *down], by_task(shown, [*up, *down], places))
    assert result.references["up"] in {"e0", "e1", "e2"}
    assert result.references["down"] in {"e3", "e4", "e5"}
    assert all(not one.flags for one in result.episodes[:6])
    assert result.episodes[6].flags == ("no reference",)


def test_the_released_reader_weights_the_table(measured: EpisodesProgress, tmp_path: Path) -> None:
    python = os.environ.get("LEROBOT_PYTHON")
    if not python:
        pytest.skip("LEROBOT_PYTHON names no Python in which `lerobot` is installed")
    measured.save(tmp_path / "progress.parquet")
    code = (
        "import json, sys; from lerobot.utils.rabc import RABCWeights;"
        "found = RABCWeights(sys.argv[1], chunk_size=5, device='cpu');"
        "print(json.dumps([found.progress_lookup, found.episode_boundaries, found.delta_mean]))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", code, str(tmp_path / "progress.parquet")],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    progress, bounds, mean = json.loads(done.stdout.splitlines()[-1])
    one = measured.episodes[3]
    assert bounds["3"] == {"start": one.first, "end": one.first + len(one.progress)}
    assert progress[str(one.first + 7)] == pytest.approx(one.progress[7], abs=1e-6)
    # Frames of an episode that cannot be read have no progress, and so no weight of their own.
    assert str(measured.episodes[-1].first) not in progress
    assert mean > 0
