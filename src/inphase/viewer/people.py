"""Follow another person in a video: what a click on the page asks for."""

from dataclasses import replace
from pathlib import Path

from inphase.data import Collection
from inphase.models import EmbeddedVideo, Encoder, embed
from inphase.models.pose import Place


class People:
    """Embeds a video anew, by the poses of the person at a place.

    Args:
        collection: the videos.
        model: an encoder that looks at poses, or its model folder.
        cache: folder that keeps landmarks and embeddings.
    """

    def __init__(self, collection: Collection, model: Encoder | str | Path, cache: Path) -> None:
        self._collection = collection
        self._model = model
        self._cache = cache

    def embed(self, name: str, place: Place) -> tuple[EmbeddedVideo, EmbeddedVideo]:
        """The embeddings of a video, as it is and as seen in a mirror.

        Args:
            name: of the video.
            place: of the person to follow.

        Raises:
            ConfigError: nobody is there.
            VideoError: the video cannot be read, or nobody is seen in it.
        """
        alone = replace(self._collection, videos=(self._collection[name],))
        (plain,), (mirrored,) = (
            embed(alone, self._model, mirrored=flipped, subjects={name: place}, cache=self._cache)
            for flipped in (False, True)
        )
        return plain, mirrored
