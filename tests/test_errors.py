"""The end of a message about an unknown name, and names that are no text."""

import pytest

from inphase.errors import VideoError, hint, printable


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


@pytest.mark.parametrize(
    ("name", "told"), [(b"caf\xe9", "caf%E9"), (b"\xff\xfe", "%FF%FE"), ("äß".encode(), "äß")]
)
def test_a_name_of_any_bytes_can_be_printed(name: bytes, told: str) -> None:
    text = name.decode("utf-8", "surrogateescape")
    assert printable(text) == told
    assert str(VideoError(f"{text} is gone.")) == f"{told} is gone."


def test_half_a_character_can_be_printed() -> None:
    assert printable("a\ud800b") == "a\ufffdb"
