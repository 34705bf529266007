"""Where all frames of a collection lie in one plane, computed once and in the background."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.applications.projection import project
from inphase.errors import InphaseError, ModelError
from inphase.models import EmbeddedVideo
from inphase.viewer.videos import ViewedCollection

_log = logging.getLogger(__name__)

# t-SNE of these takes some ten seconds; of more videos every k-th frame is laid out and those
# between are put on the line from one to the next.
_MOST_FRAMES = 4000
_DECIMALS = 4


def lay_out(videos: Sequence[EmbeddedVideo]) -> tuple[str, list[NDArray[np.float64]]]:
    """The plane: the name of the method, and (frames, 2) for each video.

    t-SNE; for collections too small for it, PCA.

    Raises:
        InphaseError: there is no plane, for the embeddings are all the same or hardly any.
    """
    step = max(1, -(-sum(len(video.times) for video in videos) // _MOST_FRAMES))
    chosen = [_every(len(video.times), step) for video in videos]
    embeddings = np.concatenate([v.embeddings[f] for v, f in zip(videos, chosen, strict=True)])
    method = "tsne" if len(embeddings) > 10 else "pca"
    placed, _ = project(embeddings, method=method)  # type: ignore[arg-type]
    parts = np.split(placed, np.cumsum([len(frames) for frames in chosen])[:-1])
    between = [
        np.stack([np.interp(np.arange(len(v.times)), f, part[:, axis]) for axis in (0, 1)], axis=1)
        for v, f, part in zip(videos, chosen, parts, strict=True)
    ]
    return {"tsne": "t-SNE", "pca": "PCA"}[method], between


class EmbeddingMap:
    """``map.json``, computed in a thread that begins when it is first asked for.

    Args:
        viewed: the collection.
    """

    def __init__(self, viewed: ViewedCollection) -> None:
        self._viewed = viewed
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._document: dict[str, Any] | None = None
        self._failed: InphaseError | None = None

    def document(self) -> dict[str, Any] | None:
        """The document, None as long as it is being computed.

        Raises:
            InphaseError: there is no plane, for the embeddings are all the same or hardly any.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="map", daemon=True)
                self._thread.start()
        if self._failed is not None:
            raise self._failed
        return self._document

    def wait(self) -> dict[str, Any]:
        """The document, however long it takes.

        Raises:
            InphaseError: as :meth:`document`.
        """
        self.document()
        assert self._thread is not None
        self._thread.join()
        document = self.document()
        assert document is not None
        return document

    def _work(self) -> None:
        try:
            method, points = lay_out([video.embedded for video in self._viewed.videos])
        except InphaseError as error:
            self._failed = error
            return
        except Exception as error:
            # Nobody waits for this thread: without a word the page would wait for ever.
            _log.exception("The map cannot be computed.")
            self._failed = ModelError(f"The map cannot be computed: {error}.")
            return
        self._document = {
            "method": method,
            "points": {
                video.id: np.round(part, _DECIMALS).tolist()
                for video, part in zip(self._viewed.videos, points, strict=True)
            },
        }


def _every(frames: int, step: int) -> NDArray[np.int64]:
    chosen = np.arange(0, frames, step)
    return chosen if chosen[-1] == frames - 1 else np.append(chosen, frames - 1)
