"""Losses: pure functions of embeddings and times, and thin modules on them."""

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.cycle_consistency import (
    CycleConsistency,
    cycle_back_classification,
    cycle_back_regression,
)
from inphase.objectives.registry import (
    Objective,
    create_objective,
    list_objectives,
    register_objective,
)

__all__ = [
    "ClipEmbeddings",
    "CycleConsistency",
    "Objective",
    "create_objective",
    "cycle_back_classification",
    "cycle_back_regression",
    "list_objectives",
    "register_objective",
]
