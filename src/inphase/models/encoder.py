"""The encoder φ: base network and embedder, from frames to embeddings."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from typing_extensions import Self

from inphase.errors import ModelError
from inphase.models.base_networks import BaseNetwork, create_base_network
from inphase.models.config import EncoderConfig
from inphase.models.embedder import Embedder, NoEmbedder
from inphase.models.folding import fold_batch_norm
from inphase.models.model_card import read_card, trained_as
from inphase.models.model_folder import (
    CARD,
    describe,
    embedding_fingerprint,
    fingerprint,
    read_model_folder,
    write_model_folder,
)
from inphase.models.pose.weight_files import pose_version
from inphase.models.temporal_transformer import TemporalTransformer


class Encoder(nn.Module):
    """Embeds frames: what is trained, saved and shared.

    Args:
        config: its configuration.
        seed: for the random weights; the same seed gives the same weights.

    Raises:
        ModelError: there is no such base network, its weights are not available, or its map is
            smaller than `config.pool`.

    Example:
        >>> encoder = Encoder(EncoderConfig(conv_width=8, fc_width=8)).eval()
        >>> frames = torch.zeros(5, 2, 224, 224, 3, dtype=torch.uint8)  # 5 frames with context
        >>> encoder(frames).shape
        torch.Size([5, 128])
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, config: EncoderConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self.trained_as = ""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.base = create_base_network(
                config.base_network, pretrained=config.pretrained, weights=config.weights
            )
            self.embedder = _create_embedder(self.base, config)
        side = math.ceil(config.image_size / self.base.stride)
        if config.pool > side:
            raise ModelError(
                f"`pool: {config.pool}` is more than the {side}×{side} map that "
                f"{config.base_network} makes of {config.image_size} pixels."
            )
        if config.embedder == "none":
            size = self.base.out_channels * config.context_frames
            if config.embedding_size != size:
                raise ModelError(
                    f"Without an embedder, embeddings of {config.base_network} have {size} values: "
                    f"set `embedding_size: {size}`."
                )
        std = torch.tensor(self.base.std).view(1, 3, 1, 1)
        # Moved with the encoder but not saved: the base network defines them.
        self.register_buffer("mean", torch.tensor(self.base.mean).view(1, 3, 1, 1), False)
        self.register_buffer("scale", 1 / std, False)
        self.base.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        for module in self.base.modules():
            learns = config.train_base == "all" or (
                config.train_base == "batch_norm" and isinstance(module, _BatchNorm)
            )
            for parameter in module.parameters(recurse=False):
                parameter.requires_grad_(learns)
        self.train(self.training)

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where frames go."""
        return self.mean.device

    @property
    def sees_whole_clips(self) -> bool:
        """Whether a frame's embedding depends on all frames of its clip or video."""
        return isinstance(self.embedder, TemporalTransformer)

    def train(self, mode: bool = True) -> Self:
        """Set training mode; a frozen base network stays in evaluation, statistics included."""
        super().train(mode)
        if self.config.train_base == "frozen":
            self.base.eval()
        return self

    def normalise(self, frames: Tensor) -> Tensor:
        """Frames `(N, H, W, 3)` in 0..255 to what the base network takes, `(N, 3, H, W)`."""
        images = frames.to(self.device).permute(0, 3, 1, 2).to(torch.float32)
        return images.sub(self.mean).mul_(self.scale)

    def features(self, frames: Tensor) -> Tensor:
        """Maps `(N, C, h, w)` of frames `(N, S, S, 3)` uint8: what a feature cache keeps.

        Raises:
            ModelError: the frames do not have the configured size.
        """
        size = self.config.image_size
        if frames.ndim != 4 or frames.shape[1:] != (size, size, 3):
            raise ModelError(
                f"The encoder takes frames of {size}×{size} RGB pixels, "
                f"not an array of shape {tuple(frames.shape)}."
            )
        learns = self.config.train_base != "frozen"
        with torch.set_grad_enabled(learns and torch.is_grad_enabled()):
            return self.pooled(self.base(self.normalise(frames)))

    def pooled(self, maps: Tensor) -> Tensor:
        """The base network's maps `(N, C, h, w)`, averaged over `config.pool` squares."""
        return F.avg_pool2d(maps, self.config.pool) if self.config.pool > 1 else maps

    def embed_features(self, stacked: Tensor, mask: Tensor | None = None) -> Tensor:
        """Maps of frames and their context to embeddings, for one or more videos.

        With `config.subtract_background` each video's background is subtracted first.

        Args:
            stacked: `(..., T, k, C, h, w)`, T frames of one video; the k maps ascend in time.
            mask: `(..., T)` bool, False for frames to leave out of the background and of what a
                transformer looks at.

        Returns:
            `(..., T, D)`.
        """
        seen = mask
        if self.config.subtract_background:
            context = stacked.shape[-4]
            if mask is not None:
                mask = mask.repeat_interleave(context, dim=-1)
            still = background(stacked.flatten(-5, -4), mask)
            stacked = stacked - still[..., None, None, :, :, :]
        frames: Tensor = self.embedder(stacked.flatten(0, -5))
        return self.embedder.over_time(frames.view(*stacked.shape[:-4], -1), seen)

    def forward(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """Frames with context to embeddings, for one or more videos.

        Args:
            frames: `(..., T, k, S, S, 3)` uint8, T frames of one video, ascending in time.
            mask: as in `embed_features`.

        Returns:
            `(..., T, D)`.
        """
        maps = self.features(frames.flatten(0, -4))
        return self.embed_features(maps.view(*frames.shape[:-3], *maps.shape[1:]), mask)

    @property
    def base_fingerprint(self) -> str:
        """sha256 of everything that determines `features`: weights, preprocessing, pooling."""
        config = self.config.model_dump(include={"base_network", "image_size", "pool"})
        config |= {"mean": self.base.mean, "std": self.base.std}
        if self.base.sees_poses:
            config["poses"] = pose_version()
        return fingerprint(config, _arrays(self.base))

    @property
    def fingerprint(self) -> str:
        """sha256 of everything that determines an embedding."""
        return embedding_fingerprint(self.config, _arrays(self))

    def save(self, folder: str | Path, *, card: Mapping[str, object] | str = "") -> None:
        """Write the encoder as a model folder, whole or not at all.

        Args:
            card: how it was trained and on what, as text or as `name: value` lines; by default
                what the folder told that the encoder was loaded from.

        Raises:
            OutputError: the folder cannot be written.
        """
        if card:
            lines = [card] if isinstance(card, str) else [f"- {k}: {v}" for k, v in card.items()]
            self.trained_as = "\n".join(lines)
        write_model_folder(Path(folder), _arrays(self), config=self.config, told=self.trained_as)

    def push_to_hub(
        self,
        repository: str,
        *,
        licence: str | None = None,
        evaluation: str | Path | None = None,
        private: bool | None = None,
        token: str | bool | None = None,
        revision: str | None = None,
        commit_message: str = "Upload an inphase encoder",
    ) -> str:
        """Upload the encoder to the Hugging Face Hub, as a model folder with a card.

        The card tells how the encoder was trained, as the model folder does, and its scores. It
        names no video. Needs `pip install inphase[hub]`.

        Args:
            repository: `user/name`; made if it does not exist.
            licence: under which others may use it, as the Hub writes it, such as `apache-2.0`.
            evaluation: what `inphase evaluate -o` wrote: the folder or its evaluation.json.
            private: whether a new repository is private; by default as the account has it.
            token: of the account; by default that of `hf auth login`.
            revision: branch to upload to; by default `main`.
            commit_message: of the upload.

        Returns:
            The address of the commit.

        Raises:
            ModelError: the Hub cannot be reached or refuses, `huggingface_hub` is not installed, or
                the evaluation cannot be read.
        """
        from inphase.models.hub import upload
        from inphase.models.model_card import shared_card

        card = shared_card(
            repository,
            self.config,
            self.trained_as,
            licence=licence,
            evaluation=None if evaluation is None else Path(evaluation),
        )
        return upload(
            self.save,
            repository,
            card=card,
            private=private,
            token=token,
            revision=revision,
            commit_message=commit_message,
        )

    @classmethod
    def from_pretrained(
        cls,
        repository: str | Path,
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache: str | Path | None = None,
        force_download: bool = False,
        local_files_only: bool = False,
    ) -> "Encoder":
        """Load an encoder from the Hugging Face Hub, or from a model folder, in evaluation mode.

        What was downloaded once is not downloaded again. Needs `pip install inphase[hub]`.

        Args:
            repository: `user/name`, or a model folder.
            revision: branch, tag or commit; by default the newest of `main`.
            token: of an account that may read it; by default that of `hf auth login`.
            cache: folder for downloads; by default that of `huggingface_hub`.
            force_download: download again what is there.
            local_files_only: use only what was downloaded before.

        Raises:
            ModelError: there is no such model, the Hub cannot be reached, `huggingface_hub` is not
                installed, or as for [`Encoder.load`][inphase.Encoder.load].
            ConfigError: as for [`Encoder.load`][inphase.Encoder.load].
        """
        if Path(repository).is_dir():
            return cls.load(repository)
        from inphase.models.hub import download

        folder = download(
            str(repository),
            revision=revision,
            token=token,
            cache=cache,
            force_download=force_download,
            local_files_only=local_files_only,
        )
        return cls.load(folder)

    @classmethod
    def load(cls, folder: str | Path) -> "Encoder":
        """Load an encoder from a model folder, in evaluation mode.

        Raises:
            ModelError: the folder is not a model folder, its weights do not fit its
                configuration, or a newer inphase wrote it.
            ConfigError: its configuration has an unknown key or a wrong value.
        """
        config, tensors = read_model_folder(Path(folder))
        try:
            encoder = cls(config.model_copy(update={"pretrained": False}))
        except ModelError as error:
            raise ModelError(f"The model folder {folder} cannot be used: {error}") from error
        encoder.config = config
        encoder.trained_as = trained_as(read_card(Path(folder) / CARD))
        wanted = _arrays(encoder)
        odd = sorted(tensors.keys() ^ wanted.keys())
        if odd:
            verb = "is missing" if odd[0] in wanted else "does not belong to its configuration"
            raise ModelError(f"The weights in {folder} do not fit: `{odd[0]}` {verb}.")
        for name, tensor in tensors.items():
            if (tensor.shape, tensor.dtype) != (wanted[name].shape, wanted[name].dtype):
                raise ModelError(
                    f"The weights in {folder} do not fit: `{name}` is {describe(tensor)}, "
                    f"its configuration requires {describe(wanted[name])}."
                )
        encoder.load_state_dict({name: torch.from_numpy(one) for name, one in tensors.items()})
        return encoder.eval()


def _create_embedder(
    base: BaseNetwork, config: EncoderConfig
) -> Embedder | TemporalTransformer | NoEmbedder:
    if config.embedder == "none":
        return NoEmbedder(config)
    made = TemporalTransformer if config.embedder == "transformer" else Embedder
    return made(base.out_channels, config, kernel=1 if base.sees_poses else 3)


class FrameMaps(nn.Module):
    """`Encoder.features` as a module of its own: what inference runs for each frame.

    Args:
        encoder: supplies the base network and the pooling.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, frames: Tensor) -> Tensor:
        return self.encoder.features(frames)

    def folded(self) -> Self:
        """The same with batch normalization folded away, which torch runs fastest."""
        config = self.encoder.config
        self.encoder.base = fold_batch_norm(self.encoder.base, image_size=config.image_size)
        return self


def ready_encoder(encoder: Encoder | str | Path) -> Encoder:
    """The given encoder, or one loaded from a model folder onto the best available device.

    Raises:
        ModelError, ConfigError: as for [`Encoder.load`][inphase.Encoder.load].
    """
    return encoder if isinstance(encoder, Encoder) else Encoder.load(encoder).to(best_device())


def best_device() -> torch.device:
    """The GPU if there is one, otherwise the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def background(maps: Tensor, mask: Tensor | None = None) -> Tensor:
    """A video's static background: the midrange of each value of its maps.

    Unlike the mean or the median it does not depend on how long anything lasts, so that slow and
    fast videos of one action stay similar.

    Args:
        maps: `(..., T, C, h, w)`, of T frames of one video.
        mask: `(..., T)` bool, False for frames to leave out.

    Returns:
        `(..., C, h, w)`.
    """
    highest = lowest = maps
    if mask is not None:
        # Where no frame counts, use all: the result there has no influence anyway.
        absent = ~(mask | ~mask.any(dim=-1, keepdim=True))[..., None, None, None]
        highest, lowest = maps.masked_fill(absent, -torch.inf), maps.masked_fill(absent, torch.inf)
    return (highest.amax(dim=-4) + lowest.amin(dim=-4)) / 2


def _arrays(module: nn.Module) -> dict[str, NDArray[Any]]:
    """A module's weights as arrays."""
    state = module.state_dict().items()
    return {name: tensor.detach().cpu().contiguous().numpy() for name, tensor in state}
