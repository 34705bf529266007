"""Configuration mistakes name the key and the nearest valid one."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt

import inphase
from inphase.errors import ConfigError, hint
from inphase.settings import Settings, parse_settings, read_yaml


class Inner(Settings):
    width: int = 3


class Outer(Settings):
    inner: Inner = Inner()
    name: str = "x"


def test_an_unknown_key_suggests_the_nearest_in_its_own_group() -> None:
    with pytest.raises(ConfigError, match=r"mine\.yaml: unknown key `inner.widht`; .*width"):
        parse_settings(Outer, {"inner": {"widht": 1}}, source="mine.yaml")


def test_a_key_unlike_all_others_lists_them() -> None:
    with pytest.raises(ConfigError, match="inner, name"):
        parse_settings(Outer, {"zzzz": 1}, source="mine.yaml")


def test_a_wrong_value_names_its_key_and_the_value() -> None:
    with pytest.raises(ConfigError, match=r"`inner.width`.*'wide'"):
        parse_settings(Outer, {"inner": {"width": "wide"}}, source="mine.yaml")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Outer().name = "y"  # type: ignore[misc]


def _all_settings() -> list[type[Settings]]:
    for one in pkgutil.walk_packages(inphase.__path__, "inphase."):
        if one.name != "inphase.__main__":
            importlib.import_module(one.name)
    known = [Settings]
    for settings in known:
        known += [below for below in settings.__subclasses__() if below not in known]
    return [settings for settings in known if settings.__module__.startswith("inphase.")]


def _numbers(annotation: Any, bounds: list[Any]) -> Iterator[list[Any]]:
    """The bounds of each number in an annotation."""
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        inner = [bound for one in more for bound in getattr(one, "metadata", [one])]
        yield from _numbers(annotation, [*bounds, *inner])
    elif annotation in (int, float):
        yield bounds
    else:
        for one in get_args(annotation):
            yield from _numbers(one, bounds)


def test_every_number_of_every_configuration_has_bounds() -> None:
    without = [
        f"{settings.__name__}.{name}"
        for settings in _all_settings()
        for name, field in settings.model_fields.items()
        for bounds in _numbers(field.annotation, field.metadata)
        if not any(isinstance(one, (Ge, Gt)) for one in bounds)
        or not any(isinstance(one, (Le, Lt)) for one in bounds)
    ]
    assert without == []


def test_a_number_must_be_finite() -> None:
    class Own(Settings):
        share: float = 0.5

    for number in (float("nan"), float("inf")):
        with pytest.raises(ConfigError, match="`share`: input should be a finite number"):
            parse_settings(Own, {"share": number}, source="mine.yaml")


def test_a_wrong_value_is_not_repeated_at_length() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(Outer, {"inner": {"width": "w" * 10**6}}, source="mine.yaml")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("content", ["a: [", "- a\n- b\n", "just text"])
def test_a_file_that_is_no_mapping_is_one_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"bad\.yaml") as caught:
        read_yaml(file)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        read_yaml(tmp_path / "absent.yaml")


def test_yaml_cannot_make_objects(tmp_path: Path) -> None:
    file = tmp_path / "evil.yaml"
    file.write_text("a: !!python/object/apply:os.system ['true']\n")
    with pytest.raises(ConfigError):
        read_yaml(file)


def test_a_hint_is_the_nearest_name_or_all_names() -> None:
    assert hint("widht", ["width", "height"]) == "did you mean width?"
    assert hint("zzz", ["width", "height"]) == "choose from: width, height."
