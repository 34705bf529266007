"""YAML that is no configuration is one sentence, at once."""

import itertools

import pytest

from inphase.errors import ConfigError
from inphase.strict_yaml import parse_yaml

_LETTERS = "abcdefghij"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, one in itertools.pairwise(_LETTERS)
)
MERGES = "a: &a {x: 1}\n" + "".join(
    f"{one}: &{one} {{<<: [{', '.join([f'*{before}'] * 10)}]}}\n"
    for before, one in itertools.pairwise(_LETTERS)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BOMB, "holds more than"),
        (MERGES, "deep|more than"),
        ("a: &a [*a]", "deep"),
        ("[" * 5000, "deep"),
        ("a: " + "{b: " * 30 + "}" * 30, "deep"),
        ("a: " + "9" * 5000, "value that cannot be read"),
        ("a: 0x" + "f" * 5000, "more than 64 bits"),
        ("a: !!timestamp 2026-02-31", "value that cannot be read"),
        ("a: !!int ten", "value that cannot be read"),
        ("a: 1\nb: 2\na: 3", "the key `a` comes twice"),
        ("a: \x00", "cannot be read as YAML"),
        ("---\na: 1\n---\nb: 2", "single document"),
        ("x" * 1_000_001, "more than 1000000 characters"),
    ],
)
def test_what_is_no_configuration_is_one_short_sentence(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        parse_yaml(text, source="mine.yaml")
    assert str(caught.value).startswith("mine.yaml ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_dates_are_text_even_impossible_ones() -> None:
    assert parse_yaml("a: 2026-02-31\nb: 2026-02-28", source="x") == {
        "a": "2026-02-31",
        "b": "2026-02-28",
    }


def test_a_few_aliases_are_a_convenience() -> None:
    text = "base: &base {width: 3, depth: 2}\nown: {<<: *base, width: 4}\nsame: *base"
    assert parse_yaml(text, source="x") == {
        "base": {"width": 3, "depth": 2},
        "own": {"width": 4, "depth": 2},
        "same": {"width": 3, "depth": 2},
    }


def test_an_empty_text_is_no_value() -> None:
    assert parse_yaml("# nothing\n", source="x") is None
