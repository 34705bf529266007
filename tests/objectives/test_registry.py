"""Objectives by name."""

import pytest
import torch

from inphase.errors import ConfigError
from inphase.objectives import (
    ClipEmbeddings,
    CycleConsistency,
    create_objective,
    list_objectives,
    register_objective,
)


def test_tcc_is_created_with_its_options() -> None:
    assert "tcc" in list_objectives()
    objective = create_objective("tcc", loss="classification", temperature=0.2)
    assert isinstance(objective, CycleConsistency)
    assert (objective.loss, objective.temperature) == ("classification", 0.2)


def test_created_objective_gives_a_loss() -> None:
    clips = ClipEmbeddings(
        torch.randn(2, 5, 8),
        torch.rand(2, 5),
        torch.ones(2),
        torch.ones(2, 5, dtype=torch.bool),
    )
    assert create_objective("tcc")(clips).isfinite()


def test_mistakes_name_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"no objective `tccc`; did you mean tcc\?"):
        create_objective("tccc")
    with pytest.raises(ConfigError, match=r"choose from: .*tcc"):
        create_objective("xyz")
    with pytest.raises(ConfigError, match=r"`temprature`; did you mean temperature\?"):
        create_objective("tcc", temprature=1.0)
    with pytest.raises(ConfigError, match="temperature must be positive"):
        create_objective("tcc", temperature=-1.0)
    with pytest.raises(ConfigError, match="`tcc` cannot be built"):
        create_objective("tcc", temperature="warm")


def test_what_encoder_and_videos_say_reaches_those_who_need_it() -> None:
    shapes = [
        tuple(p.shape)
        for p in create_objective("supervised", embedding_size=7, phases=5).parameters()
    ]
    assert shapes == [(5, 7), (5,)]
    assert list(create_objective("tcc", embedding_size=7, phases=5).parameters()) == []


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ConfigError, match="already"):
        register_objective("tcc")(CycleConsistency)
