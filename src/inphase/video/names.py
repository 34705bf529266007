"""Names of files: in the order people expect, and short but all different."""

import re
from collections import Counter
from collections.abc import Sequence


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts take_2 before take_10."""
    pieces = re.split(r"(\d+)", text)
    return tuple((int(one), "") if one.isdecimal() else (-1, one) for one in pieces)


def shortest_names(parts: Sequence[tuple[str, ...]]) -> list[str]:
    """The last part of each path, with as many folders before it as it takes to tell them apart.

    Args:
        parts: of each path, from its first folder to its name.
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
