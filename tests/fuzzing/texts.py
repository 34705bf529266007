"""Ways to break text files."""

import json
import random
from collections.abc import Callable
from typing import Any

import yaml

Way = Callable[[bytes, random.Random], bytes]
# They stand for what no library writes.
_DIGITS, _DEEP, _TAG = "<digits>", "<deep>", "<tag>"
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 0.5, 1e308, -1e308, 1e-320, float("nan"), float("inf"), -float("inf"),
    2**31, 2**63, 2**64, 10**30, "", "x" * 70_000, "\n", "\0", "=1+1", "nan", "../../a", "\ud800",
    "[b]", [], {}, [[]], [None], {"": None}, [1, 2, 3], "2024-13-45", _DIGITS, _DEEP, _TAG,
)  # fmt: skip
_NUMBERS = (
    "nan", "inf", "-1", "1e999", "9" * 400, "", "abc", "1,5", "0x10", "-0", "1e-400", "99:99:99.999"
)  # fmt: skip
_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def _changed(tree: Any, draw: random.Random, odd: tuple[Any, ...]) -> Any:
    """A tree with one node replaced, removed, repeated or renamed."""
    if isinstance(tree, dict) and tree and draw.random() < 0.85:
        key = draw.choice(sorted(tree, key=str))
        chance = draw.random()
        rest = {name: value for name, value in tree.items() if name != key}
        if chance < 0.08:
            return rest
        if chance < 0.16:
            return rest | {draw.choice(("", "x", "a" * 300, "\n", "é", "[b]")): tree[key]}
        return {**tree, key: _changed(tree[key], draw, odd)}
    if isinstance(tree, list) and tree and draw.random() < 0.85:
        place = draw.randrange(len(tree))
        chance = draw.random()
        if chance < 0.08:
            return tree[:place] + tree[place + 1 :]
        if chance < 0.16:
            return tree * draw.choice((2, 50))
        return [*tree[:place], _changed(tree[place], draw, odd), *tree[place + 1 :]]
    if isinstance(tree, (int, float)) and draw.random() < 0.3:
        return draw.choice((-tree, tree * 1e6, tree + 0.5, str(tree), [tree]))
    return draw.choice(odd)


def _filled(text: str, deep: str) -> bytes:
    for mark, put in ((_DIGITS, "7" * 5000), (_DEEP, deep), (_TAG, "!!python/name:os.system")):
        text = text.replace(f'"{mark}"', put).replace(f"'{mark}'", put).replace(mark, put)
    return text.encode("utf-8", "surrogatepass")


def other_value(content: bytes, draw: random.Random, *, plain: bool = False) -> bytes:
    """JSON with one value of another kind; `plain` keeps to what can be read."""
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):  # broken already
        return content
    odd = tuple(one for one in _ODD if one not in (_DIGITS, _DEEP, _TAG)) if plain else _ODD
    text = json.dumps(_changed(tree, draw, odd))
    return text.encode() if plain else _filled(text, "[" * 50_000 + "]" * 50_000)


def other_setting(content: bytes, draw: random.Random) -> bytes:
    """YAML with one value of another kind."""
    try:
        tree = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):  # broken already
        return content
    text = yaml.safe_dump(_changed(tree, draw, _ODD), sort_keys=False, allow_unicode=True)
    return _filled(text, "[" * 2000 + "]" * 2000)


def alias_bomb(content: bytes, draw: random.Random) -> bytes:
    return draw.choice((_BOMB.encode(), content + _BOMB.encode(), b"a: &a {b: *a}\n" + content))


def other_number(content: bytes, draw: random.Random) -> bytes:
    """A field of a line that is no number, or an odd one."""
    lines = content.split(b"\n")
    place = draw.randrange(len(lines))
    for mark in draw.sample((b",", b" --> ", b" ", b":", b"."), 5):
        fields = lines[place].split(mark)
        if len(fields) > 1:
            fields[draw.randrange(len(fields))] = draw.choice(_NUMBERS).encode()
            lines[place] = mark.join(fields)
            break
    return b"\n".join(lines)


def other_lines(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    place, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    chance = draw.random()
    if chance < 0.25:
        del lines[place]
    elif chance < 0.5:
        lines[place], lines[other] = lines[other], lines[place]
    elif chance < 0.75:
        lines[place:place] = [lines[other]] * draw.choice((1, 3, 1000))
    else:
        lines[place] += draw.choice(
            (b'"', b",", b",,,,", b"\r", b"\0", b"<b>", b"\xff", b"x" * 70_000)
        )
    return b"\n".join(lines)


def other_encoding(content: bytes, draw: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    code = draw.choice(("utf-16", "utf-32", "utf-8-sig", "utf-16-be", "cp037"))
    return text.encode(code, "replace")


JSON: list[Way] = [other_value, other_value, other_value, other_encoding]
YAML: list[Way] = [other_setting, other_setting, other_setting, alias_bomb, other_encoding]
LINES: list[Way] = [other_number, other_number, other_lines, other_encoding]
