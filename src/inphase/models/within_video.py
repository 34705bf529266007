"""Features that compare the frames of one video with each other, without any fitting."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from inphase.errors import ModelError, VideoError
from inphase.models.embeddings import EmbeddedVideo
from inphase.models.pose import PoseTrack, PoseTracks
from inphase.models.pose.features import body, posture

if TYPE_CHECKING:
    from inphase.models.plain_features import PlainEmbedder

Features = Literal["auto", "pose", "appearance"]


class WithinVideoEmbedder:
    """Embeds the postures of a person where one is followed clearly, otherwise the whole picture.

    Args:
        tracks: follows people.
        features: whether to look at people or at the whole picture; by default, at whatever is
            clear in each video.
        fps: frames per second of the whole picture to embed.
    """

    def __init__(self, tracks: PoseTracks, *, features: Features = "auto", fps: float) -> None:
        self._tracks = tracks
        self._features = features
        self._fps = fps
        self._plain: PlainEmbedder | None = None
        self.by_poses: set[Path] = set()
        """The videos whose postures were embedded."""

    def embed(
        self, path: str | Path, *, name: str = "", advance: Callable[[int], object] | None = None
    ) -> EmbeddedVideo:
        """Embed a video.

        Args:
            path: the video.
            name: for the result; by default the file's stem.
            advance: called with the number of frames just processed, for a progress bar.

        Raises:
            VideoError: the file cannot be read, has no frames, or nobody is seen although poses
                are asked for.
            ModelError: the weights of the pose network are missing, and poses are asked for.
            ConfigError: nobody is at the place of a subject.
        """
        path = Path(path)
        track = self._track(path, advance)
        if track is not None:
            self.by_poses.add(path)
            return EmbeddedVideo(
                name or path.stem, path, track.times, posture(body(track.landmarks))
            )
        if self._plain is None:
            # Torch is slow to load, and only needed for this.
            from inphase.models.plain_features import PlainEmbedder

            self._plain = PlainEmbedder(fps=self._fps)
        return self._plain.embed(path, name=name, advance=advance)

    def _track(self, path: Path, advance: Callable[[int], object] | None) -> PoseTrack | None:
        """The person to look at; None if the whole picture is."""
        if self._features == "appearance":
            return None
        try:
            track = self._tracks.track(path, advance=advance)
        except ModelError:
            if self._features == "pose":
                raise
            return None  # People cannot be looked for.
        if self._features == "pose" and not track.found.any():
            raise VideoError(f"Nobody is seen in {path}: there are no poses to compare.")
        return track if self._features == "pose" or track.clear else None
