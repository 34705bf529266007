"""The embedder: from the maps of a frame and its context to one embedding."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from inphase.models.config import EncoderConfig

# Above this many context frames the banded weight is mostly zeros and 3-D convolution is faster.
_MAX_BANDED = 3
# PyTorch's default initialization shrinks activations about two hundredfold over five layers: all
# embeddings start nearly equal, on TCC's plateau, and some runs never leave it. The initialization
# of He et al. (ICCV 2015) keeps the scale; a base network's features are several times larger than
# one, and the last layer compensates for that.
_LAST_LAYER_SCALE = 0.2


class Embedder(nn.Module):
    """Embedder of TCC's Table 1 (Dwibedi et al., CVPR 2019).

    Stack k maps in time, two 3×3×3 convolutions with ReLU, global max-pool over time and space,
    two fully connected layers with ReLU, a linear layer to the embedding. The embedding is not
    L2-normalized. The released code departs from Table 1: it puts batch normalization after each
    convolution and dropout of 0.1 before each fully connected layer. The former is left out here,
    as in Table 1; the latter is `config.dropout`, by default 0.

    `config.unit_length` scales embeddings to unit length, as the papers of LAV, GTA and CARL do.

    Two options go beyond the paper, for little data and a frozen base network. A global max-pool
    discards position, yet a body's height in the picture often identifies the moment:
    `config.coordinates` gives the convolutions two more channels with the position on the map (Liu
    et al., NeurIPS 2018). `config.feature_noise` keeps them from memorizing the scenes.

    Args:
        in_channels: channels C of a map.
        config: widths, dropout, options and embedding size.
        kernel: height and width of the convolutions; 1 for maps of one place.
    """

    def __init__(self, in_channels: int, config: EncoderConfig, *, kernel: int = 3) -> None:
        super().__init__()
        size, padding = (3, kernel, kernel), (1, kernel // 2, kernel // 2)
        self.coordinates = config.coordinates
        self.feature_noise = config.feature_noise
        self.unit_length = config.unit_length
        inputs = in_channels + (2 if config.coordinates else 0)
        self.conv1 = nn.Conv3d(inputs, config.conv_width, size, padding=padding)
        self.conv2 = nn.Conv3d(config.conv_width, config.conv_width, size, padding=padding)
        self.fc1 = nn.Linear(config.conv_width, config.fc_width)
        self.fc2 = nn.Linear(config.fc_width, config.fc_width)
        self.embedding = nn.Linear(config.fc_width, config.embedding_size)
        self.dropout = nn.Dropout(config.dropout)
        for module in self.modules():
            if isinstance(module, (nn.Conv3d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        with torch.no_grad():
            self.embedding.weight.mul_(_LAST_LAYER_SCALE)

    def forward(self, stacked: Tensor) -> Tensor:
        """Maps of context frames `(N, k, C, h, w)`, ascending in time, to `(N, D)`."""
        x = stacked
        if self.training and self.feature_noise:
            x = x + self.feature_noise * x.std() * torch.randn_like(x)
        return self._after_first(_conv_over_time(self._located(x), self.conv1))

    def responses(self, maps: Tensor) -> Tensor:
        """Outputs of the first convolution's three time slices for each frame.

        A frame is in the context of k frames: this half of the work is done only once for all of
        them. For inference only: no noise is added.

        Args:
            maps: `(N, C, h, w)`.

        Returns:
            `(N, 3·conv_width, h, w)`, for `embed_responses`.
        """
        slices = self.conv1.weight.transpose(0, 2).transpose(1, 2).flatten(0, 1)
        frames = self._located(maps).contiguous(memory_format=torch.channels_last)
        return F.conv2d(frames, slices, padding=self.conv1.padding[1:])

    def embed_responses(self, stacked: Tensor) -> Tensor:
        """Responses of context frames `(N, k, 3·conv_width, h, w)`, ascending, to `(N, D)`."""
        before, own, after = stacked.chunk(3, dim=2)
        assert self.conv1.bias is not None
        x = own + self.conv1.bias[:, None, None]
        x[:, 1:] += before[:, :-1]
        x[:, :-1] += after[:, 1:]
        return self._after_first(x)

    def over_time(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """Embeddings `(..., T, D)` from what `forward` gives for the T frames of a video."""
        del mask
        return F.normalize(frames, dim=-1, eps=1e-6) if self.unit_length else frames

    def pool(self, maps: Tensor) -> Tensor:
        """Global max-pool over time and space, `(N, k, C, h, w)` to `(N, C)`."""
        return maps.amax(dim=(1, 3, 4))

    def _located(self, maps: Tensor) -> Tensor:
        return torch.cat([maps, _coordinates(maps)], dim=-3) if self.coordinates else maps

    def _after_first(self, x: Tensor) -> Tensor:
        """The layers after the first convolution, including its ReLU."""
        x = F.relu(_conv_over_time(F.relu(x), self.conv2))
        x = F.relu(self.fc1(self.dropout(self.pool(x))))
        x = F.relu(self.fc2(self.dropout(x)))
        return self.embedding(x)  # type: ignore[no-any-return]


class NoEmbedder(nn.Module):
    """The base network's features as embeddings: nothing is learned, so nothing has to be.

    Args:
        config: says whether they have unit length.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.unit_length = config.unit_length

    def forward(self, stacked: Tensor) -> Tensor:
        """Maps of context frames `(N, k, C, h, w)` to `(N, k·C)`, averaged over the map."""
        return stacked.mean(dim=(3, 4)).flatten(1)

    def responses(self, maps: Tensor) -> Tensor:
        """The maps themselves; see `Embedder.responses`."""
        return maps

    def embed_responses(self, stacked: Tensor) -> Tensor:
        """As `forward`."""
        embeddings: Tensor = self(stacked)
        return embeddings

    def over_time(self, frames: Tensor, mask: Tensor | None = None) -> Tensor:
        """See `Embedder.over_time`."""
        del mask
        return F.normalize(frames, dim=-1, eps=1e-6) if self.unit_length else frames


def _coordinates(maps: Tensor) -> Tensor:
    """Height (−1..1) and distance from the middle (0..1) of each position, `(..., 2, h, w)`.

    The distance has no sign: a mirrored video should look the same.
    """
    *frames, _, height, width = maps.shape
    rows = torch.linspace(-1, 1, height, dtype=maps.dtype, device=maps.device)
    columns = torch.linspace(-1, 1, width, dtype=maps.dtype, device=maps.device)
    columns = torch.maximum(columns, -columns)  # OpenVINO's converter drops abs() here.
    both = torch.stack([rows[:, None].expand(-1, width), columns.expand(height, -1)])
    return both.expand(*frames, -1, -1, -1)


def _conv_over_time(x: Tensor, conv: nn.Conv3d) -> Tensor:
    """`conv` over `(N, k, C, h, w)`, with k before the channels in the output too.

    For few frames this is one 2-D convolution whose input channels are all frames' channels: the
    same sums, but 1.5 times faster on a CPU, where 3-D convolutions are slow.
    """
    context = x.shape[1]
    if context > _MAX_BANDED:
        return conv(x.transpose(1, 2)).transpose(1, 2)  # type: ignore[no-any-return]
    outputs, inputs, depth, height, width = conv.weight.shape
    # Block (j, i) is frame i's contribution to frame j: the kernel's slice i − j + 1, or zero.
    reach = max(context - 2, 0)
    padded = F.pad(conv.weight, (0, 0, 0, 0, reach, reach))
    first = depth // 2 + reach
    rows = [padded[:, :, first - j : first - j + context] for j in range(context)]
    weight = torch.stack(rows).permute(0, 1, 3, 2, 4, 5)
    weight = weight.reshape(context * outputs, context * inputs, height, width)
    frames = x.flatten(1, 2).contiguous(memory_format=torch.channels_last)
    assert conv.bias is not None
    out = F.conv2d(frames, weight, conv.bias.repeat(context), padding=conv.padding[1:])
    return out.view(-1, context, outputs, *out.shape[2:])
