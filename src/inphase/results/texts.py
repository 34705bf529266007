"""Texts on pictures: cut where they would run into something, and times as people read them."""

from collections.abc import Callable


def shortened(text: str, room: float, length: Callable[[str], float] = len) -> str:
    """The text, cut in the middle where it is longer than the room; empty where nothing fits.

    Args:
        text: to show.
        room: for it, as ``length`` measures: characters, or pixels of a font.
        length: of a text.
    """
    if length(text) <= room:
        return text
    for kept in range(len(text) - 1, 0, -1):
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if length(short) <= room:
            return short
    return ""


def clock(seconds: float) -> str:
    """Minutes, seconds and hundredths, as ``1:02.50``."""
    minutes, rest = divmod(max(seconds, 0.0), 60)
    return f"{int(minutes)}:{rest:05.2f}"
