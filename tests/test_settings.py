"""Configuration mistakes name the key and the nearest valid one."""

from pathlib import Path

import pytest

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
