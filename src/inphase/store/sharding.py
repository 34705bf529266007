"""Embed one of several shards of a collection, so that many processes share the work."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.errors import ConfigError, OutputError, Skipped, StoreError, VideoError
from inphase.locks import alone_in
from inphase.models.model_folder import embedding_fingerprint, read_model_folder
from inphase.overwriting import place_of
from inphase.progress import Bar, progress_bar
from inphase.results.places import check_folder
from inphase.store.adding import WantedVideo, identified, wanted_videos
from inphase.store.shard_files import (
    FAILED,
    PartWriter,
    ShardRow,
    parts_in,
    read_embeddings,
    read_rows,
    write_failed,
)
from inphase.video import reading_apart
from inphase.video.file_state import file_state
from inphase.video.rates import given_rate

if TYPE_CHECKING:
    from inphase.models import FrameEmbedder

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shard:
    """One of several equal parts of a collection.

    Attributes:
        number: of the shard, from 1.
        count: how many there are.
    """

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Parse `3/16`.

        Raises:
            ConfigError: it is no such text, or there is no shard of this number.
        """
        found = re.fullmatch(r"(\d{1,7})/(\d{1,7})", text.strip())
        if found is None:
            raise ConfigError(f"--shard: write I/N, such as 3/16, not `{text}`.")
        number, count = map(int, found.groups())
        if not 1 <= number <= count:
            raise ConfigError(
                f"--shard: there is no shard {text}; they are 1/{count} to {count}/{count}."
            )
        return cls(number, count)

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return f"{self.number}-of-{self.count}"

    def of(self, videos: Sequence[WantedVideo]) -> list[WantedVideo]:
        """Its videos: of all, sorted by path, every `count`-th."""
        return sorted(videos, key=lambda video: str(video.path))[self.number - 1 :: self.count]


@dataclass(frozen=True)
class ShardReport:
    """What embedding a shard did.

    Attributes:
        embedded: names of videos that were embedded.
        unchanged: names of videos that a shard in the folder already held, if under another name
            or with other metadata, which are then updated.
        skipped: videos that could not be used.
    """

    embedded: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def embed_shard(
    videos: Collection | str | Path | Sequence[str | Path],
    model: str | Path,
    shard: Shard,
    folder: str | Path,
    *,
    console: Console | None = None,
) -> ShardReport:
    """Embed the videos of one shard into a folder that all shards share.

    Videos are written in parts, each whole or not at all. A killed shard continues where the last
    part ends: what any shard in the folder holds is not embedded again, whatever the number of
    shards was. A video that cannot be read becomes a row of the shard's `failed.csv` and is tried
    again the next time.

    Args:
        videos: the whole collection, or what [`Collection.open`][inphase.data.Collection.open]
            takes; the same for all shards.
        model: model folder of a trained encoder.
        shard: which of the shards.
        folder: of all shards; created if needed.
        console: shows progress; by default there is none.

    Raises:
        CollectionError: the videos cannot be found.
        ModelError: the model folder cannot be used.
        StoreError: another process embeds this shard, or a part is damaged.
        OutputError: the folder cannot be written.
    """
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    folder, model = Path(folder).expanduser(), Path(model)
    check_folder(folder, [video.path for video in collection])
    fingerprint = embedding_fingerprint(*read_model_folder(model))
    with _alone(folder, shard) as own:
        work = _Work(folder, own, model, fingerprint, console)
        report = work.embed(shard.of(wanted_videos(collection)))
    # The whole collection's, told once.
    passed_over = collection.skipped if shard.number == 1 else ()
    return replace(report, skipped=(*passed_over, *report.skipped))


@contextmanager
def _alone(folder: Path, shard: Shard) -> Iterator[Path]:
    """The shard's own folder, where nobody else writes now."""
    own = folder / shard.folder
    doing = f"embedding shard {shard} into {folder}"
    with ExitStack() as stack:
        try:
            stack.enter_context(alone_in(own, doing=doing, patience=0, error=StoreError))
        except NotImplementedError:  # Some clusters' disks have no locks.
            _log.warning("%s cannot be locked: run each shard only once at a time.", folder)
        except OSError as error:
            raise OutputError(f"Cannot write into {own}: {error.strerror}.") from error
        # It comes back at the end, and says that the shard is finished.
        (own / FAILED).unlink(missing_ok=True)
        yield own


def _described(held: ShardRow, wanted: WantedVideo) -> bool:
    """Whether a row has the video's present name and metadata."""
    return held.video.name == wanted.name and dict(held.video.metadata) == dict(wanted.metadata)


class _Work:
    """The work on one shard."""

    def __init__(
        self, folder: Path, own: Path, model: Path, fingerprint: str, console: Console | None
    ) -> None:
        self._own, self._model, self._fingerprint = own, model, fingerprint
        self._console = console
        self._writer = PartWriter(own, str(model.expanduser().resolve()))
        rows = [row for part in parts_in(folder) for row in read_rows(part)]
        rows = [row for row in rows if row.video.model == fingerprint]
        # Of a file that was changed, the newest counts.
        self._held = {row.video.path: row for row in sorted(rows, key=lambda row: row.embedded)}
        self._embedder: FrameEmbedder | None = None
        self.embedded: list[str] = []
        self.unchanged: list[str] = []
        self.failed: list[tuple[str, Path, str]] = []

    @reading_apart()
    def embed(self, videos: Sequence[WantedVideo]) -> ShardReport:
        states = {video.path: _state(video.path) for video in videos}
        new = []
        for video in videos:
            held = self._held.get(place_of(video.path.expanduser()))
            state = states[video.path]
            if held is not None and state and held.state == state and _described(held, video):
                self.unchanged.append(video.name)
            else:
                new.append(video)
        try:
            sizes = [_size(video.path) for video in new]
            with progress_bar("Embedding", sum(sizes), console=self._console) as bar:
                for video, size in zip(new, sizes, strict=True):
                    end = bar.done + size
                    try:
                        self._embed_one(video, states[video.path], bar, size)
                    except VideoError as error:
                        self.failed.append((video.name, video.path, str(error)))
                    bar.advance(end - bar.done)
        finally:  # What is embedded stays, also if somebody stops the work.
            self._writer.flush()
        write_failed(self._own, self.failed)
        skipped = tuple(Skipped(name, reason) for name, _, reason in self.failed)
        return ShardReport(tuple(self.embedded), tuple(self.unchanged), skipped)

    def _embed_one(self, wanted: WantedVideo, state: str, bar: Bar, size: int) -> None:
        video = identified(wanted, self._fingerprint)
        held = self._held.get(video.path)
        if held is not None and held.video.content == video.content:  # merely touched, or a folder
            if _described(held, wanted):
                self.unchanged.append(video.name)
                return
            ((_, times, embeddings),) = read_embeddings([held])
            self._writer.add(replace(video, frames=len(times)), state, times, embeddings)
            self.unchanged.append(video.name)
            return
        seen = 0

        def advance(frames: int) -> None:
            nonlocal seen
            before, seen = seen, seen + frames
            share = [min(frames / max(video.frames, 1), 1.0) for frames in (before, seen)]
            bar.advance(int(share[1] * size) - int(share[0] * size))

        result = self._ready().embed(video.path, name=video.name, advance=advance)
        self.embedded.append(video.name)
        written = self._writer.add(
            replace(video, frames=len(result.times)), state, result.times, result.embeddings
        )
        if written and self._console is not None and not self._console.is_terminal:
            done = len(self.embedded) + len(self.unchanged) + len(self.failed)
            self._console.print(f"{done} videos done, {len(self.failed)} failed")

    def _ready(self) -> "FrameEmbedder":
        """The encoder, loaded when the first video has to be embedded."""
        if self._embedder is None:
            from inphase.models.encoder import ready_encoder
            from inphase.models.frame_embedder import FrameEmbedder

            self._embedder = FrameEmbedder(ready_encoder(self._model), cache=cache_folder())
        return self._embedder


def _state(path: Path) -> str:
    """What changes when the file does; empty for a folder, and if there is no file."""
    state = file_state(path)
    return f"{state[3]} {state[2]} {given_rate(path):g}" if state else ""


def _size(path: Path) -> int:
    state = file_state(path)
    return max(state[3], 1) if state else 1
