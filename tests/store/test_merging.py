"""Shards of made-up embeddings, merged into a store."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inphase.errors import StoreError
from inphase.store import Store, merging
from inphase.store.catalogue import StoredModel
from inphase.store.commits import write_video
from inphase.store.merging import MergeReport, merge_shards
from inphase.store.shard_files import PartWriter, write_failed
from inphase.store.table import FrameTable, StoredVideo
from inphase.store.tables import Tables
from tests.store.conftest import MODEL, Walks, walk

FRAMES = ["content", "frame", "seconds", "embedding"]


def _shard(
    folder: Path,
    *numbers: int,
    model: StoredModel = MODEL,
    failed: tuple[str, ...] | None = (),
    per_part: int = 3,
    **changes: object,
) -> None:
    """Write walks as a shard; `failed` is None for one that has not come to its end."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = PartWriter(folder, "/models/mine")
    for count, number in enumerate(numbers, 1):
        video, times, embeddings = walk(number, model=model)
        writer.add(replace(video, **changes), "", times, embeddings)  # type: ignore[arg-type]
        if count % per_part == 0:
            writer.flush()
    writer.flush()
    if failed is not None:
        write_failed(folder, [(Path(one).stem, Path(one), "it is broken.") for one in failed])


def _content(tables: Tables) -> dict[str, tuple[StoredVideo, list[object]]]:
    """All that a store holds, whatever the order in which it came."""
    held = {}
    for model in tables.models():
        table = tables.table(model)
        for video in tables.listed(model).values():
            rows = [
                row
                for batch in table.frames(f"content = '{video.content}'", FRAMES)
                for row in batch.to_pylist()
            ]
            assert len(rows) == video.frames
            held[video.name] = video, sorted(rows, key=lambda row: row["frame"])
        assert len(table) == sum(video.frames for video in tables.listed(model).values())
    return held


def _merge(store: Path, *folders: Path) -> MergeReport:
    return merge_shards(Tables(store, create=True), folders)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """The twelve walks in two shards."""
    _shard(tmp_path / "shards" / "1-of-2", *range(0, 12, 2))
    _shard(tmp_path / "shards" / "2-of-2", *range(1, 12, 2))
    return tmp_path / "shards"


def test_merged_shards_are_what_adding_one_by_one_gives(
    shards: Path, tmp_path: Path, walks: Walks
) -> None:
    report = _merge(tmp_path / "merged", shards)
    assert (len(report.added), report.skipped) == (12, ())
    merged = Tables(tmp_path / "merged", create=False)
    assert _content(merged) == _content(walks.tables)
    assert merged.models() == (MODEL.model_copy(update={"folder": "/models/mine"}),)
    # Videos came together, not each in a commit of its own.
    assert merged.table(MODEL).version < walks.tables.table(MODEL).version


def test_merging_twice_changes_nothing(shards: Path, tmp_path: Path) -> None:
    store = tmp_path / "merged"
    first = _merge(store, shards / "1-of-2")
    assert (len(first.added), first.skipped) == (6, ())
    _merge(store, shards)
    before, version = _content(Tables(store, create=False)), _version(store)
    again = _merge(store, shards, shards / "2-of-2")
    assert (again.added, again.described, len(again.unchanged)) == ((), (), 12)
    assert _content(Tables(store, create=False)) == before
    assert _version(store) == version


def _version(store: Path) -> int:
    return Tables(store, create=False).table(MODEL).version


def test_a_merge_that_is_killed_is_finished_by_the_next(
    shards: Path, tmp_path: Path, walks: Walks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "_COMMIT", 60)  # frames
    written = FrameTable.put_many
    calls = []

    def killed(table: FrameTable, tables: object) -> None:
        calls.append(table)
        if len(calls) == 3:
            raise KeyboardInterrupt
        written(table, tables)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(FrameTable, "put_many", killed)
        with pytest.raises(KeyboardInterrupt):
            _merge(tmp_path / "merged", shards)
    assert 0 < len(_content(Tables(tmp_path / "merged", create=False))) < 12
    _merge(tmp_path / "merged", shards)
    assert _content(Tables(tmp_path / "merged", create=False)) == _content(walks.tables)


def test_of_a_changed_video_the_newest_counts(tmp_path: Path, walks: Walks) -> None:
    """In the shards, and against what the store had."""
    path = walks.videos[3].path
    _shard(tmp_path / "shards" / "1-of-2", 20, path=path, name="old")
    _shard(tmp_path / "shards" / "2-of-2", 21, path=path, name="new")
    report = merge_shards(walks.tables, [tmp_path / "shards"])
    assert report.added == ("new",)
    names = {video.name for video in walks.tables.all_videos()}
    assert "new" in names
    assert names.isdisjoint({"old", walks.videos[3].name})
    assert len(_content(walks.tables)) == 12


def test_of_copies_the_first_by_path_is_kept(tmp_path: Path) -> None:
    _shard(tmp_path / "1-of-2", 5, path=Path("/b/take_10.mp4"), name="take_10")
    _shard(tmp_path / "2-of-2", 5, path=Path("/b/take_2.mp4"), name="take_2")
    assert _merge(tmp_path / "store", tmp_path).added == ("take_2",)


def test_new_labels_and_names_that_are_taken(tmp_path: Path, walks: Walks) -> None:
    _shard(tmp_path / "1-of-1", 0, metadata={"split": "test"}, name="walk's 0")
    _shard(tmp_path / "1-of-1", 30, path=Path("/else/walk.mp4"), name="walk's 4")
    report = merge_shards(walks.tables, [tmp_path])
    assert report.described == ("walk's 0",)
    assert report.added == ("else/walk's 4",)
    content = _content(walks.tables)
    assert content["walk's 0"][0].metadata == {"split": "test"}


def test_another_model_takes_its_videos_over(tmp_path: Path, walks: Walks) -> None:
    other = StoredModel(fingerprint="e" * 64, folder="", dims=5)
    _shard(tmp_path / "1-of-1", 2, 3, model=other)
    merge_shards(walks.tables, [tmp_path])
    models = {one.name: one.model for one in walks.tables.all_videos()}
    assert len(models) == 12
    assert [name for name, model in models.items() if model == "e" * 64] == ["walk's 2", "walk's 3"]


def test_failed_videos_and_unfinished_shards_are_told(tmp_path: Path) -> None:
    _shard(tmp_path / "1-of-3", 0, failed=("/v/bad.mp4", "/videos/walk's 1.mp4"))
    _shard(tmp_path / "2-of-3", 1, failed=None)
    report = _merge(tmp_path / "store", tmp_path)
    # What another shard embedded later has not failed any more.
    assert [one.name for one in report.skipped] == ["bad", "shard 2/3", "shard 3/3"]
    assert "--shard 3/3" in report.skipped[-1].reason
    # Divided in another way, they are all done.
    _shard(tmp_path / "1-of-1", failed=("/v/bad.mp4",))
    assert [one.name for one in _merge(tmp_path / "store", tmp_path).skipped] == ["bad"]
    # A video that was embedded and is now broken.
    write_failed(
        tmp_path / "1-of-1", [("walk's 0", Path("/videos/walk's 0.mp4"), "it is cut off.")]
    )
    report = _merge(tmp_path / "store", tmp_path)
    assert [one.name for one in report.skipped] == ["walk's 0", "bad"]


def test_a_damaged_part_is_one_sentence_and_the_store_stays(shards: Path, walks: Walks) -> None:
    part = max(shards.glob("2-of-2/*.parquet"))
    before = _content(walks.tables)
    whole = part.read_bytes()
    # Cut off; and with a spoilt page.
    for spoilt in (whole[:-50], b"\xff" * 2000 + whole[2000:]):
        part.write_bytes(spoilt)
        with pytest.raises(StoreError, match=re.escape(str(part))) as error:
            merge_shards(walks.tables, [shards])
        assert "\n" not in str(error.value)
        assert _content(walks.tables) == before


def test_values_that_are_not_finite_or_not_all_there_do_not_come_in(tmp_path: Path) -> None:
    folder = tmp_path / "1-of-1"
    folder.mkdir()
    for damage in ("nan", "short"):
        video, times, embeddings = walk(1)
        if damage == "nan":
            embeddings[3, 3] = np.nan
        writer = PartWriter(folder, "")
        writer.add(video, "", times, embeddings)
        writer.flush()
        part = folder / "part-00000.parquet"
        if damage == "short":
            table = pq.read_table(part)
            frames = pa.array([video.frames + 1], pa.int32())
            pq.write_table(table.set_column(5, table.schema.field("frames"), frames), part)
        with pytest.raises(StoreError, match="not a whole part"):
            _merge(tmp_path / "store", tmp_path)
        part.unlink()


def test_a_part_that_claims_more_than_it_holds_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "1-of-1"
    _shard(folder, 1)
    part = folder / "part-00000.parquet"
    table = pq.read_table(part)
    # Four million equal values take a few bytes.
    count, dims = 500_000, MODEL.dims
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(count * dims, np.float32)), dims)
    large = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), zeros)
    table = table.set_column(10, table.schema.field("embedding"), large)
    pq.write_table(table, part, use_dictionary=True, compression="zstd")
    assert part.stat().st_size < 100_000
    monkeypatch.setattr(pq.ParquetFile, "read_row_group", None)
    with pytest.raises(StoreError, match="claims more than it can hold"):
        _merge(tmp_path / "store", tmp_path)


def test_a_fingerprint_that_is_a_path_is_refused(tmp_path: Path) -> None:
    _shard(tmp_path / "1-of-1", 1, model=MODEL.model_copy(update={"fingerprint": "../../x"}))
    with pytest.raises(StoreError, match="not a whole part"):
        _merge(tmp_path / "store", tmp_path)


def test_what_is_no_shard_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="holds no shards"):
        Store(tmp_path / "store", create=True).merge([tmp_path / "empty"])
    with pytest.raises(StoreError, match="not a folder"):
        Store(tmp_path / "store", create=True).merge([tmp_path / "nowhere"])
    assert not (tmp_path / "store").exists()


def test_compacting_keeps_the_frames_and_drops_old_versions(walks: Walks) -> None:
    for number in (3, 5):  # replaced
        video, times, embeddings = walk(number)
        video = replace(video, content=f"{number + 100:064d}")
        write_video(walks.tables, MODEL, video, times, embeddings)
    walks.tables.take_out({walks.videos[7].content})
    before = _content(walks.tables)
    (done,) = Store(walks.tables.folder).compact()
    assert done.before.versions > 12
    assert done.after.versions == 1
    assert done.after.files < done.before.files
    assert done.after.bytes < done.before.bytes
    assert _content(walks.tables) == before
    assert _content(Tables(walks.tables.folder, create=False)) == before
    (again,) = Store(walks.tables.folder).compact()
    assert again.after == again.before == done.after
