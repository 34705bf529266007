"""VGG-M-like: a small base network that learns from scratch."""

import torch.nn.functional as F
from torch import Tensor, nn


class VGGM(nn.Module):
    """The VGG-M-like network of TCC's Table 1 (Dwibedi et al., CVPR 2019).

    A 7×7 convolution of 64 with stride 2 and a 3×3 max-pool with stride 2, then pairs of 3×3
    convolutions of 128, 256 and 512 with stride-2 max-pools between. `(N, 3, 224, 224)` in,
    `(N, 512, 14, 14)` out. Every convolution is followed by batch normalization and ReLU and
    initialized as in He et al. (ICCV 2015): the released code does both, Table 1 specifies neither.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = _conv(3, 64, kernel=7, stride=2)
        self.conv2 = nn.Sequential(_conv(64, 128), _conv(128, 128))
        self.conv3 = nn.Sequential(_conv(128, 256), _conv(256, 256))
        self.conv4 = nn.Sequential(_conv(256, 512), _conv(512, 512))

    def forward(self, images: Tensor) -> Tensor:
        """Normalized images `(N, 3, H, W)` to a map `(N, 512, H/16, W/16)`."""
        x = F.max_pool2d(self.conv1(images), 3, stride=2, padding=1)
        # TensorFlow's SAME padding: an odd last row or column is pooled too.
        x = F.max_pool2d(self.conv2(x), 2, ceil_mode=True)
        x = F.max_pool2d(self.conv3(x), 2, ceil_mode=True)
        return self.conv4(x)  # type: ignore[no-any-return]


def _conv(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))
