"""Texts on pictures: shortened to fit, and times in a readable format."""

from collections.abc import Callable


def shortened(text: str, room: float, length: Callable[[str], float] = len) -> str:
    """The text, shortened in the middle if it is too long; empty if nothing fits.

    Args:
        text: to show.
        room: maximum length, as measured by `length`: characters, or pixels of a font.
        length: measures a text.
    """
    if length(text) <= room:
        return text
    for kept in range(len(text) - 1, 0, -1):
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if length(short) <= room:
            return short
    return ""


def clock(seconds: float) -> str:
    """Minutes, seconds and hundredths, as `1:02.50`."""
    minutes, rest = divmod(max(seconds, 0.0), 60)
    return f"{int(minutes)}:{rest:05.2f}"
