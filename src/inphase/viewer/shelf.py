"""The media of a collection: originals, proxies and thumbnails, as far as they are made."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from inphase.viewer.media import make_proxy, make_thumbnails
from inphase.viewer.videos import ViewedCollection, ViewedVideo
from inphase.viewer.workshop import Job, Workshop

_MEDIA, _THUMBNAILS = "media", "thumbnails"


class Shelf:
    """Finds the media of each video; what must be made first is made in the background.

    Args:
        viewed: the collection.
        cache: folder for proxies and thumbnails; safe to delete whenever no viewer runs.
    """

    def __init__(self, viewed: ViewedCollection, cache: Path) -> None:
        self._viewed = viewed
        self._workshop = Workshop(tuple(self._jobs(cache)))

    def start(self) -> None:
        """Begin to make what is missing."""
        self._workshop.start()

    def close(self) -> None:
        """Stop making."""
        self._workshop.close()

    def is_ready(self, video: str) -> bool:
        """Whether a video can be played now."""
        plays = self._viewed[video].media_type is not None
        return plays or self._workshop.is_finished(f"{_MEDIA}/{video}")

    def media(self, video: str) -> tuple[Path, str] | None:
        """File and media type of what is played, None as long as it is not made."""
        described = self._viewed[video]
        if described.media_type is not None:
            return described.path, described.media_type
        made = self._workshop.finished(f"{_MEDIA}/{video}")
        return None if made is None else (made, "video/mp4")

    def thumbnails(self, video: str) -> tuple[Path, str] | None:
        """File and media type of the thumbnails, None as long as they are not made."""
        made = self._workshop.finished(f"{_THUMBNAILS}/{video}")
        return None if made is None else (made, "image/jpeg")

    def progress(self) -> dict[str, Any]:
        """``progress.json``."""
        far = self._workshop.progress()
        videos = [video.id for video in self._viewed.videos]
        return {
            "done": far.done,
            "of": far.of,
            "what": far.what,
            "media": [video for video in videos if self.is_ready(video)],
            "thumbnails": [
                video for video in videos if self._workshop.is_finished(f"{_THUMBNAILS}/{video}")
            ],
            "failed": dict(self._workshop.failed),
        }

    def _jobs(self, cache: Path) -> list[Job]:
        jobs = []
        for video in self._viewed.videos:
            if video.media_type is None:
                jobs.append(_job(_MEDIA, video, make_proxy, cache, "video"))
            jobs.append(_job(_THUMBNAILS, video, make_thumbnails, cache, "thumbnails"))
        return jobs


def _job(kind: str, video: ViewedVideo, make: Callable[..., Path], cache: Path, what: str) -> Job:
    def made(advance: Callable[[int], object]) -> Path:
        return partial(make, video.path, cache)(advance=advance)

    return Job(f"{kind}/{video.id}", f"{what} of {video.name}", made)
