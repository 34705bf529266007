"""Cutting a video into its repetitions: the right frames, their sound, and the reports."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inphase.applications.repetitions.cut import cut, cut_videos
from inphase.applications.repetitions.result import Cuts, CutVideos
from inphase.applications.repetitions.writers import check_clips_folder
from inphase.data import Collection, Video
from inphase.errors import AlignmentError, OutputError, Skipped, VideoError
from inphase.models import EmbeddedVideo, Encoder, EncoderConfig, FrameEmbedder
from inphase.models.plain_features import PlainEmbedder
from inphase.models.within_video import WithinVideoEmbedder
from inphase.synthetic import draw
from inphase.video import Audio, VideoReader, VideoWriter, probe, read_audio

RATE = 16_000
FPS = 15
LENGTHS = (20, 30, 24, 36, 22)
BEFORE, AFTER = 12, 9


def states() -> NDArray[np.float64]:
    """There and back, five times at five paces, with stillness before and after."""
    turns = [0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n) for n in LENGTHS]
    return np.concatenate([np.zeros(BEFORE), *turns, np.zeros(AFTER)])


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedVideo:
    """Each frame as bright as its number, with a tone that rises from second to second."""
    path = tmp_path_factory.mktemp("cut") / "five.mp4"
    state = states()
    times = np.arange(round(len(state) / FPS * RATE)) / RATE
    tone = (0.4 * np.sin(2 * np.pi * (300 + 100 * times) * times)).astype(np.float32)
    sound = Audio(tone[:, None], RATE)
    with VideoWriter(path, fps=FPS, size=(64, 48), audio=sound, quality=4) as writer:
        for index in range(len(state)):
            writer.write(np.full((48, 64, 3), 40 + index, dtype=np.uint8))
    embeddings = np.stack([state, state**2, np.sin(2 * state)], axis=1).astype(np.float32)
    return EmbeddedVideo("five", path, probe(path).times, embeddings)


@pytest.fixture(scope="module")
def cuts(video: EmbeddedVideo) -> Cuts:
    return cut(video)


def test_five_repetitions_become_five_clips_that_begin_where_each_begins(cuts: Cuts) -> None:
    assert cuts.count == 5
    starts = BEFORE + np.cumsum([0, *LENGTHS[:-1]])
    assert np.abs(cuts.frames[:, 0] - starts).max() <= 4
    assert cuts.period == pytest.approx(np.median(LENGTHS) / FPS, abs=0.3)
    assert cuts.repetitions.confidence > 0.9


def test_clips_hold_just_their_frames_and_their_sound(cuts: Cuts, tmp_path: Path) -> None:
    clips = cuts.save(tmp_path)
    assert [clip.name for clip in clips] == [f"five_{n:02d}.mp4" for n in range(1, 6)]
    whole = read_audio(cuts.video.path, mono=True, rate=RATE).samples[:, 0]
    for clip, (first, after), (begin, end) in zip(clips, cuts.frames, cuts.spans, strict=True):
        shown = [float(frame.mean()) for _, frame in VideoReader(clip)]
        assert len(shown) == after - first
        assert shown == pytest.approx([40 + index for index in range(first, after)], abs=2.5)
        heard = read_audio(clip, mono=True, rate=RATE).samples[:, 0]
        wanted = whole[round(begin * RATE) : round(end * RATE)]
        count = min(len(heard), len(wanted))
        assert abs(len(heard) - len(wanted)) < 0.1 * RATE
        assert np.corrcoef(heard[:count], wanted[:count])[0, 1] > 0.95


def test_tables_and_picture_tell_the_times(cuts: Cuts, tmp_path: Path) -> None:
    cuts.save(tmp_path)
    told = json.loads((tmp_path / "five.json").read_text())
    assert told["count"] == 5
    assert told["clips"][1]["first_frame"] == cuts.frames[1, 0]
    assert told["clips"][1]["last_frame"] == cuts.frames[1, 1] - 1
    assert told["clips"][1]["start"] == pytest.approx(cuts.frames[1, 0] / FPS, abs=1e-5)
    with (tmp_path / "five.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["end"]) for row in rows] == [one["end"] for one in told["clips"]]
    assert Image.open(tmp_path / "five.png").size[0] > 500


def test_a_video_that_does_not_repeat_itself_stays_whole(
    video: EmbeddedVideo, tmp_path: Path
) -> None:
    once = np.linspace(0, 1, len(video.times), dtype=np.float32)[:, None]
    whole = cut(EmbeddedVideo("five", video.path, video.times, once))
    (clip,) = whole.save(tmp_path)
    assert clip.read_bytes() == video.path.read_bytes()
    told = json.loads((tmp_path / "five.json").read_text())
    assert (told["count"], told["confidence"], len(told["clips"])) == (0, 0, 1)


def test_the_picture_frames_repetitions_and_nothing_where_there_are_none(
    cuts: Cuts, tmp_path: Path
) -> None:
    once = np.linspace(0, 1, len(cuts.video.times), dtype=np.float32)[:, None]
    framed = []
    for name, result in (("five", cuts), ("none", cut(replace(cuts.video, embeddings=once)))):
        result.save(tmp_path / name)
        with Image.open(tmp_path / name / "five.png") as picture:
            pixels = np.asarray(picture.convert("RGB")).astype(int)
        framed.append(int((np.abs(pixels - (0xD5, 0x5E, 0x00)).max(axis=-1) < 10).sum()))
    assert framed[0] > 1000
    assert framed[1] == 0


def test_the_video_is_never_overwritten(cuts: Cuts, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds the videos themselves"):
        cuts.save(cuts.video.path.parent)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        cuts.save(tmp_path / "file")


def test_clips_of_two_videos_never_have_one_name(cuts: Cuts, tmp_path: Path) -> None:
    others = [
        replace(cuts, video=replace(cuts.video, name=name))
        for name in ("five", "five_01", "a/five")
    ]
    clips = CutVideos(tuple(others), ()).save(tmp_path)
    assert len(set(clips)) == len(clips) == 15
    assert sorted(clips) == sorted(tmp_path.glob("*.mp4"))


def test_clips_of_another_video_of_that_name_stay(cuts: Cuts, tmp_path: Path) -> None:
    cuts.save(tmp_path / "clips")
    cuts.save(tmp_path / "clips")  # the same video again
    other = tmp_path / "five.mp4"
    other.write_bytes(cuts.video.path.read_bytes())
    with pytest.raises(OutputError, match=r"holds clips of another five, .*; give another folder"):
        check_clips_folder(tmp_path / "clips", Collection.open(other))
    with pytest.raises(OutputError, match="holds clips of another five"):
        replace(cuts, video=replace(cuts.video, path=other)).save(tmp_path / "clips")


def test_a_file_with_the_name_of_a_clip_stays(cuts: Cuts, tmp_path: Path) -> None:
    mine = tmp_path / f"{cuts.video.name}_07.mp4"
    mine.write_text("mine")
    with pytest.raises(OutputError, match=r"_07\.mp4, which is not from an earlier cut"):
        cuts.save(tmp_path)
    assert mine.read_text() == "mine"


def test_before_the_work_clips_are_looked_for_under_the_names_that_they_will_have(
    cuts: Cuts, tmp_path: Path
) -> None:
    others = [replace(cuts, video=replace(cuts.video, name=name)) for name in ("five", "five_01")]
    CutVideos(tuple(others), ()).save(tmp_path / "clips")
    moved = tmp_path / "five_01.mp4"
    moved.write_bytes(cuts.video.path.read_bytes())
    videos = (Video("five", cuts.video.path), Video("five_01", moved))
    # A second clip of the first video would have the name of the second video.
    with pytest.raises(OutputError, match="holds clips of another five_01-2"):
        check_clips_folder(tmp_path / "clips", Collection(videos=videos, source="both"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"shortest": 2.0, "longest": 1.0}, r"at least the shortest \(2 s\), not 1 s"),
        ({"longest": np.inf}, "longest .* not inf s"),
        ({"longest": np.nan}, "longest .* not nan s"),
        ({"shortest": np.inf}, "shortest .* not inf"),
        ({"least_confidence": 2.0}, "in 0..1, not 2"),
    ],
)
def test_what_cannot_be_looked_for_is_told_before_the_work(
    options: dict[str, Any], told: str, video: EmbeddedVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AlignmentError, match=told):
        cut(video, **options)
    monkeypatch.setattr(
        WithinVideoEmbedder, "embed", lambda *_, **__: pytest.fail("it worked first")
    )
    with pytest.raises(AlignmentError, match=told):
        cut_videos(Collection.open(video.path), **options)


def test_without_a_model_drawn_movements_are_counted(tmp_path: Path) -> None:
    drawn = draw("pick_place", seed=3, size=(160, 120))
    turns = [0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n) for n in (24, 36, 22, 30)]
    with VideoWriter(tmp_path / "four.mp4", fps=15, size=(160, 120)) as writer:
        for frame in drawn.at(np.concatenate([np.zeros(6), *turns, np.zeros(6)])):
            writer.write(frame)
    (tmp_path / "broken.mp4").write_bytes(b"nothing")
    found = cut_videos(Collection.open([tmp_path / "four.mp4", tmp_path / "broken.mp4"]))
    assert [one.count for one in found.cuts] == [4]
    assert [one.name for one in found.skipped] == ["broken"]
    with pytest.raises(VideoError, match="None of the videos"):
        cut_videos(Collection.open(tmp_path / "broken.mp4"))


def test_a_video_that_an_encoder_has_embedded_is_not_embedded_again(
    video: EmbeddedVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = EncoderConfig(image_size=64, conv_width=4, fc_width=4, embedding_size=3)
    Encoder(config).save(tmp_path / "model")
    first = cut_videos([video.path], model=tmp_path / "model", cache=tmp_path / "cache")
    monkeypatch.setattr(FrameEmbedder, "embed", lambda *_, **__: pytest.fail("embedded again"))
    again = cut_videos([video.path], model=tmp_path / "model", cache=tmp_path / "cache")
    assert np.array_equal(first.cuts[0].frames, again.cuts[0].frames)


def test_plain_features_are_the_same_every_time_and_thinned_by_time(video: EmbeddedVideo) -> None:
    first, again = (PlainEmbedder(fps=3).embed(video.path) for _ in range(2))
    np.testing.assert_array_equal(first.embeddings, again.embeddings)
    assert np.diff(first.times) == pytest.approx(1 / 3, abs=1e-3)


def test_a_bar_tells_how_much_of_the_video_was_seen(video: EmbeddedVideo) -> None:
    passed: list[int] = []
    embedded = PlainEmbedder(fps=3).embed(video.path, advance=passed.append)
    seen = probe(video.path).times
    assert seen[sum(passed) - 1] == embedded.times[-1]


def test_a_video_that_is_gone_costs_its_own_clips_only(cuts: Cuts, tmp_path: Path) -> None:
    gone = replace(cuts, video=replace(cuts.video, name="gone", path=tmp_path / "gone.mp4"))
    both = CutVideos((gone, cuts), ())
    with pytest.raises(VideoError, match="no such file"):
        both.save(tmp_path / "out")
    failed: list[Skipped] = []
    clips = both.save(tmp_path / "out", on_failure=failed.append)
    assert len(clips) == cuts.count
    assert [one.name for one in failed] == ["gone"]
    assert "no such file" in failed[0].reason
    assert not list((tmp_path / "out").glob("gone*"))


def test_somebody_elses_json_stays(cuts: Cuts, tmp_path: Path) -> None:
    (tmp_path / "five.json").write_text('{"mine": 1}')
    with pytest.raises(OutputError, match=r"holds five\.json, which is not from an earlier cut"):
        cuts.save(tmp_path)
    assert (tmp_path / "five.json").read_text() == '{"mine": 1}'
