"""The viewer as a folder for any web host: the server's documents as files."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from inphase.atomic import json_text, replacing
from inphase.errors import InphaseError, OutputError, Skipped
from inphase.progress import Bar, progress_bar
from inphase.viewer.documents import Documents
from inphase.viewer.export_folder import check_export_folder, keep_the_rest, write_manifest
from inphase.viewer.media import make_proxy, make_quick_proxy, make_thumbnails, thumbnail_step
from inphase.viewer.page_files import page_files
from inphase.viewer.shelf import MEDIA, PROXIES, THUMBNAILS
from inphase.viewer.videos import ViewedVideo

_COLLECTION = "data/collection.json"


def export_page(
    documents: Documents, folder: str | Path, *, cache: Path, console: Console | None = None
) -> tuple[Skipped, ...]:
    """Write the page, its documents and its media, whole or not at all.

    Args:
        documents: of the collection.
        folder: new, empty, or an earlier export, whose files are replaced; other files stay.
        cache: folder for proxies and thumbnails.
        console: where a progress bar goes; by default nowhere.

    Returns:
        Videos whose media could not be made; the page says so in their place.

    Raises:
        AlignmentError: videos cannot be aligned with these options.
        OutputError: the folder holds other files, or cannot be written.
    """
    folder = Path(folder)
    viewed = documents.viewed
    check_export_folder(folder, [video.path for video in viewed.videos])
    with (
        replacing(folder, in_place=True) as beside,  # other files in it stay
        progress_bar("Exporting", _steps(viewed.videos), console=console) as bar,
    ):
        media = _Media(beside, cache, bar)
        for video in viewed.videos:
            bar.describe(f"Exporting {video.name}")
            media.add(video)
        bar.describe("Exporting documents")
        for name, file in page_files().items():
            _write(beside / name, file.content)
        data = beside / "data"
        made = media.progress()
        collection = documents.collection(editable=False, ready=made[MEDIA], quick=made[PROXIES])
        _write(beside / _COLLECTION, _json(collection))
        for video in viewed.videos:
            _write(data / "embeddings" / f"{video.id}.bin", documents.embeddings(video.id))
            mirrored = documents.mirrored_embeddings(video.id)
            if mirrored is not None:
                _write(data / "mirrored" / f"{video.id}.bin", mirrored)
            _write(data / "alignments" / f"{video.id}.json", documents.alignments(video.id))
            bar.advance(1)
        _write(data / "labels.json", _json(documents.published_labels()))
        _write(data / "progress.json", _json(made))
        _write(data / "anomalies.json", _json(documents.anomalies.wait()))
        try:
            _write(data / "map.json", _json(documents.map.wait()))
        except InphaseError as error:
            media.skipped.append(Skipped("The map", str(error)))
        bar.advance(1)
        write_manifest(beside)
        keep_the_rest(folder, beside)
    return tuple(media.skipped)


class _Media:
    """Copies or makes the media of each video."""

    def __init__(self, folder: Path, cache: Path, bar: Bar) -> None:
        self._folder = folder
        self._cache = cache
        self._bar = bar
        self._ready: list[str] = []
        self.skipped: list[Skipped] = []
        self._count = 0
        self._pictured: list[str] = []
        self._quick: list[str] = []
        self._failed: dict[str, str] = {}

    def add(self, video: ViewedVideo) -> None:
        """Copy or make a video's media and thumbnails."""
        end = self._bar.done + _frames(video)
        if video.playback is not None:
            played = self._put(video, MEDIA, "mp4", lambda: video.path)
        else:
            self._count += 1
            played = self._put(video, MEDIA, "mp4", lambda: self._made(make_proxy, video))
        if played:
            self._ready.append(video.id)
        self._count += 1
        if self._put(video, THUMBNAILS, "jpg", lambda: self._made(make_thumbnails, video)):
            self._pictured.append(video.id)
        if video.is_slow_to_seek:
            self._count += 1
            if self._put(video, PROXIES, "mp4", lambda: self._made(make_quick_proxy, video)):
                self._quick.append(video.id)
        self._bar.advance(end - self._bar.done)

    def progress(self) -> dict[str, Any]:
        """`progress.json`: all is done."""
        return {
            "done": self._count,
            "of": self._count,
            "what": "",
            MEDIA: self._ready,
            THUMBNAILS: self._pictured,
            PROXIES: self._quick,
            "failed": self._failed,
        }

    def _made(self, make: Callable[..., Path], video: ViewedVideo) -> Path:
        return make(video.path, self._cache, advance=self._bar.advance)

    def _put(self, video: ViewedVideo, kind: str, suffix: str, find: Callable[[], Path]) -> bool:
        target = self._folder / kind / f"{video.id}.{suffix}"
        try:
            source = find()
            target.parent.mkdir(parents=True, exist_ok=True)
            # A copy, not a link: whatever happens to the page, the video stays unchanged.
            shutil.copyfile(source, target)
        except OutputError:
            raise
        except InphaseError as error:
            self._failed[f"{kind}/{video.id}"] = str(error)
            self.skipped.append(Skipped(video.name, str(error)))
            return False
        return True


def _frames(video: ViewedVideo) -> int:
    made = video.info.frames * ((video.playback is None) + video.is_slow_to_seek)
    return made + -(-video.info.frames // thumbnail_step(video.info.frames))


def _steps(videos: Iterable[ViewedVideo]) -> int:
    return sum(_frames(video) + 1 for video in videos) + 1


def _json(document: object) -> bytes:
    return json_text(document, compact=True).encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
