"""Configuration of a training run: one YAML file, every key checked."""

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, field_validator, model_validator

from inphase.errors import ConfigError, hint
from inphase.models.config import EncoderConfig
from inphase.objectives import (
    Objective,
    create_objective,
    list_objectives,
    use_objective,
)
from inphase.objectives.registry import GIVEN
from inphase.settings import Settings, parse_settings, read_yaml
from inphase.strict_yaml import parse_yaml

_LARGEST_WEIGHT = 1e6
_MOST_FRAMES = 100_000
_LONGEST_SHOWN = 200


class TrainingConfig(Settings):
    """Configuration of a training run.

    The defaults are those for Penn Action in Table 2 of TCC's supplement, with the default base
    network.
    """

    encoder: EncoderConfig = Field(default_factory=EncoderConfig)
    objectives: dict[str, dict[str, Any]] = Field(
        {"tcc": {}}, description="Options of each objective by name; `weight` scales its loss."
    )
    labelled_share: float = Field(
        1.0, gt=0, le=1, description="Fraction of the labelled videos whose phases are used."
    )
    fps: float = Field(
        20.0, gt=0, le=1000, description="Frames per second from which clips are drawn."
    )
    videos_per_batch: int = Field(
        4, ge=2, le=1000, description="Videos per batch, over all processes."
    )
    mixed_actions: bool = Field(
        False, description="Draw a batch from all actions; by default from one (as in the paper)."
    )
    frames_per_clip: int = Field(20, ge=2, le=1000, description="Frames drawn from each video, T.")
    sampling: Literal["uniform", "strided"] = Field(
        "uniform", description="Random distinct sorted frames, or frames a fixed stride apart."
    )
    stride: int = Field(
        1, ge=1, le=100_000, description="Step between a clip's frames, for `strided`."
    )
    augment: bool = Field(True, description="Flip, brightness and contrast, drawn once per clip.")
    augmented_copies: int = Field(
        4,
        ge=0,
        le=100,
        description="Augmented copies in the feature cache of a frozen base network.",
    )
    steps: int = Field(10_000, ge=1, le=10**8, description="Optimizer steps.")
    learning_rate: float = Field(1e-4, gt=0, le=100, description="Of Adam.")
    weight_decay: float = Field(1e-5, ge=0, le=100, description="L2 penalty, as in Adam.")
    schedule: Literal["constant", "cosine"] = Field(
        "constant", description="Of the learning rate; `cosine` falls to zero."
    )
    gradient_clip: float = Field(
        10.0, ge=0, le=1e6, description="Maximum gradient norm; 0: no clipping."
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="`auto` uses bfloat16 if the CPU or GPU supports it in hardware."
    )
    checkpoint_every: int = Field(50, ge=1, le=10**8, description="Steps between two checkpoints.")
    seed: int = Field(0, ge=0, lt=2**31, description="Of weights, batches and augmentation.")

    @model_validator(mode="after")
    def _fits_into_memory(self) -> "TrainingConfig":
        frames = self.videos_per_batch * self.frames_per_clip * self.encoder.context_frames
        if frames > _MOST_FRAMES:
            raise ValueError(
                f"a batch would hold {frames} frames with their context, more than {_MOST_FRAMES}"
            )
        return self

    @field_validator("objectives")
    @classmethod
    def _known_objectives(cls, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        if not value:
            raise ValueError("at least one objective is needed")
        built = build_objectives(value)
        if len({o.positives for o, _ in built.values() if o.positives is not None}) > 1:
            raise ValueError(
                "all objectives share one clip sampling: their positives must come "
                "from the same place"
            )
        return value


def build_objectives(
    objectives: Mapping[str, Mapping[str, Any]], **given: int
) -> dict[str, tuple[Objective, float]]:
    """The objectives of a configuration and their weights, by name.

    Args:
        objectives: `TrainingConfig.objectives`.
        **given: what [`create_objective`][inphase.objectives.create_objective] needs to know about
            the encoder and the videos.

    Raises:
        ConfigError: a name or option is unknown, or a value invalid.
    """
    built = {}
    for name, options in objectives.items():
        options = dict(options)
        weight = options.pop("weight", 1.0)
        is_number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not is_number or not 0 < weight <= _LARGEST_WEIGHT:
            raise ConfigError(
                f"The weight of `{name}` must be a positive number, not {weight!r}; the largest is "
                f"{_LARGEST_WEIGHT:g}."
            )
        for option in options.keys() & GIVEN:
            raise ConfigError(
                f"The objective `{name}` has no option `{option}`: encoder and videos set it."
            )
        built[name] = create_objective(name, **given, **options), float(weight)
    return built


def list_presets() -> list[str]:
    """Names that `load_config` accepts as `preset`."""
    return sorted(file.name.removesuffix(".yaml") for file in _presets().iterdir())


def load_config(
    preset: str = "quick",
    *,
    objective: str | None = None,
    overrides: Iterable[str] = (),
    file: str | Path | None = None,
) -> TrainingConfig:
    """Read a preset or a file, then apply the objective and the overrides.

    Args:
        preset: a name of `list_presets`.
        objective: replaces the preset's: names joined by `+`, each with its weight after a
            colon if that is not 1 (`tcc+tcn:0.5`). Objectives that the preset also has keep
            their options. `package.module:Name` imports one of your own, which is then called
            `Name`; a file cannot do that.
        overrides: `key=value` pairs; nested keys are written with dots
            (`encoder.context_gap=0.5`), values as in YAML.
        file: a YAML file instead of a preset, such as a run's `config.yaml`.

    Raises:
        ConfigError: there is no such preset or file, a key is unknown, or a value invalid.
    """
    if file is not None:
        values, source = read_yaml(Path(file)), str(file)
    else:
        if preset not in list_presets():
            raise ConfigError(f"There is no preset `{preset}`; {hint(preset, list_presets())}")
        text = (_presets() / f"{preset}.yaml").read_text(encoding="utf-8")
        values = parse_yaml(text, source=f"preset {preset}")
        source = f"preset {preset}"
    config = parse_settings(TrainingConfig, values, source=source)
    if objective is not None:
        chosen = _combination(objective, config.objectives)
        values = {**config.model_dump(), "objectives": chosen}
        config = parse_settings(TrainingConfig, values, source=f"--objective {objective}")
    for override in overrides:
        values = _overridden(config.model_dump(), override)
        source = f"--set {override[:_LONGEST_SHOWN]}"
        config = parse_settings(TrainingConfig, values, source=source)
    return config


def dump_config(config: TrainingConfig) -> str:
    """The configuration as YAML that `load_config` reads back."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)


def _combination(text: str, preset: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    chosen: dict[str, dict[str, Any]] = {}
    for term in text.split("+"):
        name, colon, weight = _term(term)
        if not name or name in chosen:
            raise ConfigError(
                f"--objective takes different names joined by +, such as tcc+tcn:0.5, not `{text}`."
            )
        chosen[name] = {key: v for key, v in preset.get(name, {}).items() if key != "weight"}
        if colon:
            chosen[name]["weight"] = _number(weight)
    return chosen


def _term(term: str) -> tuple[str, str, str]:
    """Name, colon and weight of a term; what is `package.module:Name` is imported."""
    name, colon, rest = (part.strip() for part in term.partition(":"))
    inside, more, weight = (part.strip() for part in rest.partition(":"))
    if inside.isidentifier() and name not in list_objectives():
        return use_objective(f"{name}:{inside}"), more, weight
    return name, colon, rest


def _overridden(values: dict[str, Any], override: str) -> dict[str, Any]:
    key, separator, text = override.partition("=")
    if not separator or not key:
        raise ConfigError(f"--set takes key=value, not `{override}`.")
    value = _number(parse_yaml(text, source=f"--set {key}"))
    *parents, last = key.strip().split(".")
    place: Any = values
    for parent in parents:
        if parent not in place:
            raise ConfigError(f"--set {override}: unknown key `{parent}`; {hint(parent, place)}")
        place = place[parent]
        if not isinstance(place, Mapping):
            raise ConfigError(f"--set {override}: `{parent}` is a value and has no keys.")
    place[last] = value
    return values


def _number(value: Any) -> Any:
    """YAML 1.1 reads `1e-4` as text; users mean the number."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _presets() -> Any:
    # Inside the package in a wheel, at the root of the repository in a checkout.
    shipped = resources.files("inphase") / "configs"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "configs"
