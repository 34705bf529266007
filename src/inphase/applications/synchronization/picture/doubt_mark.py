"""The mark on a picture whose match is doubtful: a coloured frame and a word."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inphase.applications.verdict import Verdict

_COLOR, _TEXT, _WORD = (214, 40, 40), (255, 255, 255), "doubtful"


def marked_frames(verdict: Verdict, times: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(frames,) whether each frame is marked.

    Those in doubtful stretches are; if the match is unreliable and no stretch is worse than the
    others, all are.
    """
    everywhere = not verdict.reliable and not verdict.stretches
    return np.array([everywhere or verdict.doubts(time) for time in times.tolist()])


def mark_doubt(canvas: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Mark a picture.

    Args:
        canvas: to draw on.
        box: left, top, right and bottom of the picture on it, both ends included.
    """
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    edge = max(2, min(width, height) // 50)
    pen = ImageDraw.Draw(canvas)
    pen.rectangle(box, outline=_COLOR, width=edge)
    size = max(10, min(width, height) // 14)
    font = ImageFont.load_default(size)
    across, down = font.getlength(_WORD), 1.3 * size
    if across + 4 * edge > width or down + 2 * edge > height:
        return
    pen.rectangle((left, top, left + across + 4 * edge, top + edge + down), fill=_COLOR)
    pen.text((left + 2 * edge, top + edge), _WORD, fill=_TEXT, font=font)
