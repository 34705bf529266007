"""File names: sorted as people expect, and shortened so that all still differ."""

import re
from collections import Counter
from collections.abc import Sequence


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts take_2 before take_10."""
    pieces = re.split(r"(\d+)", text)
    return tuple((int(one), "") if one.isdecimal() else (-1, one) for one in pieces)


def shortest_names(parts: Sequence[tuple[str, ...]]) -> list[str]:
    """The name of each file, with as many parent folders as it takes to tell the files apart.

    Args:
        parts: the parts of each path, from its first folder to the file's name.
    """
    depth = [1] * len(parts)
    while True:
        names = ["/".join(part[-n:]) for part, n in zip(parts, depth, strict=True)]
        counts = Counter(names)
        longer = [
            min(n + (counts[name] > 1), len(part))
            for n, name, part in zip(depth, names, parts, strict=True)
        ]
        if longer == depth:
            return names
        depth = longer
