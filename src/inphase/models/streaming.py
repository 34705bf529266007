"""Embedding a video while it is being recorded: the base network sees each frame once."""

from collections import deque
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.cache import cache_folder
from inphase.data import context_indices
from inphase.errors import ModelError
from inphase.models.encoder import Encoder, background
from inphase.models.frame_embedder import FrameEmbedder, background_frames
from inphase.models.pose import Place
from inphase.models.pose.network import PoseNetwork
from inphase.models.pose.stream import PoseStream
from inphase.video import probe

Background = Literal["start", "running", "reference"]


class StreamEmbedder:
    """Embeds frames one by one as they arrive; memory holds only the context frames.

    They are not averaged over time (`smoothing`), which would need future frames.

    A model with `subtract_background` needs the background of the whole video, which a stream does
    not have yet. Its substitute:

    `"start"`: the query is assumed to start like the reference, so that its background differs
    from its first frame as the reference's does; `"running"`: the middle of the range so far;
    `"reference"`: the reference's own background, for the same camera and place.
    """

    def __init__(
        self,
        encoder: Encoder,
        *,
        background: Background = "running",
        reference: str | Path | None = None,
        subject: Place | None = None,
    ) -> None:
        """
        Args:
            encoder: in evaluation mode, on the device to use.
            background: the substitute for the background, if the model subtracts it.
            reference: the video to follow; `start` and `reference` need it.
            subject: whom to follow in the reference, if the model looks at poses; by default
                whoever acts.

        Raises:
            ConfigError: there is a subject, but the model does not look at poses.
            ModelError: the background needs a reference and none is given, or the model is a
                transformer, which needs the whole video.
            VideoError: the reference cannot be read.
        """
        if encoder.sees_whole_clips:
            raise ModelError(
                "This model looks at all frames of a video together (a transformer), so it cannot "
                "follow a video that is still being recorded; fit one with `--set "
                "encoder.embedder=convolutions`."
            )
        subjects = {Path(reference): subject} if subject is not None and reference else None
        self.frames = FrameEmbedder(encoder, cache=cache_folder(), subjects=subjects)
        self._poses = PoseStream(PoseNetwork()) if encoder.base.sees_poses else None
        self._config = encoder.config
        self._kept: deque[tuple[float, Tensor]] = deque()
        self._mode = background
        self._still: Tensor | None = None
        self._offset: Tensor | None = None
        self._range: tuple[Tensor, Tensor] | None = None
        if encoder.config.subtract_background and background != "running":
            if reference is None:
                raise ModelError(
                    f"The background `{background}` needs a reference, and none was given."
                )
            self._from_reference(Path(reference))

    def push(self, frame: NDArray[np.uint8], time: float) -> NDArray[np.float32]:
        """Embed the next frame.

        Args:
            frame: (height, width, 3) RGB of `frame_size`.
            time: seconds, later than the previous frame's.

        Returns:
            (dims,).
        """
        arrived = self._seen(frame, time)
        self._kept.append((time, arrived))
        still = self._background(arrived)
        # In a centred context the last frame stands in for future ones, as at the end of a video.
        times = np.array([moment for moment, _ in self._kept])
        (chosen,) = context_indices(
            times,
            np.array([len(times) - 1]),
            context_frames=self._config.context_frames,
            gap=self._config.context_gap,
            centred=self._config.centred_context,
        )
        maps = torch.stack([self._kept[int(index)][1] for index in chosen])
        # The context only moves forward: frames before its first one are never needed again.
        for _ in range(int(chosen[0])):
            self._kept.popleft()
        stacked = maps if still is None else maps - still
        embedded: NDArray[np.float32] = self.frames.embed_stacked(stacked[None])[0]
        return embedded

    def restart(self) -> None:
        """Begin a new video of the same place: keep a running range, but take a new start."""
        self._kept.clear()
        if self._poses is not None:
            self._poses.restart()
        if self._mode == "start":
            self._still = None

    @property
    def frame_size(self) -> tuple[int, int] | None:
        """Width and height of the frames to push; None if they may have any size."""
        return None if self._poses is not None else (self._config.image_size,) * 2

    @property
    def sees_nobody(self) -> bool:
        """Whether the model looks at poses and nobody was seen in the last frame."""
        return self._poses is not None and not self._poses.sees_somebody

    @property
    def kept(self) -> int:
        """Number of frames whose maps are in memory."""
        return len(self._kept)

    def _seen(self, frame: NDArray[np.uint8], time: float) -> Tensor:
        """The map `(C, h, w)` of a frame."""
        if self._poses is not None:
            return torch.from_numpy(self._poses.push(frame, time))[:, None, None]
        (arrived,) = self.frames.maps([frame])
        return arrived

    def _background(self, arrived: Tensor) -> Tensor | None:
        if not self._config.subtract_background:
            return None
        if self._mode == "running":
            low, high = self._range or (arrived, arrived)
            self._range = torch.minimum(low, arrived), torch.maximum(high, arrived)
            return (self._range[0] + self._range[1]) / 2
        if self._still is None:
            assert self._offset is not None
            self._still = arrived + self._offset
        return self._still

    def _from_reference(self, path: Path) -> None:
        shown = background_frames(len(probe(path).times))
        maps = torch.stack([*self.frames.video_maps(path, shown)])
        still = background(maps)
        if self._mode == "reference":
            self._still = still
        else:
            self._offset = still - maps[0]
