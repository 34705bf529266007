"""Several writers at once, and writers that are killed: the table stays whole."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inphase.store.catalogue import CATALOGUE, Catalogue, StoredModel, write_catalogue
from inphase.store.commits import describe_video, write_video
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
from tests.store.conftest import MODEL, Walks, walk

# Writes made-up videos into a store according to its arguments, and prints a line before each.
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from inphase.store.catalogue import StoredModel
from inphase.store.commits import write_video
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
store, first, last, frames, generation = sys.argv[1], *map(int, sys.argv[2:])
tables = Tables(Path(store), create=True)
model = StoredModel(fingerprint="f" * 64, folder="", dims=8)
for number in range(first, last):
    print(number, flush=True)
    video = StoredVideo(
        name=f"video {number}", path=Path(f"/videos/{number}.mp4"),
        content=f"{number:032d}{generation:032d}", model=model.fingerprint, frames=frames,
        duration=frames / 10, metadata={},
    )
    embeddings = np.full((frames, 8), number, dtype=np.float32)
    write_video(tables, model, video, np.arange(frames) / 10, embeddings)
"""


def _writer(store: Path, *numbers: int) -> "subprocess.Popen[str]":
    program = [sys.executable, "-c", WRITER, str(store), *map(str, numbers)]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _assert_whole(store: Path) -> list[StoredVideo]:
    """Every listed video has each of its frames once, and there is nothing else."""
    tables = Tables(store, create=False)
    videos = [video for model in tables.models() for video in tables.listed(model).values()]
    for model in tables.models():
        table = tables.table(model)
        assert len(table) == sum(video.frames for video in tables.listed(model).values())
        for video in tables.listed(model).values():
            rows = [
                frame
                for batch in table.frames(f"content = '{video.content}'", ["frame"])
                for frame in batch["frame"].to_pylist()
            ]
            assert sorted(rows) == list(range(video.frames))
    assert len({video.path for video in videos}) == len(videos)
    return videos


def test_two_processes_that_write_the_same_videos_at_once_leave_each_once(tmp_path: Path) -> None:
    store = tmp_path / "store"
    # They overlap, and neither finds a store at first.
    writers = [_writer(store, 0, 12, 30, 0), _writer(store, 6, 18, 30, 0)]
    for writer in writers:
        _, told = writer.communicate()
        assert writer.returncode == 0, told
    assert len(_assert_whole(store)) == 18


def test_a_store_that_appears_while_it_is_looked_for_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    store.mkdir()
    listed = Path.iterdir

    def made_meanwhile(folder: Path) -> Iterator[Path]:
        if folder == store and not (store / CATALOGUE).exists():
            write_catalogue(store, Catalogue())
            (store / "frames.lance").mkdir()
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", made_meanwhile)
    assert Tables(store, create=True).models() == ()
    assert (store / CATALOGUE).is_file()


def test_two_processes_that_replace_the_same_videos_at_once_leave_each_once(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    assert _writer(store, 0, 8, 30, 0).wait() == 0
    writers = [_writer(store, 0, 8, 40, generation) for generation in (1, 2)]
    for writer in writers:
        _, told = writer.communicate()
        assert writer.returncode == 0, told
    videos = _assert_whole(store)
    assert len(videos) == 8
    assert all(video.frames == 40 for video in videos)


@pytest.mark.parametrize("generation", [0, 1])
def test_a_disk_that_takes_no_more_leaves_whole_videos_and_one_sentence(
    tmp_path: Path, generation: int
) -> None:
    store = tmp_path / "store"
    assert _writer(store, 0, 3, 30, 0).wait() == 0
    # No file may grow beyond the size of a small video, as on a full disk: new videos, and old ones
    # whose content has changed.
    first = 0 if generation else 3
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    arguments = [str(store), *map(str, (first, first + 2, 50_000, generation))]
    ended = subprocess.run(
        [sys.executable, "-c", limited + WRITER, *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert f"The store {store} cannot be written" in ended.stderr.splitlines()[-1]
    videos = _assert_whole(store)
    assert sorted(video.name for video in videos) == ["video 0", "video 1", "video 2"]
    assert {video.frames for video in videos} == {30}
    # Once there is space again, the same command succeeds.
    assert _writer(store, first, first + 2, 50_000, generation).wait() == 0
    assert len(_assert_whole(store)) == (3 if generation else 5)


@pytest.mark.slow
@pytest.mark.parametrize("generation", [0, 1])
def test_a_writer_killed_at_any_moment_leaves_whole_videos(tmp_path: Path, generation: int) -> None:
    store = tmp_path / "store"
    # Large enough that the kill hits a write, of new videos or of replacements.
    frames = 20_000
    if generation:
        assert _writer(store, 0, 6, frames, 0).wait() == 0
    for round_, delay in enumerate((0.0, 0.002, 0.006, 0.015, 0.03)):
        writer = _writer(store, 0, 6, frames, generation + round_)
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) == 2:
                break
        time.sleep(delay)  # not a wait, but the moment of the kill
        writer.kill()
        writer.wait()
        before = _assert_whole(store)
        assert len(before) >= (6 if generation else 2)
    # The lock is gone with the process, and the next one finishes the work.
    assert _writer(store, 0, 6, frames, 9).wait() == 0
    videos = _assert_whole(store)
    assert {video.content[32:] for video in videos} == {f"{9:032d}"}
    assert len(videos) == 6


def test_a_video_left_with_two_models_by_a_kill_is_put_right(
    walks: Walks, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = StoredModel(fingerprint="e" * 64, folder="", dims=5)
    video, times, embeddings = walk(3, model=other)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "take_out", killed)
        with pytest.raises(KeyboardInterrupt):
            write_video(walks.tables, other, video, times, embeddings)
    assert len(walks.tables.all_videos()) == 13
    assert not describe_video(walks.tables, other, video)
    assert len(walks.tables.all_videos()) == 12
    assert [one.model for one in walks.tables.all_videos() if one.name == video.name] == ["e" * 64]


def test_a_model_whose_table_was_never_made_is_none(walks: Walks) -> None:
    catalogue = walks.tables.folder / CATALOGUE
    unfinished = MODEL.model_copy(update={"fingerprint": "d" * 64})
    walks.tables.note(unfinished)
    assert "d" * 64 in catalogue.read_text()
    assert walks.tables.models() == (MODEL,)


def test_a_table_without_videos_goes_with_its_model(walks: Walks) -> None:
    walks.tables.take_out({video.content for video in walks.videos})
    assert walks.tables.models() == ()
    assert not list(walks.tables.folder.glob("*.lance"))
    video, times, embeddings = walk(1)
    write_video(walks.tables, MODEL, video, times, embeddings)
    assert [one.name for one in walks.tables.all_videos()] == [video.name]
