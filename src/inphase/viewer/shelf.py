"""The media of a collection: originals, and the proxies and thumbnails made so far."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from inphase.viewer.media import make_proxy, make_quick_proxy, make_thumbnails
from inphase.viewer.videos import ViewedCollection
from inphase.viewer.workshop import Job, Workshop

# In this order: proxies of files that browsers cannot play, thumbnails, proxies that seek faster.
MEDIA, THUMBNAILS, PROXIES = _KINDS = ("media", "thumbnails", "proxies")


class Shelf:
    """Finds the media of each video; missing ones are made in the background.

    Args:
        viewed: the collection.
        cache: folder for proxies and thumbnails; safe to delete while no viewer runs.
    """

    def __init__(self, viewed: ViewedCollection, cache: Path) -> None:
        self._viewed = viewed
        self._workshop = Workshop(tuple(self._jobs(cache)))

    def start(self) -> None:
        """Start making what is missing."""
        self._workshop.start()

    def close(self) -> None:
        """Stop making media."""
        self._workshop.close()

    def media(self, video: str) -> tuple[Path, str] | None:
        """File and media type to play, None until it is made."""
        described = self._viewed[video]
        if described.playback is not None:
            return described.path, described.playback.media_type
        return self._made(MEDIA, video, "video/mp4")

    def proxy(self, video: str) -> tuple[Path, str] | None:
        """File and media type of the proxy that seeks faster, None until it is made."""
        return self._made(PROXIES, video, "video/mp4")

    def thumbnails(self, video: str) -> tuple[Path, str] | None:
        """File and media type of the thumbnails, None until they are made."""
        return self._made(THUMBNAILS, video, "image/jpeg")

    def progress(self) -> dict[str, Any]:
        """`progress.json`."""
        far = self._workshop.progress()
        videos = [video.id for video in self._viewed.videos]
        return {
            "done": far.done,
            "of": far.of,
            "what": far.what,
            MEDIA: [video for video in videos if self.media(video) is not None],
            THUMBNAILS: [video for video in videos if self.thumbnails(video) is not None],
            PROXIES: [video for video in videos if self.proxy(video) is not None],
            "failed": dict(self._workshop.failed),
        }

    def prefer(self, videos: Iterable[str]) -> None:
        """Make the missing media of these videos next."""
        watched = list(videos)
        self._workshop.prefer(f"{kind}/{video}" for kind in _KINDS for video in watched)

    def _made(self, kind: str, video: str, media_type: str) -> tuple[Path, str] | None:
        made = self._workshop.finished(f"{kind}/{video}")
        return None if made is None else (made, media_type)

    def _jobs(self, cache: Path) -> list[Job]:
        def job(kind: str, what: str, video: str, make: Callable[..., Path]) -> Job:
            described = self._viewed[video]

            def made(advance: Callable[[int], object]) -> Path:
                return make(described.path, cache, advance=advance)

            return Job(f"{kind}/{video}", f"{what} of {described.name}", made)

        first, later = [], []
        for video in self._viewed.videos:
            if video.playback is None:
                first.append(job(MEDIA, "video", video.id, make_proxy))
            first.append(job(THUMBNAILS, "thumbnails", video.id, make_thumbnails))
            if video.is_slow_to_seek:
                later.append(job(PROXIES, "quick copy", video.id, make_quick_proxy))
        return [*first, *later]
