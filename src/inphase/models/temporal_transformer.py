"""The temporal transformer: every frame of a clip looks at all others before it is embedded."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.models.config import EncoderConfig
from inphase.models.embedder import Embedder

# Frames that look at one another. Longer videos are embedded a half of this at a time, each half
# with a quarter before and after it.
_LONGEST = 2048
# Sinusoids of a place from 0 to 1 have wavelengths from twice the clip to this part of it.
_FINEST = 1 / 64


class TemporalTransformer(nn.Module):
    """Embedder of CARL (Chen et al., CVPR 2022, section 3.2), on top of the frames' embedder.

    `Embedder` makes `config.transformer_width` numbers of each frame (CARL fine-tunes the last
    stage of a ResNet instead). Pre-norm layers of self-attention and a hidden layer of four times
    that width let the frames of a clip look at one another; a linear layer makes the embeddings.
    Layer normalization takes the place of CARL's batch normalization, which would see padding.

    A frame's embedding then depends on the whole clip. Without `config.positions` the clip is a
    set: its frames are told apart by what they show. With it, a sinusoid of the frame's place is
    added, as in the paper; the place is a share of the clip, so that short training clips and
    whole videos are alike. That place is a shortcut: it alone aligns videos that begin and end
    together.

    Args:
        in_channels: channels C of a map.
        config: widths, layers, options and embedding size.
        kernel: as for `Embedder`.
    """

    def __init__(self, in_channels: int, config: EncoderConfig, *, kernel: int = 3) -> None:
        super().__init__()
        width = config.transformer_width
        of_frames = config.model_copy(update={"embedding_size": width, "unit_length": False})
        self.frames = Embedder(in_channels, of_frames, kernel=kernel)
        self.layers = nn.ModuleList(
            _Layer(width, config.attention_heads, config.dropout)
            for _ in range(config.transformer_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.embedding = nn.Linear(width, config.embedding_size)
        self.positions = config.positions
        self.unit_length = config.unit_length

    def forward(self, stacked: Tensor) -> Tensor:
        """Maps of context frames `(N, k, C, h, w)` to what `over_time` takes, `(N, width)`."""
        return self.frames(stacked)  # type: ignore[no-any-return]

    def responses(self, maps: Tensor) -> Tensor:
        """See `Embedder.responses`."""
        return self.frames.responses(maps)

    def embed_responses(self, stacked: Tensor) -> Tensor:
        """Like `forward`, of responses."""
        return self.frames.embed_responses(stacked)

    def over_time(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """Embeddings of clips.

        Args:
            frames: `(..., T, width)`, of T frames of one video in order.
            mask: `(..., T)` bool, False where a clip was padded.

        Returns:
            `(..., T, D)`.
        """
        clips, count = frames.flatten(0, -3) if frames.ndim > 2 else frames[None], frames.shape[-2]
        real = None if mask is None else mask.reshape(-1, count)
        if self.positions:
            clips = clips + _places(clips, real)
        if count <= _LONGEST:
            embedded = self._attended(clips, real)
        else:
            embedded = torch.cat(
                [self._part(clips, real, begin) for begin in range(0, count, _LONGEST // 2)], dim=1
            )
        if self.unit_length:
            embedded = F.normalize(embedded, dim=-1, eps=1e-6)
        return embedded.view(*frames.shape[:-1], -1)

    def _part(self, clips: Tensor, real: Tensor | None, begin: int) -> Tensor:
        """Half a window's embeddings, from a window around it."""
        start = min(max(begin - _LONGEST // 4, 0), clips.shape[1] - _LONGEST)
        window = slice(start, start + _LONGEST)
        seen = self._attended(clips[:, window], None if real is None else real[:, window])
        return seen[:, begin - start : begin - start + _LONGEST // 2]

    def _attended(self, clips: Tensor, real: Tensor | None) -> Tensor:
        allowed = None
        if real is not None:
            # A clip without any frame looks at its padding: it has no influence anyway.
            allowed = (real | ~real.any(dim=1, keepdim=True))[:, None, None]
        for layer in self.layers:
            clips = layer(clips, allowed)
        return self.embedding(self.norm(clips))  # type: ignore[no-any-return]


class _Layer(nn.Module):
    """Self-attention and a hidden layer, each after a normalization and added to its input."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.mixed = nn.Linear(width, width)
        self.hidden, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, allowed: Tensor | None) -> Tensor:
        parts = self.attention(self.norm1(x)).unflatten(-1, (3, self.heads, -1))
        queries, keys, values = parts.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(queries, keys, values, attn_mask=allowed)
        x = x + self.dropout(self.mixed(seen.transpose(1, 2).flatten(2)))
        return x + self.dropout(self.out(F.relu(self.hidden(self.norm2(x)))))  # type: ignore[no-any-return]


def _places(clips: Tensor, real: Tensor | None) -> Tensor:
    """Sinusoids of each frame's place in its clip, `(clips, T, width)` or `(1, T, width)`."""
    count, width = clips.shape[1:]
    last = real.sum(dim=1) - 1 if real is not None else torch.tensor([count - 1])
    last = last.to(clips.device).clamp_min(1)
    places = torch.arange(count, device=clips.device) / last[:, None]
    steps = torch.linspace(0, 1, (width + 1) // 2, device=clips.device)
    waves = math.pi * torch.exp(-math.log(_FINEST) * steps)
    angles = places[..., None] * waves
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)[..., :width]
