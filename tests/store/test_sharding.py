"""Shards of a collection: divided, embedded by several processes, killed and run again."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from inphase.data import Collection
from inphase.errors import ConfigError, OutputError, StoreError
from inphase.locks import alone_in
from inphase.models import Encoder, FrameEmbedder
from inphase.store import Store, shard_files, sharding
from inphase.store.adding import WantedVideo, identified
from inphase.store.shard_files import parts_in, read_failed, read_rows
from inphase.store.sharding import Shard, ShardReport, embed_shard
from inphase.training import TrainingConfig

# Embeds a shard, and kills itself: with a video embedded and not written, or amid writing a part.
KILLED = """
import os, signal, sys
from pathlib import Path
from inphase.store import shard_files, sharding
from inphase.store.sharding import Shard, embed_shard
source, model, shard, folder, moment, parts = sys.argv[1:]
shard_files._PART_BYTES = 1
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
wrote, embedded = shard_files.pq.write_table, sharding.identified
def write(table, path, **options):
    if moment == "writing" and len(list(Path(folder, "2-of-2").glob("part-*"))) == int(parts):
        path.write_bytes(b"PAR1 half of a part")
        die()
    wrote(table, path, **options)
def identified(video, model):
    if moment == "embedding" and len(list(Path(folder, "1-of-2").glob("part-*"))) == int(parts):
        die()
    return embedded(video, model)
shard_files.pq.write_table, sharding.identified = write, identified
embed_shard(source, model, Shard.parse(shard), folder)
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "model"
    settings = {"image_size": 64, "conv_width": 8, "fc_width": 16, "context_gap": 0.25}
    Encoder(TrainingConfig(encoder=settings).encoder).save(folder)
    return folder


@pytest.fixture(scope="module")
def videos(pouring: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of six videos, one that is broken and one that is not there."""
    folder = tmp_path_factory.mktemp("videos")
    for video in pouring:
        shutil.copy(video.path, folder)
    (folder / "broken.mp4").write_text("no video")
    names = [*sorted(path.name for path in folder.iterdir()), "gone.mp4"]
    (folder / "list.txt").write_text("\n".join(names))
    return folder / "list.txt"


@pytest.fixture(scope="module")
def embedded(videos: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both shards, embedded once; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("embedded") / "shards"
    for shard in ("1/2", "2/2"):
        embed_shard(videos, model, Shard.parse(shard), folder)
    return folder


@pytest.fixture
def shards(embedded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(embedded, tmp_path / "shards"))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the videos that are embedded from here on."""
    names = []
    embed = FrameEmbedder.embed

    def noted(self: FrameEmbedder, *given: object, name: str = "", **options: object) -> object:
        names.append(name)
        return embed(self, *given, name=name, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(FrameEmbedder, "embed", noted)
    return names


def _both(videos: Path, model: Path, folder: Path) -> list[ShardReport]:
    return [embed_shard(videos, model, Shard(number, 2), folder) for number in (1, 2)]


def _held(folder: Path) -> list[str]:
    return [row.video.name for part in parts_in(folder) for row in read_rows(part)]


NAMES = [f"pouring_{number:03d}" for number in range(6)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 40])
def test_each_video_is_in_one_shard_whatever_the_order_of_the_list(count: int) -> None:
    videos = [WantedVideo(str(n), Path(f"/videos/{n}.mp4"), {}) for n in range(17)]
    parts = [Shard(number, count).of(videos) for number in range(1, count + 1)]
    assert Counter(video.name for part in parts for video in part) == Counter(map(str, range(17)))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert [Shard(number, count).of(videos[::-1]) for number in range(1, count + 1)] == parts


@pytest.mark.parametrize("text", ["3", "0/4", "5/4", "a/b", "1/0", "-1/4", "1/2/3"])
def test_a_shard_that_cannot_be_is_one_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="--shard"):
        Shard.parse(text)


def test_broken_videos_are_rows_with_their_reasons(shards: Path) -> None:
    assert sorted(_held(shards)) == NAMES
    failed = {
        skipped.name: (path, skipped.reason)
        for report in shards.glob("*/failed.csv")
        for path, skipped in read_failed(report)
    }
    assert failed.keys() == {"broken", "gone"}
    assert "cannot be opened as a video" in failed["broken"][1]
    assert failed["gone"][0].endswith("/gone.mp4")


def test_other_programs_can_read_a_part(shards: Path, videos: Path, model: Path) -> None:
    table = pq.read_table(parts_in(shards)[0])
    row = table.to_pylist()[0]
    wanted = FrameEmbedder(Encoder.load(model)).embed(videos.parent / f"{row['video']}.mp4")
    np.testing.assert_array_equal(row["embedding"], wanted.embeddings)
    np.testing.assert_allclose(row["seconds"], wanted.times)
    assert row["frames"] == len(wanted.times)


def test_an_index_of_shards_is_the_one_that_adding_makes(
    shards: Path, videos: Path, model: Path, tmp_path: Path
) -> None:
    merged, added = (Store(tmp_path / name, create=True) for name in ("merged", "added"))
    report = merged.merge([shards])
    change = added.add(videos, model)
    assert merged.videos() == added.videos()
    assert merged.models == added.models
    assert sorted(report.added) == sorted(change.embedded) == NAMES
    assert {one.name: one.reason for one in report.skipped} == {
        one.name: one.reason for one in change.skipped
    }
    for video in added.videos():
        np.testing.assert_array_equal(merged.frame_times(video), added.frame_times(video))
        for frame in range(0, video.frames, 9):
            np.testing.assert_array_equal(
                merged.frame_embedding(video, frame), added.frame_embedding(video, frame)
            )


def test_what_a_shard_holds_is_not_embedded_again(
    shards: Path, videos: Path, model: Path, calls: list[str]
) -> None:
    before = {part: part.read_bytes() for part in parts_in(shards)}
    one, two = _both(videos, model, shards)
    # Divided in another way, too.
    three = embed_shard(videos, model, Shard(1, 1), shards)
    assert calls == []
    assert sorted(one.unchanged + two.unchanged) == sorted(three.unchanged) == NAMES
    assert {skipped.name for skipped in three.skipped} == {"broken", "gone"}
    assert {part: part.read_bytes() for part in parts_in(shards)} == before


def test_new_labels_reach_the_shard_without_embedding_again(
    videos: Path, model: Path, calls: list[str], tmp_path: Path
) -> None:
    shards, labels = tmp_path / "shards", tmp_path / "labels.json"
    for split in ("train", "test"):
        entry = {"file": str(videos.parent / "pouring_000.mp4"), "split": split}
        labels.write_text(json.dumps({"events": [], "videos": {f"a_{split}": entry}}))
        embed_shard(labels, model, Shard(1, 1), shards)
    assert calls == ["a_train"]
    store = Store(tmp_path / "store", create=True)
    store.merge([shards])
    (video,) = store.videos()
    assert (video.name, video.metadata["split"]) == ("a_test", "test")
    assert len(store.frame_times(video)) == video.frames


def test_a_shard_that_is_run_again_and_stopped_is_not_finished(
    shards: Path, videos: Path, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("inphase.store.sharding.identified", stop)
    with pytest.raises(KeyboardInterrupt):
        embed_shard(videos, model, Shard(1, 2), shards)
    merged = Store(tmp_path / "store", create=True).merge([shards])
    assert "shard 1/2" in [one.name for one in merged.skipped]


def test_what_changed_was_touched_or_was_mended(
    pouring: Collection, videos: Path, model: Path, calls: list[str], tmp_path: Path
) -> None:
    shards = tmp_path / "shards"
    folder = Path(shutil.copytree(videos.parent, tmp_path / "videos"))
    _both(folder, model, shards)
    calls.clear()
    os.utime(folder / "pouring_001.mp4", (1, 1))
    shutil.copy(pouring.videos[3].path, folder / "pouring_002.mp4")
    shutil.copy(pouring.videos[4].path, folder / "broken.mp4")
    assert [report.skipped for report in _both(folder, model, shards)] == [(), ()]
    assert sorted(calls) == ["broken", "pouring_002"]
    store = Store(tmp_path / "store", create=True)
    assert store.merge([shards]).skipped == ()
    # Two of them are copies now, and the old content has gone.
    assert [video.name for video in store.videos()] == [
        "broken", "pouring_000", "pouring_001", "pouring_002", "pouring_005",
    ]  # fmt: skip


def test_two_processes_at_once_killed_and_run_again_lose_and_double_nothing(
    videos: Path, model: Path, embedded: Path, tmp_path: Path, calls: list[str]
) -> None:
    folder = tmp_path / "shards"
    program = [sys.executable, "-c", KILLED, str(videos), str(model)]
    processes = [
        subprocess.Popen([*program, shard, str(folder), moment, parts], stderr=subprocess.PIPE)
        for shard, moment, parts in (("1/2", "embedding", "2"), ("2/2", "writing", "1"))
    ]
    for process in processes:
        _, told = process.communicate()
        assert process.returncode == -9, told.decode()
    held = _held(folder)
    assert len(held) == 3  # two of one shard, one of the other
    assert not list(folder.glob("*/failed.csv"))
    store = Store(tmp_path / "store", create=True)
    assert len(store.merge([folder]).added) == 3
    _both(videos, model, folder)
    # Only what was not yet written.
    assert sorted([*calls, *held]) == NAMES
    assert sorted(_held(folder)) == NAMES
    assert not list(folder.glob("*/.inphase-*"))
    assert sorted(store.merge([folder]).added + tuple(held)) == NAMES
    whole = Store(tmp_path / "whole", create=True)
    whole.merge([embedded])
    assert store.videos() == whole.videos()
    rows = [len(one._tables.table(one.model())) for one in (store, whole)]
    assert rows == [sum(video.frames for video in whole.videos())] * 2


def test_stopping_keeps_what_is_embedded(
    videos: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(video: WantedVideo, model: str) -> object:
        if video.name == "pouring_002":
            raise KeyboardInterrupt
        return identified(video, model)

    monkeypatch.setattr(sharding, "identified", stopped)
    with pytest.raises(KeyboardInterrupt):
        embed_shard(videos, model, Shard(1, 1), tmp_path / "shards")
    assert _held(tmp_path / "shards") == NAMES[:2]


def test_parts_are_small_and_each_whole(
    embedded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_files, "_PART_BYTES", 30_000)
    folder = tmp_path / "1-of-1"
    folder.mkdir()
    writer = shard_files.PartWriter(folder, "")
    rows = [row for part in parts_in(embedded) for row in read_rows(part)]
    for video, times, embeddings in shard_files.read_embeddings(rows):
        writer.add(replace(video, name=video.name[::-1]), "", times, embeddings)
    writer.flush()
    assert [part.name for part in parts_in(tmp_path)] == [f"part-0000{n}.parquet" for n in range(3)]
    assert sorted(name[::-1] for name in _held(tmp_path)) == NAMES


def test_one_shard_is_embedded_by_one_process(
    shards: Path, videos: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        alone_in(shards / "1-of-2", doing="busy", patience=0, error=StoreError),
        pytest.raises(StoreError, match=r"Another process is embedding shard 1/2"),
    ):
        embed_shard(videos, model, Shard(1, 2), shards)

    def without_locks(*_: object, **__: object) -> Iterator[None]:
        raise NotImplementedError

    monkeypatch.setattr(sharding, "alone_in", without_locks)  # as on some clusters
    assert len(embed_shard(videos, model, Shard(1, 2), shards).unchanged) == 3


def test_shards_do_not_go_among_the_videos(videos: Path, model: Path) -> None:
    with pytest.raises(OutputError, match="holds the videos themselves"):
        embed_shard(videos, model, Shard(1, 2), videos.parent)
