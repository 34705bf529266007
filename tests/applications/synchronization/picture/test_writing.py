"""Clips as files: which frames they show, where their sound is, what players need."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.picture.writing import ClipVideo, write_clip
from inphase.errors import ConfigError
from inphase.models.pose import PoseTrack, PoseTracks
from inphase.video import VideoReader, probe, read_audio
from tests.applications.synchronization.picture.coded_videos import (
    click_times,
    coded_video,
    codes,
)

WIDTH = 260
EVENTS = {"impact": 12}
CLICKS = (0.2, 0.5, 0.9)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[ClipVideo]:
    """A reference of 30 frames, and a query twice as long."""
    folder = tmp_path_factory.mktemp("coded")
    reference = coded_video(folder / "a.mp4", clicks=CLICKS)
    query = coded_video(folder / "b.mp4", frames=60)
    return [
        ClipVideo(reference, "a", np.arange(30)),
        ClipVideo(query, "b", 2 * np.arange(30), doubtful=np.arange(30) >= 15),
    ]


class Nobody(PoseTracks):
    """Sees nobody, and needs no network for that."""

    def track(self, path: str | Path, **_: object) -> PoseTrack:
        times = probe(path).times
        return PoseTrack(Path(path), times, np.full((len(times), 33, 7), np.nan, np.float32))


def written(
    videos: list[ClipVideo], path: Path, events: Mapping[str, int] = EVENTS, **told: Any
) -> tuple[Path, Clip]:
    clip = Clip.model_validate({"layout": "row", **told})
    write_clip(path, videos, clip, width=WIDTH, events=events, tracks=Nobody())
    return path, clip


def shown(videos: list[ClipVideo], path: Path, **told: Any) -> list[list[int]]:
    path, clip = written(videos, path, **told)
    found: list[list[int]] = codes(path, clip, videos=2, width=WIDTH).tolist()
    return found


def test_slow_motion_trims_and_holds_show_exactly_their_frames(
    videos: list[ClipVideo], tmp_path: Path
) -> None:
    found = shown(
        videos,
        tmp_path / "clip.mp4",
        start="0.2",
        end="impact",
        slow=("0.28-0.4:0.25",),
        hold=("impact:0.2",),
    )
    slow = [[7 + step // 4, 14 + step // 2] for step in range(12)]
    # The query repeats its frames too where it has none in between.
    assert found == [[5, 10], [6, 12], *slow, [10, 20], [11, 22], [12, 24], *[[12, 24]] * 5]


@pytest.mark.parametrize("layout", ["grid", "row", "column"])
def test_side_by_side_every_frame_is_there(
    videos: list[ClipVideo], tmp_path: Path, layout: str
) -> None:
    found = shown(videos[:2], tmp_path / "clip.mp4", layout=layout)
    assert found == [[frame, 2 * frame] for frame in range(30)]


def test_sound_stays_at_its_place_in_slow_motion_trims_and_holds(
    videos: list[ClipVideo], tmp_path: Path
) -> None:
    path, _ = written(
        videos, tmp_path / "clip.mp4", start="0.12", slow=("0.4-0.6:0.25",), hold=("0.76:0.4",)
    )
    # Before the slow part, in it, and after it and the hold.
    expected = [0.08, 0.28 + 4 * 0.1, 0.78 + 3 * 0.2 + 0.4]
    assert click_times(read_audio(path)) == pytest.approx(expected, abs=1 / 25)
    assert probe(path).duration == pytest.approx(1.08 + 0.6 + 0.4, abs=0.01)


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_sound_keeps_step_at_another_speed(
    videos: list[ClipVideo], tmp_path: Path, speed: float
) -> None:
    path, _ = written(videos, tmp_path / "clip.mp4", speed=speed)
    heard = click_times(read_audio(path))
    assert heard == pytest.approx([click / speed for click in CLICKS], abs=1 / 25)


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize("aspect", ["9:16", "1:1", "3:2"])
def test_files_play_everywhere(
    videos: list[ClipVideo], tmp_path: Path, suffix: str, aspect: str
) -> None:
    path, _ = written(videos, tmp_path / f"clip{suffix}", aspect=aspect, end="0.2")
    content = path.read_bytes()
    assert (b"qt  " in content[:64]) == (suffix == ".mov")
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.width % 2 == stream.height % 2 == 0
        wide, high = (int(side) for side in aspect.split(":"))
        assert stream.width / stream.height == pytest.approx(wide / high, rel=0.02)


def levels(videos: list[ClipVideo], path: Path, **told: Any) -> list[int]:
    """Of the first four bars in a picture of frame 3 of the reference and 6 of the query."""
    picture = VideoReader(written(videos, path, **told)[0])[3]
    bars = [round((bit + 0.5) * picture.shape[1] / 8) for bit in range(4)]
    return [int(level) for level in picture[40, bars, 0]]


def test_pictures_without_people_lie_on_each_other_as_they_are(
    videos: list[ClipVideo], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plain = [ClipVideo(one.path, one.title, one.mapping) for one in videos]
    found = levels(plain, tmp_path / "overlay.mp4", layout="overlay")
    assert found == pytest.approx([120, 220, 120, 20], abs=14)
    found = levels(plain, tmp_path / "difference.mp4", layout="difference")
    assert found == pytest.approx([200, 0, 200, 0], abs=14)
    # The line of the swipe has hardly left the left edge: right of it is the query.
    found = levels(plain, tmp_path / "swipe.mp4", layout="swipe")
    assert found == pytest.approx([20, 220, 220, 20], abs=14)
    assert "nobody is seen" in caplog.text


def test_three_videos_have_no_swipe(videos: list[ClipVideo], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="compares two videos, and there are 3"):
        written([*videos, videos[1]], tmp_path / "clip.mp4", layout="swipe")
    assert not (tmp_path / "clip.mp4").exists()
