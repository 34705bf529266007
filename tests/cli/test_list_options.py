"""Options that take several words."""

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from inphase.cli.list_options import Command

app = typer.Typer()


@app.command(cls=Command)
def verb(
    first: str,
    typical: Annotated[list[str], typer.Option("--typical", "-t", metavar="VIDEOS...")] = [],  # noqa: B006
    output: Annotated[list[str], typer.Option("--output", "-o")] = [],  # noqa: B006
    rest: Annotated[list[str] | None, typer.Argument()] = None,
) -> None:
    typer.echo(repr((first, typical, output, rest or [])))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("v --typical a b c", ("v", ["a", "b", "c"], [], [])),
        ("v --typical a --typical b c", ("v", ["a", "b", "c"], [], [])),
        ("v --typical a b -o x -o y", ("v", ["a", "b"], ["x", "y"], [])),
        ("v -t a b", ("v", ["a", "b"], [], [])),
        ("v --typical=a b", ("v", ["a", "b"], [], [])),
        # Other options take one word each, and words after -- belong to no option.
        ("-o x v --typical a", ("v", ["a"], ["x"], [])),
        ("v --typical a -- b", ("v", ["a"], [], ["b"])),
    ],
)
def test_all_words_up_to_the_next_option_are_taken(words: str, expected: object) -> None:
    result = CliRunner().invoke(app, words.split())
    assert result.output.strip() == repr(expected)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("v --out x", ("v", [], ["x"], [])),
        ("v --out=x --typical a b", ("v", ["a", "b"], ["x"], [])),
        ("v -- --out", ("v", [], [], ["--out"])),
    ],
)
def test_an_option_is_known_by_the_name_that_people_try_first(words: str, expected: object) -> None:
    result = CliRunner().invoke(app, words.split())
    assert result.output.strip() == repr(expected)


def test_an_option_without_a_word_is_a_mistake() -> None:
    assert CliRunner().invoke(app, ["v", "--typical"]).exit_code == 2
    assert CliRunner().invoke(app, ["--typical", "a", "b"]).exit_code == 2
