"""The verdict on a match, in words, in files and per frame."""

import numpy as np

from inphase.applications.verdict import Verdict, unreliable

TIMES = np.arange(100) / 10
GOOD = Verdict.of("me", np.full(100, 0.9), TIMES)
BAD = Verdict.of("pro", np.repeat([0.9, 0.05], [31, 69]), TIMES)
LOW = Verdict.of("other", np.full(100, 0.35), TIMES)


def test_the_sentence_names_each_match_that_looks_wrong_and_when() -> None:
    assert unreliable([GOOD]) == ""
    assert unreliable([]) == ""
    assert unreliable([BAD]) == f"The match looks unreliable: {BAD}"
    assert unreliable([GOOD, BAD]) == f"1 of 2 matches looks unreliable: {BAD}"
    assert unreliable([LOW, GOOD, BAD]) == f"2 of 3 matches look unreliable: other, {BAD}"


def test_a_stretch_is_told_in_seconds() -> None:
    (stretch,) = BAD.stretches
    assert 2.9 <= stretch[0] <= 3.6
    assert stretch[1] == 9.9
    assert str(BAD) == f"pro ({stretch[0]:.1f} to 9.9 s)"
    assert BAD.to_dict() == {"reliable": False, "doubtful": [[stretch[0], 9.9]]}


def test_an_instant_or_a_span_may_be_in_doubt() -> None:
    start, end = BAD.stretches[0]
    assert BAD.doubts(start)
    assert BAD.doubts(end)
    assert not BAD.doubts(start - 0.01)
    assert BAD.doubts(0, start)
    assert not BAD.doubts(0, start - 0.01)
    assert not GOOD.doubts(0, 10)
