"""The end of a message about an unknown name."""

import pytest

from inphase.errors import hint


@pytest.mark.parametrize(
    ("name", "valid", "told"),
    [
        ("trian", ["train", "test"], "did you mean train?"),
        ("x", ["train", "test"], "choose from: train, test."),
    ],
)
def test_the_nearest_name_or_all_of_them(name: str, valid: list[str], told: str) -> None:
    assert hint(name, valid) == told


def test_a_long_list_says_that_it_goes_on() -> None:
    told = hint("x", [f"video_{index}" for index in range(100)])
    assert told.endswith("video_29, … (70 more).")
