"""Configuration models with helpful errors: the wrong key and the nearest valid one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from inphase.errors import ConfigError, hint
from inphase.overwriting import protect
from inphase.strict_yaml import MOST_CHARACTERS, parse_yaml


class Settings(BaseModel):
    """Base of every configuration: frozen, finite, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


_LONGEST = 200
S = TypeVar("S", bound=Settings)


def parse_settings(model: type[S], values: Mapping[str, Any], *, source: str) -> S:
    """Validate `values` as `model`.

    Args:
        source: where the values came from, for the message (a file's path, `--set`).

    Raises:
        ConfigError: a key or value is wrong; the message names the first one, and the nearest
            valid key if there is one.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(_explain(model, error, source)) from error


def read_yaml(path: Path, *, most: int = MOST_CHARACTERS) -> dict[str, Any]:
    """Read a YAML file that contains a mapping.

    Args:
        path: the file.
        most: maximum number of characters in it.

    Raises:
        ConfigError: the file is missing, is not YAML, is too large or too deep, or is not a
            mapping.
    """
    protect(path)
    try:
        # A character has at most four bytes.
        with path.open("rb") as file:
            text = file.read(4 * most + 1).decode("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path} does not exist.") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path} cannot be read as YAML: {reason}.") from error
    values = parse_yaml(text, source=str(path), most=most)
    if not isinstance(values, dict):
        raise ConfigError(f"{path} must consist of `key: value` lines.")
    return values


def _explain(model: type[BaseModel], error: ValidationError, source: str) -> str:
    first = error.errors()[0]
    location = [str(part) for part in first["loc"]]
    dotted = _short(".".join(location))
    if first["type"] == "extra_forbidden":
        parent = _model_at(model, location[:-1])
        valid = list(parent.model_fields) if parent else []
        return f"{source}: unknown key `{dotted}`; {hint(location[-1], valid)}"
    told = first["msg"].lower()
    if not location:  # of the values together
        return f"{source}: {told}."
    return f"{source}: `{dotted}`: {told} (given: {_short(repr(first['input']))})."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _model_at(model: type[BaseModel], location: list[str]) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for name in location:
        field = current.model_fields.get(name) if current else None
        current = _as_model(field.annotation) if field else None
    return current


def _as_model(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
