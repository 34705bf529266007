"""Uninterrupted stretches of a sequence."""

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inphase.alignment.runs import runs


@given(st.lists(st.booleans()))
def test_runs_are_the_groups_of_true(mask: list[bool]) -> None:
    wanted, place = [], 0
    for inside, group in groupby(mask):
        length = len([*group])
        if inside:
            wanted.append([place, place + length])
        place += length
    found = runs(np.array(mask, dtype=bool))
    assert found.tolist() == wanted
    assert found.shape == (len(wanted), 2)
