"""Synchronous playback: the right frames in the right cells, with sound, written whole."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions
from inphase.applications.synchronization.result import Synchronization
from inphase.applications.synchronization.synchronize import synchronize
from inphase.errors import AlignmentError, OutputError, Skipped, VideoError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import VideoReader, VideoWriter, probe, read_audio


@pytest.fixture(scope="module")
def result(embedded: list[EmbeddedVideo]) -> Synchronization:
    return synchronize(embedded[:4], reference="pouring_001")


def test_each_reference_frame_finds_the_query_frame_of_the_same_state(
    result: Synchronization,
) -> None:
    state = result.reference.embeddings[:, 0]
    for query, alignment in zip(result.queries, result.alignments, strict=True):
        nearest = np.abs(query.embeddings[:, 0][None] - state[:, None]).argmin(axis=1)
        assert np.abs(alignment.query_frames - nearest).max() <= 1


def test_the_most_typical_video_is_the_reference_unless_named(
    embedded: list[EmbeddedVideo],
) -> None:
    shifted = [
        replace(video, embeddings=video.embeddings + np.float32(shift))
        for video, shift in zip(embedded, (-3, 2, 0, 1, -1, 4), strict=True)
    ]
    assert synchronize(shifted).reference.name == "pouring_002"
    # Neither of two videos is more typical.
    assert synchronize(shifted[:2]).reference.name == "pouring_000"
    assert [query.name for query in synchronize(embedded, reference="pouring_002").queries] == [
        "pouring_000",
        "pouring_001",
        "pouring_003",
        "pouring_004",
        "pouring_005",
    ]


def test_videos_aligned_together_match_the_reference_and_each_other(
    embedded: list[EmbeddedVideo],
) -> None:
    together = synchronize(embedded, reference="pouring_001", joint=True)
    state = together.reference.embeddings[:, 0]
    for query, alignment in zip(together.queries, together.alignments, strict=True):
        nearest = np.abs(query.embeddings[:, 0][None] - state[:, None]).argmin(axis=1)
        error = np.abs(alignment.query_frames - nearest)
        assert np.median(error) <= 1
        assert error.max() <= 5
        assert (np.diff(alignment.query_frames) >= 0).all()
        assert np.median(alignment.confidence) > 0.8
    first, second = (synchronize(embedded, reference=f"pouring_00{n}", joint=True) for n in (0, 1))
    there = first.alignments[0].query_frames
    back = second.alignments[0].query_frames
    home = np.abs(back[there] - np.arange(len(there)))
    assert np.median(home) <= 1


def test_what_does_not_go_with_joint_is_one_sentence(embedded: list[EmbeddedVideo]) -> None:
    with pytest.raises(AlignmentError, match="open_end cannot be used with joint"):
        synchronize(embedded, joint=True, options=AlignmentOptions(open_end=True))
    with pytest.raises(AlignmentError, match="method cannot be used with joint"):
        synchronize(embedded, joint=True, options=AlignmentOptions(method="nearest"))
    synchronize(
        embedded, joint=True, options=AlignmentOptions(method="dtw", open_end=False, max_slope=20)
    )


def test_a_reference_that_is_not_there_suggests_the_nearest(embedded: list[EmbeddedVideo]) -> None:
    with pytest.raises(AlignmentError, match="did you mean pouring_003"):
        synchronize(embedded, reference="pourin_003")


def test_one_video_cannot_be_synchronized(embedded: list[EmbeddedVideo]) -> None:
    with pytest.raises(AlignmentError, match="two"):
        synchronize(embedded[:1])
    left = Embeddings(tuple(embedded[:1]), (Skipped("text", "text.mp4 is no video."),))
    with pytest.raises(AlignmentError, match=r"two.*text\.mp4 is no video\."):
        synchronize(left)


def test_the_grid_keeps_the_references_pace_and_sound(
    result: Synchronization, tmp_path: Path
) -> None:
    result.save(tmp_path / "grid.mp4", width=640)
    grid, reference = probe(tmp_path / "grid.mp4"), probe(result.reference.path)
    np.testing.assert_allclose(
        grid.times - grid.times[0], reference.times - reference.times[0], atol=1e-3
    )
    assert grid.width <= 640
    heard, wanted = (
        read_audio(path, mono=True, rate=16_000).samples[:, 0]
        for path in (tmp_path / "grid.mp4", result.reference.path)
    )
    count = min(len(heard), len(wanted))
    assert np.corrcoef(heard[:count], wanted[:count])[0, 1] > 0.9


def _flat_video(path: Path, colors: list[tuple[int, int, int]], size: tuple[int, int]) -> Path:
    with VideoWriter(path, fps=10, size=size, quality=8) as writer:
        for color in colors:
            writer.write(np.full((size[1], size[0], 3), color, np.uint8))
    return path


def test_each_cell_shows_its_videos_matching_frame_in_its_own_aspect(tmp_path: Path) -> None:
    red, green, blue = (200, 20, 20), (20, 200, 20), (20, 20, 200)
    first = _flat_video(tmp_path / "first.mp4", [red] * 3 + [green] * 3 + [blue] * 3, (160, 120))
    # The same story at another speed, standing upright.
    second = _flat_video(tmp_path / "second.mp4", [red] * 6 + [green] * 2 + [blue] * 4, (80, 160))

    def told(path: Path, counts: list[int]) -> EmbeddedVideo:
        states = np.repeat(np.arange(3, dtype=np.float32), counts)[:, None]
        return EmbeddedVideo(path.stem, path, probe(path).times, states)

    result = synchronize([told(first, [3, 3, 3]), told(second, [6, 2, 4])])
    result.save(tmp_path / "grid.mp4", width=640)
    frames = [frame.astype(int) for _, frame in VideoReader(tmp_path / "grid.mp4")]
    for index, color in zip((1, 4, 7), (red, green, blue), strict=True):
        shown = np.abs(frames[index] - color).max(axis=-1) < 40
        columns = np.flatnonzero(shown.sum(axis=0) > 60)
        # Two patches with a gap between them: both cells show the same moment.
        assert len(np.flatnonzero(np.diff(columns) > 1)) == 1
        left, right = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
        for patch, aspect in ((left, 160 / 120), (right, 80 / 160)):
            height = shown[:, patch[len(patch) // 2]].sum()
            assert len(patch) / height == pytest.approx(aspect, rel=0.08)


def test_the_bar_of_each_cell_follows_its_own_video(
    result: Synchronization, tmp_path: Path
) -> None:
    result.save(tmp_path / "grid.mp4", width=640)
    frames = [frame.astype(int) for _, frame in VideoReader(tmp_path / "grid.mp4")]

    def lit(frame: NDArray[np.int64]) -> int:
        blue = (frame[..., 2] > 180) & (frame[..., 0] < 140) & (frame[..., 2] > frame[..., 1] + 50)
        return int(blue.sum())

    assert lit(frames[-1]) > lit(frames[len(frames) // 2]) > lit(frames[0])


def test_json_and_csv_hold_frames_and_seconds(result: Synchronization, tmp_path: Path) -> None:
    result.save(tmp_path / "alignment.json")
    told = json.loads((tmp_path / "alignment.json").read_text())
    query = told["queries"][1]
    index = [one.name for one in result.queries].index(query["name"])
    assert query["frames"] == result.alignments[index].query_frames.tolist()
    times = result.queries[index].times
    np.testing.assert_allclose(query["times"], times[query["frames"]], atol=1e-6)
    assert len(told["reference"]["times"]) == len(query["confidence"]) == len(query["frames"])
    result.save(tmp_path / "alignment.csv")
    with (tmp_path / "alignment.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["query"] == query["name"]]
    assert [int(row["query_frame"]) for row in rows] == query["frames"]
    assert [float(row["query_time"]) for row in rows] == query["times"]


def test_open_ends_are_empty_in_the_files_and_held_in_the_picture(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    long, other = embedded[0], embedded[1]
    middle = slice(len(other.times) // 4, -len(other.times) // 4)
    times = probe(other.path).times
    short = EmbeddedVideo("short", other.path, times, other.embeddings)
    cut = EmbeddedVideo("short", other.path, times[middle], other.embeddings[middle])
    result = synchronize([long, cut], options=AlignmentOptions(open_begin=True, open_end=True))
    told = result.to_dict()["queries"][0]
    assert told["frames"][0] == told["frames"][-1] == -1
    assert told["times"][0] is None
    assert max(told["frames"]) == len(cut.times) - 1
    assert np.isnan(result.query_times(0)[0])
    Synchronization(long, (short,), result.alignments).save(tmp_path / "grid.mp4", width=320)
    assert probe(tmp_path / "grid.mp4").frames == len(long.times)


def test_separate_files_are_retimed_to_the_reference(
    result: Synchronization, tmp_path: Path
) -> None:
    paths = result.save_separate(tmp_path / "each")
    assert [path.name for path in paths] == [f"{query.name}.mp4" for query in result.queries]
    original = VideoReader(result.queries[0].path)
    retimed = VideoReader(paths[0])
    assert len(retimed) == len(result.reference.times)
    assert retimed.size == original.size
    for index in (0, len(retimed) // 2, len(retimed) - 1):
        wanted = original[int(result.alignments[0].query_frames[index])].astype(int)
        assert np.abs(retimed[index].astype(int) - wanted).mean() < 8


def test_a_video_named_by_its_folders_is_written_beside_the_others(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    one = embedded[1]
    named = EmbeddedVideo("monday/take", one.path, one.times, one.embeddings)
    paths = synchronize([embedded[0], named]).save_separate(tmp_path)
    assert paths == (tmp_path / "monday_take.mp4",)
    assert paths[0].is_file()


def test_an_unknown_suffix_is_refused(result: Synchronization, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.mp4"):
        result.save(tmp_path / "grid.avi")


def test_a_name_without_a_suffix_is_an_mp4(result: Synchronization, tmp_path: Path) -> None:
    assert result.save(tmp_path / "grid", width=320) == (tmp_path / "grid.mp4",)
    assert probe(tmp_path / "grid.mp4").width <= 320


def test_the_videos_themselves_are_never_overwritten(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    own = tmp_path / "videos"
    own.mkdir()
    moved = []
    for video in embedded:
        path = own / video.path.name
        path.write_bytes(video.path.read_bytes())
        moved.append(replace(video, path=path))
    before = {path: path.read_bytes() for path in own.iterdir()}
    result = synchronize(moved)
    (tmp_path / "link.mp4").symlink_to(moved[1].path)
    for taken in (moved[0].path, moved[1].path, tmp_path / "link.mp4"):
        with pytest.raises(OutputError, match="would be lost"):
            result.save(taken)
    with pytest.raises(OutputError, match="holds the videos themselves"):
        result.save_separate(own)
    assert {path: path.read_bytes() for path in own.iterdir()} == before


def test_nothing_is_left_when_a_video_has_gone(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    gone = EmbeddedVideo("gone", tmp_path / "gone.mp4", embedded[1].times, embedded[1].embeddings)
    with pytest.raises(VideoError, match=r"gone\.mp4"):
        synchronize([embedded[0], gone]).save(tmp_path / "grid.mp4")
    assert list(tmp_path.iterdir()) == []


def test_the_files_say_which_match_looks_wrong_and_where(
    result: Synchronization, tmp_path: Path
) -> None:
    assert all(verdict.reliable for verdict in result.verdicts())
    good = result.alignments[0]
    low = np.full_like(good.confidence, 0.9)
    low[: len(low) * 2 // 3] = 0.0
    doubted = replace(result, alignments=(replace(good, confidence=low), *result.alignments[1:]))
    doubted.save(tmp_path / "a.json")
    first, *others = json.loads((tmp_path / "a.json").read_text())["queries"]
    assert (first["reliable"], first["doubtful"][0][0]) == (False, 0)
    assert all(query["reliable"] and not query["doubtful"] for query in others)
    doubted.save(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    end = first["doubtful"][0][1]
    for row in rows:
        is_first = row["query"] == first["name"]
        assert row["reliable"] == str(int(not is_first))
        assert row["doubtful"] == str(int(is_first and float(row["reference_time"]) <= end))


def test_many_copies_are_one_sentence(
    embedded: list[EmbeddedVideo], caplog: pytest.LogCaptureFixture
) -> None:
    copies = [replace(embedded[0], name=f"copy{number}") for number in range(23)]
    synchronize([*copies, embedded[1]])
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "23 videos show exactly the same (copy0, copy1, copy2, …): if they are copies, leave out "
        "all but one."
    ]


def test_different_videos_are_no_copies(
    embedded: list[EmbeddedVideo], caplog: pytest.LogCaptureFixture
) -> None:
    synchronize(embedded)
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_a_file_and_its_link_are_too_few(embedded: list[EmbeddedVideo]) -> None:
    left_out = Skipped("a.mp4", "a.mp4 is the same file as b.mp4, which is used once.")
    alone = Embeddings((embedded[0],), skipped=(left_out,))
    with pytest.raises(AlignmentError, match=r"not 1; .* a.mp4 is the same file as b.mp4"):
        synchronize(alone)
