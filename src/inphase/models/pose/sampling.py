"""Read a turned square region of a picture, as the small picture that a network takes."""

import numpy as np
from numpy.typing import NDArray

from inphase.compiled import compiled
from inphase.models.pose.region import Region


def sample(
    image: NDArray[np.uint8],
    region: Region,
    size: int,
    *,
    values: tuple[float, float],
    repeat_edge: bool,
) -> NDArray[np.float32]:
    """Interpolate bilinearly between the pixels of a region.

    Column c of the result shows what is at c / `size` of the region's width, as in the pipeline
    that the networks come from.

    Args:
        image: (height, width, 3) RGB.
        region: the square to read.
        size: of the result.
        values: what 0 and 255 become.
        repeat_edge: beyond the picture, repeat its edge; otherwise it is black there.

    Returns:
        (1, size, size, 3).
    """
    output = np.empty((1, size, size, 3), np.float32)
    low, high = values
    origin = region.to_picture(np.zeros(2))
    right, down = (region.size / size * region.axes).T
    _sample(image, origin, right, down, (high - low) / 255, low, repeat_edge, output[0])
    return output


@compiled()
def _sample(
    image: NDArray[np.uint8],
    origin: NDArray[np.float64],
    right: NDArray[np.float64],
    down: NDArray[np.float64],
    scale: float,
    low: float,
    repeat_edge: bool,
    output: NDArray[np.float32],
) -> None:
    height, width, _ = image.shape
    for row in range(output.shape[0]):
        for column in range(output.shape[1]):
            x = origin[0] + column * right[0] + row * down[0]
            y = origin[1] + column * right[1] + row * down[1]
            if repeat_edge:
                x = min(max(x, 0.0), width - 1.0)
                y = min(max(y, 0.0), height - 1.0)
            elif not (-1 < x < width and -1 < y < height):
                output[row, column] = low
                continue
            left, top = int(np.floor(x)), int(np.floor(y))
            across, below = scale * (x - left), y - top
            # What lies beyond the picture weighs nothing.
            first = scale - across if left >= 0 else 0.0
            second = across if left + 1 < width else 0.0
            above = 1 - below if top >= 0 else 0.0
            below = below if top + 1 < height else 0.0
            bottom = min(top + 1, height - 1)
            beside = min(left + 1, width - 1)
            top, left = max(top, 0), max(left, 0)
            for channel in range(3):
                output[row, column, channel] = (
                    low
                    + above * first * image[top, left, channel]
                    + above * second * image[top, beside, channel]
                    + below * first * image[bottom, left, channel]
                    + below * second * image[bottom, beside, channel]
                )
