"""From synchronized videos to numbers, sentences and files, with landmarks that are known."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inphase.alignment import Alignment, WarpingPath
from inphase.applications.measurement.measure import measure
from inphase.applications.measurement.result import Measurements
from inphase.applications.synchronization.result import Synchronization
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo
from inphase.models.pose import PoseTrack, PoseTracks
from inphase.synthetic.person import Posture
from tests.applications.measurement.figures import landmarks_of

FRAMES = 24
TIMES: NDArray[np.float64] = np.arange(FRAMES) / 12


def postures(bends: NDArray[np.float64]) -> list[Posture]:
    """The left elbow bends; the right one stays."""
    return [Posture(0.1, 0.1, 0.0, (0.3, 0.3), (0.2, 0.2), (bend, 0.4)) for bend in bends.tolist()]


class Known(PoseTracks):
    """Landmarks by the name of the file."""

    def __init__(self, landmarks: dict[str, NDArray[np.float32]]) -> None:
        super().__init__()
        self.known = landmarks

    def track(
        self,
        path: str | Path,
        *,
        advance: Callable[[int], object] | None = None,  # noqa: ARG002
    ) -> PoseTrack:
        landmarks = self.known[Path(path).stem]
        return PoseTrack(Path(path), np.arange(len(landmarks)) / 12, landmarks)


def plain(name: str, frames: int = FRAMES, *, mirrored: bool = False) -> EmbeddedVideo:
    empty = np.empty((frames, 0), np.float32)
    return EmbeddedVideo(name, Path(f"{name}.mp4"), np.arange(frames) / 12, empty, mirrored)


def matched(*videos: EmbeddedVideo, confidence: float = 0.9, speed: int = 1) -> Synchronization:
    """The first is the reference; the others are matched `speed` frames a frame."""
    frames = np.arange(FRAMES) * speed
    alignment = Alignment(
        frames,
        np.full(FRAMES, confidence, np.float32),
        0.0,
        WarpingPath(np.arange(FRAMES), frames, 0.0),
    )
    return Synchronization(videos[0], videos[1:], (alignment,) * (len(videos) - 1))


@pytest.fixture(scope="module")
def tracks() -> Known:
    bend = np.linspace(0.2, 1.2, FRAMES)
    more = bend + 0.9 * np.exp(-(((np.arange(FRAMES) - 14) / 2.5) ** 2))
    crossed = landmarks_of(postures(more))
    crossed[..., 3] = 0.1
    return Known(
        {
            "pro": landmarks_of(postures(bend)),
            "me": landmarks_of(postures(more)),
            "slow": landmarks_of(postures(np.repeat(bend, 2))),
            "hidden": crossed,
            "nobody": np.full((FRAMES, 33, 7), np.nan, np.float32),
            **{f"good{n}": landmarks_of(postures(bend + 0.02 * n)) for n in range(4)},
        }
    )


@pytest.fixture(scope="module")
def result(tracks: Known) -> Measurements:
    events = {"pro": {"start": 0.25, "impact": 1.17, "end": 1.75}, "me": {"impact": 1.0}}
    everybody = [plain(name) for name in ("pro", "me", *(f"good{n}" for n in range(4)))]
    return measure(
        matched(*everybody),
        events=events,
        typical=[f"good{n}" for n in range(4)],
        tracks=tracks,
    )


def test_the_difference_is_a_sentence_with_place_size_and_margin(result: Measurements) -> None:
    assert result.sentences()[0] == (
        "me: elbow_left is 44° more bent than in pro at 1.17 s (impact); about 12° of it may be "
        "error."
    )


def test_the_video_leaves_the_band_there(result: Measurements) -> None:
    told = next(one for one in result.sentences() if "typical" in one and one.startswith("me"))
    assert told.startswith("me: elbow_left is 41° below the lowest typical values at 1.17 s")
    assert [video.name for video in result.videos] == ["pro", "me"]
    inside = next(one for one in result.sentences() if one.startswith("pro: nothing leaves"))
    assert inside


def test_tempo_uses_the_videos_own_marks_and_says_which_the_alignment_placed(
    result: Measurements,
) -> None:
    assert result.tempos["pro"].spans() == {
        "start to impact": pytest.approx(0.92),
        "impact to end": pytest.approx(0.58),
    }
    (ratio,) = result.tempos["pro"].ratios().values()
    assert ratio == pytest.approx(0.92 / 0.58)
    mine = result.tempos["me"]
    assert mine.guessed
    assert mine.events["impact"].marked
    assert mine.spans()["start to impact"] == pytest.approx(0.75)
    assert any(one.startswith("me: start to impact 0.75 s") for one in result.sentences())


def test_speeds_are_of_the_videos_own_time(tracks: Known) -> None:
    slow = measure(matched(plain("pro"), plain("slow", 2 * FRAMES), speed=2), tracks=tracks)
    reference, query = slow.videos
    # The same angles at the same moments, at half the speed.
    inside = slice(3, -3)
    assert query.values["elbow_left"] == pytest.approx(reference.values["elbow_left"], abs=0.1)
    half = reference.speeds["elbow_left"][inside] / 2
    assert query.speeds["elbow_left"][inside].mean() == pytest.approx(half.mean(), rel=0.02)


def test_a_mirrored_performer_is_named_by_the_own_side(tracks: Known) -> None:
    found = measure(matched(plain("pro"), plain("me", mirrored=True)), tracks=tracks)
    told = found.sentences()[0]
    assert told.startswith("me: elbow_left is ")
    assert "than elbow_right in pro" in told


def test_what_cannot_be_known_is_said_and_not_numbered(tracks: Known) -> None:
    hidden = measure(matched(plain("pro"), plain("hidden")), tracks=tracks)
    assert not hidden.differences
    assert any(one.startswith("hidden: hidden throughout") for one in hidden.sentences())
    nobody = measure(matched(plain("pro"), plain("nobody")), tracks=tracks)
    assert "nobody: nobody is seen, so nothing is measured." in nobody.sentences()
    events = {"pro": {"start": 0.25, "impact": 1.17}}
    unsure = measure(matched(plain("pro"), plain("me"), confidence=0.1), events=events,
                     tracks=tracks)  # fmt: skip
    assert not unsure.differences
    assert any("unreliable" in one and "nothing is compared" in one for one in unsure.sentences())
    assert unsure.tempos["me"].spans() == {"start to impact": None}


def test_a_band_takes_three_videos_that_are_seen(tracks: Known) -> None:
    with pytest.raises(AlignmentError, match="at least 3 good videos, not 2"):
        measure(matched(plain("pro"), plain("me")), typical=["pro", "me"], tracks=tracks)
    unseen = [plain("hidden")] * 3
    found = measure(matched(plain("pro"), *unseen), typical=["hidden"] * 3, tracks=tracks)
    assert any("give no band" in one for one in found.sentences())
    assert not any("nothing leaves" in one for one in found.sentences())


def test_one_video_is_measured_alone(tracks: Known) -> None:
    found = measure(Synchronization(plain("me"), (), ()), tracks=tracks)
    assert np.isfinite(found.reference.values["elbow_left"]).all()
    assert found.sentences() == []


def test_it_is_saved_as_table_values_and_picture(result: Measurements, tmp_path: Path) -> None:
    for suffix in (".csv", ".json", ".png", ".svg"):
        result.save(tmp_path / f"numbers{suffix}", width=600)
    rows = list(csv.DictReader((tmp_path / "numbers.csv").open(encoding="utf-8")))
    assert len(rows) == 2 * FRAMES
    assert float(rows[FRAMES]["elbow_right"]) == pytest.approx(180 - np.degrees(0.4), abs=0.1)
    told = json.loads((tmp_path / "numbers.json").read_text())
    assert told["sentences"] == result.sentences()
    assert told["videos"][1]["values"]["elbow_left"][0] == float(rows[FRAMES]["elbow_left"])
    assert told["differences"][0]["certain"] is True
    with Image.open(tmp_path / "numbers.png") as picture:
        assert picture.width == 600
        assert np.asarray(picture.convert("L")).std() > 5
