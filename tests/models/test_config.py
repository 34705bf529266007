"""The encoder's configuration: Table 1 by default, and errors that name the mistake."""

from pathlib import Path

import pytest

from inphase.errors import ConfigError
from inphase.models import EncoderConfig
from inphase.settings import parse_settings


def test_the_defaults_are_the_paper_s() -> None:
    config = EncoderConfig()
    assert (config.image_size, config.pool) == (224, 1)
    assert (config.conv_width, config.fc_width, config.embedding_size) == (512, 512, 128)
    # 15 frames at 20 frames per second: Table 2 of the supplement, Penn Action.
    assert (config.context_frames, config.context_gap) == (2, 15 / 20)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image_size", 16),
        ("train_base", "everything"),
        ("pool", 0),
        ("context_frames", 0),
        ("context_gap", 0.0),
        ("dropout", 1.0),
        ("embedding_size", 0),
    ],
)
def test_a_wrong_value_names_its_key(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"some.yaml: `{key}`") as raised:
        parse_settings(EncoderConfig, {key: value}, source="some.yaml")
    assert repr(value) in str(raised.value)


def test_a_centred_context_needs_a_middle() -> None:
    with pytest.raises(
        ConfigError, match=r"`centred_context`.* odd number of context_frames, not 2"
    ):
        parse_settings(EncoderConfig, {"centred_context": True}, source="some.yaml")
    values = {"centred_context": True, "context_frames": 3}
    assert parse_settings(EncoderConfig, values, source="some.yaml").centred_context


def test_a_mistyped_key_suggests_the_right_one() -> None:
    with pytest.raises(ConfigError, match="unknown key `conv_widht`; did you mean conv_width"):
        parse_settings(EncoderConfig, {"conv_widht": 3}, source="some.yaml")


def test_a_weights_file_is_a_path() -> None:
    config = parse_settings(EncoderConfig, {"weights": "a/b.pth"}, source="some.yaml")
    assert config.weights == Path("a/b.pth")
