"""Progress as a signal: for whole videos, and frame by frame from pictures."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.stats import spearmanr

from inphase.applications.progress_signal.measure import Goal, ProgressSignal, measure_progress
from inphase.data import Collection
from inphase.errors import AlignmentError, OutputError, VideoError
from inphase.models import EmbeddedVideo, Encoder, embed
from inphase.synthetic import read_truth
from inphase.training import TrainingConfig
from inphase.video import VideoReader, probe


@pytest.fixture(scope="module")
def known(pouring: Collection) -> tuple[list[EmbeddedVideo], list[np.ndarray]]:
    """Embeddings of the known states, and the states."""
    truth = read_truth(Path(pouring.source).parent)
    states = [truth[video.name][1] for video in pouring]
    videos = []
    for seed, (video, state) in enumerate(zip(pouring, states, strict=True)):
        noise = 0.02 * np.random.default_rng(seed).normal(size=(len(state), 2))
        course = np.stack([np.cos(2.5 * state), np.sin(2.5 * state)], axis=1) + noise
        times = probe(video.path).times
        videos.append(EmbeddedVideo(video.name, video.path, times, course.astype(np.float32)))
    return videos, states


def test_progress_rises_with_the_known_state_and_the_goal_comes_nearer(
    known: tuple[list[EmbeddedVideo], list[np.ndarray]],
) -> None:
    videos, states = known
    curve = measure_progress(videos[-1], Goal(videos[:-1]))
    assert curve.demonstrations == tuple(video.name for video in videos[:-1])
    assert spearmanr(curve.progress, states[-1]).statistic > 0.95
    assert (np.diff(curve.progress) > -0.05).all()
    assert spearmanr(curve.distance_to_goal, states[-1]).statistic < -0.95
    assert curve.distance_to_goal[0] == pytest.approx(1, abs=0.1)
    assert curve.distance_to_goal[-1] < 0.1


def test_the_goal_is_the_mean_of_the_last_frames(
    known: tuple[list[EmbeddedVideo], list[np.ndarray]],
) -> None:
    videos, _ = known
    last = np.mean([video.embeddings[-1] for video in videos], axis=0)
    first = np.mean([np.linalg.norm(video.embeddings[0] - last) for video in videos])
    signal = Goal(videos).update(np.zeros(2, dtype=np.float32))
    assert signal.distance_to_goal == pytest.approx(np.linalg.norm(last) / first, rel=1e-5)
    assert signal.reward == -signal.distance_to_goal


def test_the_files_hold_a_row_a_frame(
    known: tuple[list[EmbeddedVideo], list[np.ndarray]], tmp_path: Path
) -> None:
    videos, _ = known
    curve = measure_progress(videos[0], Goal(videos[1:]))
    curve.save(tmp_path / "p.csv")
    with (tmp_path / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["progress"]) for row in rows] == pytest.approx(curve.progress, abs=1e-5)
    assert [int(row["frame"]) for row in rows] == list(range(len(videos[0].times)))
    curve.save(tmp_path / "p.json")
    assert json.loads((tmp_path / "p.json").read_text()) == curve.to_dict()
    curve.save(tmp_path / "p.png", width=600)
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.width == 600
    with pytest.raises(OutputError, match=r"must end in one of \.csv, \.json, \.png, \.svg"):
        curve.save(tmp_path / "p.txt")


def test_a_video_unlike_the_demonstrations_is_unreliable_and_one_of_them_is_not(
    known: tuple[list[EmbeddedVideo], list[np.ndarray]], tmp_path: Path
) -> None:
    videos, _ = known
    goal = Goal(videos[1:])
    good = measure_progress(videos[0], goal)
    assert good.verdict.reliable
    assert good.verdict.stretches == ()
    half = len(videos[0].times) // 2
    elsewhere = videos[0].embeddings.copy()
    elsewhere[half:] = 5.0
    odd = measure_progress(replace(videos[0], embeddings=elsewhere), goal)
    ((start, end),) = odd.verdict.stretches
    assert start == pytest.approx(videos[0].times[half], abs=0.5)
    assert end == videos[0].times[-1]
    odd.save(tmp_path / "p.csv")
    with (tmp_path / "p.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["reliable"] for row in rows} == {str(int(odd.verdict.reliable))}
    assert [row["doubtful"] for row in rows] == [
        str(int(time >= start)) for time in videos[0].times
    ]
    assert odd.to_dict()["doubtful"] == [[round(start, 6), round(end, 6)]]
    nowhere = replace(videos[0], embeddings=np.full_like(elsewhere, 5.0))
    assert not measure_progress(nowhere, goal).verdict.reliable


def test_a_larger_picture_is_made_smaller_and_the_start_sets_the_background(
    pouring: Collection, tiny: TrainingConfig
) -> None:
    config = tiny.encoder.model_copy(update={"subtract_background": True})
    encoder = Encoder(config).eval()
    videos = list(embed(pouring, encoder))
    curve = measure_progress(videos[0], Goal(videos[:1]))
    signal = ProgressSignal(encoder, videos[:1])
    side = config.image_size
    sized = VideoReader(videos[0].path, size=(side, side))
    told = [signal.update(frame, time=float(time)) for time, frame in sized]
    # It is its own demonstration, so its background is known from the start.
    distance = np.array(told)[:, 1]
    np.testing.assert_allclose(distance, curve.distance_to_goal, atol=0.02)
    signal.restart()
    larger = [signal.update(frame, time=float(t)) for t, frame in VideoReader(videos[0].path)]
    assert spearmanr(np.array(larger)[:, 1], distance).statistic > 0.5


def test_pictures_one_by_one_give_what_the_whole_video_gives(
    pouring: Collection, tiny: TrainingConfig
) -> None:
    encoder = Encoder(tiny.encoder).eval()
    videos = list(embed(pouring, encoder))
    curve = measure_progress(videos[0], Goal(videos[1:4]))
    signal = ProgressSignal(encoder, videos[1:4])
    side = tiny.encoder.image_size
    for again in range(2):
        signal.restart()
        reader = VideoReader(videos[0].path, size=(side, side))
        told = [signal.update(frame, time=float(time)) for time, frame in reader]
        progress, distance = np.array(told).T
        np.testing.assert_allclose(progress, curve.progress, atol=1e-3, err_msg=str(again))
        np.testing.assert_allclose(distance, curve.distance_to_goal, atol=1e-3)


def test_bad_input_is_one_sentence(pouring: Collection, tiny: TrainingConfig) -> None:
    with pytest.raises(AlignmentError, match="at least one demonstration"):
        Goal([])
    encoder = Encoder(tiny.encoder).eval()
    signal = ProgressSignal(encoder, embed([pouring.videos[0].path], encoder))
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    signal.update(picture, time=0.5)
    with pytest.raises(VideoError, match=r"0.5 s does not come after the one at 0.5 s"):
        signal.update(picture, time=0.5)
    with pytest.raises(VideoError, match="RGB uint8"):
        signal.update(picture[:, :, 0], time=1.0)
