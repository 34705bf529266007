"""Features of a video's frames without any fitting: the pretrained base network's maps.

They know nothing about the action, so different people and places look far apart. Within one
video, where those stay the same, they tell poses apart: enough to detect repetitions.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inphase.data import resample
from inphase.models.config import EncoderConfig
from inphase.models.embeddings import EmbeddedVideo
from inphase.models.encoder import Encoder, best_device
from inphase.models.frame_embedder import FrameEmbedder
from inphase.video import VideoReader

# A random projection to this many numbers preserves distances to about 6 % (Johnson and
# Lindenstrauss), and an hour of video takes 60 MB.
_SIZE = 256
_BATCH = 32


class PlainEmbedder:
    """Embeds frames with the pretrained base network alone, its maps projected at random.

    Args:
        fps: frames per second to embed, as `inphase.data.resample` picks them; all frames of a
            video with a lower rate.
    """

    def __init__(self, *, fps: float) -> None:
        # The embedder of this encoder is never run: its widths do not matter.
        config = EncoderConfig(pool=2, conv_width=1, fc_width=1)
        encoder = Encoder(config).eval()
        self._frames = FrameEmbedder(encoder.to(best_device()))
        self._fps = fps
        self._projection: Tensor | None = None

    def embed(
        self, path: str | Path, *, name: str = "", advance: Callable[[int], object] | None = None
    ) -> EmbeddedVideo:
        """Embed a video.

        Args:
            path: the video.
            name: for the result; by default the file's stem.
            advance: called with the number of frames just processed, for a progress bar.

        Raises:
            VideoError: the file cannot be read, or has no frames.
        """
        path = Path(path)
        size = self._frames.encoder.config.image_size
        reader = VideoReader(path, size=(size, size))
        chosen = resample(reader.times, fps=self._fps)
        parts: list[NDArray[np.float32]] = []
        embedded = passed = 0
        for part in self._projected(self._frames.maps(reader.frames(chosen))):
            parts.append(part)
            embedded += len(part)
            if advance:
                # Including the frames left out before the last one embedded.
                advance(int(chosen[embedded - 1]) + 1 - passed)
                passed = int(chosen[embedded - 1]) + 1
        return EmbeddedVideo(name or path.stem, path, reader.times[chosen], np.concatenate(parts))

    def _projected(self, maps: Iterator[Tensor]) -> Iterator[NDArray[np.float32]]:
        batch: list[Tensor] = []
        for one in maps:
            batch.append(one.flatten())
            if len(batch) == _BATCH:
                yield self._project(torch.stack(batch))
                batch = []
        if batch:
            yield self._project(torch.stack(batch))

    def _project(self, flat: Tensor) -> NDArray[np.float32]:
        if self._projection is None:
            generator = torch.Generator().manual_seed(0)
            drawn = torch.randn(flat.shape[1], _SIZE, generator=generator) / _SIZE**0.5
            self._projection = drawn.to(flat.device)
        projected: NDArray[np.float32] = (flat.float() @ self._projection).cpu().numpy()
        return projected
