"""An encoder as one network that other programs run: pixels in, embeddings out."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inphase.errors import ModelError
from inphase.models.config import EncoderConfig
from inphase.models.encoder import Encoder, FrameMaps
from inphase.models.formats import NETWORKS

INPUT, OUTPUT = "frames", "embeddings"
# Of the largest value. The engines order their sums differently.
_TOLERANCE = 1e-3
# One frame alone and several, so that the first axis is not a constant.
_TRIED = (1, 3)


class ExportedNetwork(nn.Module):
    """Context frames `(n, k, S, S, 3)` uint8 to embeddings `(n, D)`.

    Args:
        encoder: copied; batch normalization is folded away.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.maps = FrameMaps(copy.deepcopy(encoder).cpu().eval()).folded()
        self.requires_grad_(False)

    def forward(self, frames: Tensor) -> Tensor:
        encoder = self.maps.encoder
        maps = self.maps(frames.flatten(0, 1))
        return encoder.embed_features(maps.view(-1, encoder.config.context_frames, *maps.shape[1:]))


@dataclass(frozen=True)
class Network:
    """What the writers of network files need.

    Attributes:
        module: the network.
        example: an input, `(n, k, S, S, 3)` uint8.
        about: what a user must know, by name, for the metadata of the file.
    """

    module: ExportedNetwork
    example: Tensor
    about: dict[str, str]


Run = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def export(encoder: Encoder | str | Path, path: str | Path) -> Path:
    """Write an encoder as one network that other programs run, preprocessing included.

    It takes `frames`, `(n, k, S, S, 3)` uint8: of each frame to embed the k context frames,
    ascending in time, as RGB pixels, the whole picture scaled to the configured size. It gives
    `embeddings`, `(n, D)` float32. The rest of what must be known stands in the file's metadata,
    under names that start with `inphase.`. `.onnx` needs `pip install inphase[export]`.

    Args:
        encoder: or its model folder.
        path: ends in `.onnx`, `.xml` (OpenVINO, with a `.bin` beside it) or `.pt2`
            (`torch.export`).

    Returns:
        The path.

    Raises:
        ModelError: the encoder looks at poses, which no single network can find, or it cannot be
            exported, or the file would not give the encoder's embeddings.
        OutputError: the suffix is unknown or the file cannot be written.
    """
    path = Path(path)
    suffix = NETWORKS.check_output(path)
    encoder = encoder if isinstance(encoder, Encoder) else Encoder.load(encoder)
    if encoder.base.sees_poses:
        raise ModelError(
            "A model of poses cannot be one network: it finds a person, follows the landmarks "
            "through the video and then compares them; use `inphase embed`."
        )
    if encoder.sees_whole_clips:
        raise ModelError(
            "A transformer over whole videos cannot be exported: what it gives depends on how long "
            "they are; use `inphase embed`."
        )
    config = encoder.config
    module = ExportedNetwork(encoder)
    network = Network(module, _pixels(config, _TRIED[-1]), _about(encoder))

    def check(run: Run) -> None:
        for count in _TRIED:
            pixels = _pixels(config, count)
            with torch.inference_mode():
                wanted = module(pixels).numpy()
            difference = np.abs(run(pixels.numpy()) - wanted).max()
            if not difference <= _TOLERANCE * max(np.abs(wanted).max(), 1e-6):
                raise ModelError(
                    f"{path} was not written: it would give other embeddings than the encoder; "
                    "try another format."
                )

    NETWORKS.writer(suffix)(network, path, check)
    return path


def _pixels(config: EncoderConfig, count: int) -> Tensor:
    size = (count, config.context_frames, config.image_size, config.image_size, 3)
    generator = torch.Generator().manual_seed(count)
    return torch.randint(0, 256, size, dtype=torch.uint8, generator=generator)


def _about(encoder: Encoder) -> dict[str, str]:
    config = encoder.config
    before = config.context_frames - 1
    own = before // 2 if config.centred_context else before
    at = [f"{(index - own) * config.context_gap:+g}" for index in range(config.context_frames)]
    told = {
        "input": f"{INPUT}: uint8 (n, {config.context_frames}, {config.image_size}, "
        f"{config.image_size}, 3), RGB, the whole picture scaled to this size",
        "output": f"{OUTPUT}: float32 (n, {config.embedding_size})",
        "context_seconds": ", ".join(at),
        "context": "times of the context frames, from that of the embedded frame, are in "
        "context_seconds; the first and last frame stand in for those outside the video",
        "base_network": config.base_network,
        "fingerprint": encoder.fingerprint,
    }
    if config.subtract_background:
        told["background"] = (
            "all frames of one call are one video, and what stands still in it is subtracted: "
            "give a whole video in one call"
        )
    if config.smoothing:
        told["smoothing"] = (
            "inphase then averages a video's embeddings over time, with a Gaussian of "
            f"{config.smoothing:g} s"
        )
    return {f"inphase.{name}": text for name, text in told.items()}
