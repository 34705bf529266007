"""Mistakes in the options of a clip are one sentence, before anything is embedded."""

from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--to impakt", "no key event `impakt`; the key events are:"),
        ("--slow 1.2", "write MOMENT:SPEED"),
        ("--aspect wide", "write width and height, such as 9:16"),
        ("--layout swipe", "swipe compares two videos, and there are 6"),
        ("--trail elbow_left", "no landmark `elbow_left`; did you mean"),
        ("--separate --skeleton", "--separate writes each video whole"),
    ],
)
def test_a_mistake_is_one_sentence(
    pouring: Collection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: str,
    message: str,
) -> None:
    output = tmp_path / "out"
    assert run(["synchronize", str(pouring.source), "-o", str(output), *words.split()]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert message in told
    assert not list(tmp_path.iterdir())
