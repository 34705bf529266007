"""Presets, overrides, and the errors for mistyped keys."""

from pathlib import Path

import pytest

from inphase.errors import ConfigError
from inphase.objectives import TimeContrastive, Window, registry
from inphase.settings import parse_settings
from inphase.training import TrainingConfig, dump_config, list_presets, load_config
from inphase.training.config import build_objectives


def test_presets_are_listed() -> None:
    assert list_presets() == ["carl", "gta", "lav", "penn_action", "poses", "pouring", "quick"]


@pytest.mark.parametrize(
    ("preset", "fps", "gap_frames"), [("penn_action", 20, 15), ("pouring", 30, 9)]
)
def test_paper_presets_are_table_2_to_the_digit(preset: str, fps: int, gap_frames: int) -> None:
    config = load_config(preset)
    assert config.videos_per_batch == 4
    assert config.frames_per_clip == 20
    assert config.learning_rate == 1e-4
    assert config.weight_decay == 1e-5
    assert config.objectives["tcc"]["variance_weight"] == 0.001
    assert config.fps == fps
    assert config.encoder.context_frames == 2
    assert config.encoder.context_gap * fps == pytest.approx(gap_frames)
    assert config.encoder.base_network == "resnet50"
    assert (config.encoder.conv_width, config.encoder.fc_width) == (512, 512)
    assert config.encoder.embedding_size == 128
    assert (config.schedule, config.augment) == ("constant", True)


def test_overrides_reach_into_groups_and_keep_types() -> None:
    config = load_config(
        "quick", overrides=["steps=7", "encoder.context_gap=0.5", "learning_rate=1e-4"]
    )
    assert (config.steps, config.encoder.context_gap, config.learning_rate) == (7, 0.5, 1e-4)
    assert load_config("quick").steps != 7


def test_objective_options_can_be_overridden() -> None:
    config = load_config("quick", overrides=["objectives.tcc.loss=regression"])
    assert config.objectives["tcc"]["loss"] == "regression"


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("step=7", "steps"),
        ("encoder.conv_with=7", "conv_width"),
        ("encodr.conv_width=7", "encoder"),
        ("steps=many", "steps"),
        ("steps", "key=value"),
        ("steps.more=7", "has no keys"),
        ("objectives.tcc.temprature=1", "temperature"),
        ("steps=[", "YAML"),
        ("learning_rate=.inf", "finite number"),
        ("learning_rate=1e30", "less than or equal to"),
        ("encoder.conv_width=10000000", "less than or equal to"),
        ("encoder.smoothing=1e9", "less than or equal to"),
        ("seed=" + "9" * 5000, "value that cannot be read"),
        ("objectives.tcc.num_cycles=1000000000", "at most 100000"),
        ("objectives.tcc.weight=1e30", "largest is"),
        ("encoder.smoothing=.nan", "finite number"),
        ("objectives.tcc.temperature=.inf", "`temperature` must be a finite number"),
    ],
)
def test_a_wrong_override_is_one_sentence_that_helps(override: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_config("quick", overrides=[override])
    assert "\n" not in str(caught.value)


def test_a_batch_that_no_memory_holds_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"a batch would hold \d+ frames"):
        load_config("quick", overrides=["frames_per_clip=1000", "videos_per_batch=1000"])


def test_an_unknown_preset_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="quick"):
        load_config("quik")


def test_an_unknown_objective_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"did you mean tcc\?"):
        TrainingConfig(objectives={"tccc": {}})


@pytest.mark.parametrize(
    ("objective", "wanted"),
    [
        ("tcn", {"tcn": {}}),
        ("tcc+sal", {"tcc": {"loss": "classification"}, "sal": {}}),
        (
            "tcc:2 + tcn:0.5+sal",
            {"tcc": {"loss": "classification", "weight": 2.0}, "tcn": {"weight": 0.5}, "sal": {}},
        ),
    ],
)
def test_objectives_are_named_and_weighted_in_one_word(
    tmp_path: Path, objective: str, wanted: dict[str, dict[str, object]]
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("objectives: {tcc: {loss: classification, weight: 7}}\nsteps: 3\n")
    config = load_config(file=file, objective=objective, overrides=["seed=2"])
    assert config.objectives == wanted
    assert (config.steps, config.seed) == (3, 2)


def test_overrides_come_after_the_objective() -> None:
    config = load_config(
        objective="tcc+tcn", overrides=["objectives.tcn.window=2", "objectives.tcc.weight=0.3"]
    )
    built = build_objectives(config.objectives)
    assert built["tcn"][0].positives == Window(2)
    assert (built["tcc"][1], built["tcn"][1]) == (0.3, 1.0)


@pytest.mark.parametrize(
    ("objective", "told"),
    [
        ("tcc+", "names joined by"),
        ("", "names joined by"),
        ("tcc+tcc", "names joined by"),
        ("tcc+tcm", "did you mean tcn"),
        ("tcc:heavy", "positive number, not 'heavy'"),
        ("tcc:", "positive number"),
        ("tcc:-1", "positive number"),
        ("tcc:inf", "positive number"),
        ("tcc:nan", "positive number"),
    ],
)
def test_a_wrong_objective_is_one_sentence_that_helps(objective: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_config("quick", objective=objective)
    assert "\n" not in str(caught.value)


def test_the_effective_configuration_reads_back(tmp_path: Path) -> None:
    config = load_config("quick", overrides=["seed=5"])
    file = tmp_path / "config.yaml"
    file.write_text(dump_config(config))
    assert load_config(file=file) == config


def test_a_file_with_a_mistyped_key_names_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("learning_rat: 0.1\n")
    with pytest.raises(ConfigError, match=r"learning_rat.*learning_rate"):
        load_config(file=file)


@pytest.mark.parametrize("given", ["embedding_size", "phases"])
def test_what_follows_from_encoder_and_videos_is_no_option(given: str) -> None:
    for name in ("sal", "supervised", "tcc"):
        with pytest.raises(ConfigError, match=f"no option `{given}`"):
            TrainingConfig(objectives={name: {given: 3}})


def test_objectives_with_different_positives_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registry._BUILDERS, "other", TimeContrastive)
    TrainingConfig(objectives={"tcn": {}, "other": {}})
    with pytest.raises(ConfigError, match="share one clip sampling"):
        parse_settings(
            TrainingConfig, {"objectives": {"tcn": {}, "other": {"window": 3}}}, source="file"
        )
