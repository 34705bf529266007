"""Losses: pure functions of embeddings and times, and thin modules around them."""

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.cycle_consistency import (
    CycleConsistency,
    cycle_back_classification,
    cycle_back_regression,
)
from inphase.objectives.objective import Objective, OtherView, Window
from inphase.objectives.registry import create_objective, list_objectives, register_objective
from inphase.objectives.shuffle_and_learn import (
    ShuffleAndLearn,
    draw_triplets,
    order_verification,
)
from inphase.objectives.supervised import PhaseClassification
from inphase.objectives.time_contrastive import TimeContrastive, n_pairs, semi_hard_triplets

__all__ = [
    "ClipEmbeddings",
    "CycleConsistency",
    "Objective",
    "OtherView",
    "PhaseClassification",
    "ShuffleAndLearn",
    "TimeContrastive",
    "Window",
    "create_objective",
    "cycle_back_classification",
    "cycle_back_regression",
    "draw_triplets",
    "list_objectives",
    "n_pairs",
    "order_verification",
    "register_objective",
    "semi_hard_triplets",
]
