"""Compact a store: few large files, and no old versions."""

from dataclasses import dataclass
from pathlib import Path

from inphase.store.catalogue import StoredModel
from inphase.store.connection import store_errors, writing
from inphase.store.table import FrameTable
from inphase.store.tables import Tables


@dataclass(frozen=True)
class Size:
    """How much a table takes.

    Attributes:
        files: on the disk.
        bytes: on the disk.
        versions: of the table that could be read.
    """

    files: int
    bytes: int
    versions: int


@dataclass(frozen=True)
class Compacted:
    """What compacting a model's table did.

    Attributes:
        model: the model.
        before: the size before.
        after: the size now.
    """

    model: StoredModel
    before: Size
    after: Size


def compact(tables: Tables) -> tuple[Compacted, ...]:
    """Merge the small files of each table, update its index, and delete its old versions.

    Raises:
        StoreError: the store cannot be written.
    """
    done = []
    with writing(tables.folder), store_errors(tables.folder, "compacted"):
        for model in tables.models():
            table = tables.register(model)
            place = tables.folder / f"{model.table}.lance"
            before = _size(table, place)
            table.compact()
            done.append(Compacted(model, before, _size(table, place)))
    return tuple(done)


def _size(table: FrameTable, place: Path) -> Size:
    files = [path for path in place.rglob("*") if path.is_file()]
    return Size(
        files=len(files),
        bytes=sum(path.stat().st_size for path in files),
        versions=len(table.lance.list_versions()),
    )
