"""Merge shards into a store: one process writes, in few large commits."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from rich.console import Console

from inphase.errors import Skipped, StoreError, printable
from inphase.progress import Bar, progress_bar
from inphase.store.adding import keep_index
from inphase.store.catalogue import IndexReport, StoredModel
from inphase.store.commits import free_name, is_described
from inphase.store.connection import store_errors, writing
from inphase.store.shard_files import (
    FAILED,
    ShardRow,
    parts_in,
    read_embeddings,
    read_failed,
    read_rows,
)
from inphase.store.table import FrameTable, video_rows
from inphase.store.tables import Tables
from inphase.video.names import natural_key
from inphase.video.unicode_forms import nfc

# Frames in one commit. LanceDB's own files hold about as many.
_COMMIT = 1 << 20
_SHARD = re.compile(r"(\d{1,7})-of-(\d{1,7})")


@dataclass(frozen=True)
class MergeReport:
    """What merging shards did.

    Attributes:
        added: names of videos that are new in the store.
        described: names of videos whose name, path or metadata changed.
        unchanged: names of videos that were already there.
        skipped: videos that no shard could embed, and shards that are not finished.
        indexes: of each model whose embeddings are enough to need one.
    """

    added: tuple[str, ...]
    described: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    indexes: tuple[IndexReport, ...]


def merge_shards(
    tables: Tables, folders: Sequence[Path], *, console: Console | None = None
) -> MergeReport:
    """Add the videos of shards to a store.

    Of a video that several shards hold, the one that was embedded last is added; of files with the
    same content, the first by path.

    Args:
        tables: of the store.
        folders: of shards, or of all shards.
        console: shows progress; by default there is none.

    Raises:
        StoreError: there are no shards, a part is damaged, or the store cannot be written.
    """
    rows = _rows(folders)
    models: dict[str, list[ShardRow]] = defaultdict(list)
    for row in rows:
        models[row.video.model].append(row)
    done = _Done()
    with progress_bar("Merging", sum(row.video.frames for row in rows), console=console) as bar:
        for of_model in models.values():
            _merge_model(tables, of_model, done, bar)
    reports = [keep_index(tables, _model(of_model), console) for of_model in models.values()]
    return MergeReport(
        added=tuple(done.added),
        described=tuple(done.described),
        unchanged=tuple(done.unchanged),
        skipped=tuple(_failed(folders, rows) + _unfinished(folders)),
        indexes=tuple(report for report in reports if report is not None),
    )


class _Done:
    def __init__(self) -> None:
        self.added: list[str] = []
        self.described: list[str] = []
        self.unchanged: list[str] = []


def _rows(folders: Sequence[Path]) -> list[ShardRow]:
    """The rows that count: one for each path and content, in the order of their paths."""
    for folder in folders:
        if not folder.is_dir():
            raise StoreError(f"{folder} is not a folder of shards.")
    parts = dict.fromkeys(part for folder in folders for part in parts_in(folder))
    if not parts and not any(_reports(folders)):
        named = ", ".join(map(str, folders))
        raise StoreError(
            f"{named} holds no shards; make some with `inphase embed VIDEOS --model MODEL "
            "--shard I/N -o FOLDER`."
        )
    every = (row for part in parts for row in read_rows(part))
    by_path = {row.video.path: row for row in sorted(every, key=lambda row: row.embedded)}
    by_content: dict[str, ShardRow] = {}
    for row in sorted(by_path.values(), key=lambda row: natural_key(str(row.video.path).lower())):
        by_content.setdefault(row.video.content, row)
    return list(by_content.values())


def _model(rows: Sequence[ShardRow]) -> StoredModel:
    dims = {row.dims for row in rows}
    if len(dims) > 1:
        raise StoreError(
            f"{rows[0].part} and other parts hold embeddings of one model but of different sizes."
        )
    newest = max(rows, key=lambda row: row.embedded)
    return StoredModel(fingerprint=newest.video.model, folder=newest.model_folder, dims=newest.dims)


def _merge_model(tables: Tables, rows: Sequence[ShardRow], done: _Done, bar: Bar) -> None:
    model = _model(rows)
    with writing(tables.folder), store_errors(tables.folder, "written"):
        table = tables.register(model)
        listed = tables.listed(model)
        others = {video.name: video for video in tables.all_videos()}
        contents = {row.video.content for row in rows}
        # The same files with older contents, which are now obsolete.
        paths = {row.video.path for row in rows}
        older = {one.content for one in others.values() if one.path in paths} - contents
        new: list[ShardRow] = []
        for row in rows:
            video = replace(row.video, name=free_name(row.video, others))
            others[video.name] = video
            known = listed.get(video.content)
            if known is None:
                new.append(replace(row, video=video))
                done.added.append(video.name)
                continue
            if is_described(video, known):
                done.unchanged.append(video.name)
            else:
                table.describe(video)
                done.described.append(video.name)
            bar.advance(video.frames)
        for commit in _commits(new):
            _put(table, commit, bar)
        tables.take_out(older)
        tables.take_out(contents, but=model.fingerprint)


def _commits(rows: Sequence[ShardRow]) -> Iterator[list[ShardRow]]:
    """The rows in the order of their files, as many as make a commit together."""
    commit: list[ShardRow] = []
    frames = 0
    for row in sorted(rows, key=lambda row: (row.part, row.group, row.index)):
        commit.append(row)
        frames += row.video.frames
        if frames >= _COMMIT:
            yield commit
            commit, frames = [], 0
    if commit:
        yield commit


def _put(table: FrameTable, rows: Sequence[ShardRow], bar: Bar) -> None:
    wrong: list[StoreError] = []

    def tables() -> Iterator[pa.Table]:
        try:
            for video, times, embeddings in read_embeddings(rows):
                yield video_rows(video, times, embeddings)
                bar.advance(video.frames)
        except StoreError as error:
            wrong.append(error)
            raise

    try:
        table.put_many(tables())
    except (OSError, RuntimeError, ValueError, StoreError):
        if wrong:  # The database would say it in its own words.
            raise wrong[0] from None
        raise


def _reports(folders: Sequence[Path]) -> list[Path]:
    """What finished shards wrote about the videos that failed."""
    found = (path for folder in folders for path in folder.glob(f"*-of-*/{FAILED}"))
    own = (folder / FAILED for folder in folders if (folder / FAILED).is_file())
    return sorted({*found, *own})


def _failed(folders: Sequence[Path], rows: Sequence[ShardRow]) -> list[Skipped]:
    """The videos that no shard could embed, or not any more."""
    embedded = {_place(row.video.path): row.embedded for row in rows}
    failed = {
        place: skipped
        for report in _reports(folders)
        for place, skipped in read_failed(report)
        if embedded.get(place, 0) < report.stat().st_mtime_ns
    }
    return list(failed.values())


def _place(path: Path) -> str:
    """A path as a report tells it."""
    return nfc(printable(str(path)))


def _unfinished(folders: Sequence[Path]) -> list[Skipped]:
    """The shards that have not come to their end, unless another division into shards has."""
    missing: list[str] = []
    for folder in folders:
        if _SHARD.fullmatch(folder.name):  # given by itself
            missing += [] if (folder / FAILED).is_file() else [folder.name]
            continue
        finished: dict[int, set[int]] = defaultdict(set)
        for one in folder.glob("*-of-*"):
            found = _SHARD.fullmatch(one.name)
            if found is not None:
                number, count = map(int, found.groups())
                finished[count] |= {number} if (one / FAILED).is_file() else set()
        if not any(len(numbers) == count for count, numbers in finished.items()):
            missing += [
                f"{number}-of-{count}"
                for count, numbers in sorted(finished.items())
                for number in sorted(set(range(1, count + 1)) - numbers)
            ]
    shards = [name.replace("-of-", "/") for name in dict.fromkeys(missing)]
    return [
        Skipped(f"shard {one}", f"it is not finished; run it with --shard {one}.") for one in shards
    ]
