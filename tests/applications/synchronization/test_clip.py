"""The words of a clip."""

import pytest

from inphase.applications.synchronization.clip import Clip, trail_landmarks
from inphase.errors import ConfigError
from inphase.settings import parse_settings

EVENTS = ("top", "back-swing", "impact")


def test_a_span_is_a_moment_or_lies_between_two() -> None:
    words = ("impact:0.25", "back-swing:0.5", "1.2-1.6:0.25", "back-swing-impact:2", "0-top:0.1")
    assert list(Clip(slow=words).slow_spans(EVENTS)) == [
        ("impact", None, 0.25),
        ("back-swing", None, 0.5),
        (1.2, 1.6, 0.25),
        ("back-swing", "impact", 2.0),
        (0.0, "top", 0.1),
    ]


def test_a_hold_lasts_a_second_unless_told() -> None:
    assert list(Clip(hold=("top", "1.5:2")).holds(EVENTS)) == [("top", 1.0), (1.5, 2.0)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"slow": ("impact",)}, "write MOMENT:SPEED"),
        ({"slow": ("impact:0",)}, "a speed is from"),
        ({"slow": ("impakt:0.5",)}, "the key events are: top, back-swing, impact"),
        ({"hold": ("top:soon",)}, "MOMENT:SECONDS"),
        ({"start": "tops"}, "no key event `tops`"),
        ({"trail": ("rist",)}, "no landmark `rist`; did you mean"),
    ],
)
def test_a_mistake_is_found_before_any_work(told: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Clip.model_validate(told).check(events=EVENTS, videos=2)


def test_without_labels_an_event_is_told_to_be_none() -> None:
    with pytest.raises(ConfigError, match=r"no key events: mark them in `inphase view`"):
        Clip(end="impact").check(events=(), videos=2)


@pytest.mark.parametrize("aspect", ["9x16", "0:1", "1:9"])
def test_an_aspect_is_two_numbers(aspect: str) -> None:
    with pytest.raises(ConfigError, match="aspect"):
        parse_settings(Clip, {"aspect": aspect}, source="The clip")


def test_a_pair_of_landmarks_has_one_name() -> None:
    assert trail_landmarks(("wrists", "nose", "left_wrist")) == (
        "left_wrist",
        "right_wrist",
        "nose",
    )
