"""Convert every pixel of an HDR picture, compiled."""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled

Floats = NDArray[np.float32]


@compiled()
def convert(
    signals: NDArray[np.uint16],
    light: Floats,
    matrix: Floats,
    encoding: NDArray[np.uint8],
    shown: NDArray[np.uint8],
) -> None:
    """From signals to SDR in BT.709 colours; what is too bright keeps its hue.

    Args:
        signals: (height, width, 3), 16 bits.
        light: (4096,) of a signal; 1 is white.
        matrix: (3, 3) to BT.709.
        encoding: (4096,) the 8-bit signal by the root of its light.
        shown: (height, width, 3), filled in.
    """
    none, most = np.float32(0), np.float32(1)
    last = np.float32(len(encoding) - 1)
    for y in range(signals.shape[0]):
        for x in range(signals.shape[1]):
            r = light[signals[y, x, 0] >> 4]
            g = light[signals[y, x, 1] >> 4]
            b = light[signals[y, x, 2] >> 4]
            red = max(matrix[0, 0] * r + matrix[0, 1] * g + matrix[0, 2] * b, none)
            green = max(matrix[1, 0] * r + matrix[1, 1] * g + matrix[1, 2] * b, none)
            blue = max(matrix[2, 0] * r + matrix[2, 1] * g + matrix[2, 2] * b, none)
            highest = max(red, green, blue)
            if highest > most:
                red, green, blue = red / highest, green / highest, blue / highest
            shown[y, x, 0] = encoding[int(np.sqrt(red) * last)]
            shown[y, x, 1] = encoding[int(np.sqrt(green) * last)]
            shown[y, x, 2] = encoding[int(np.sqrt(blue) * last)]
