"""Losses: pure functions of embeddings and times, and thin modules around them."""

from inphase.objectives.clips import ClipEmbeddings
from inphase.objectives.cycle_consistency import (
    CycleConsistency,
    cycle_back_classification,
    cycle_back_regression,
)
from inphase.objectives.global_alignment import GlobalAlignment
from inphase.objectives.joint_prototype import JointPrototype
from inphase.objectives.learning_by_aligning import LearningByAligning
from inphase.objectives.objective import Objective, OtherView, SecondClip, Window
from inphase.objectives.registry import (
    create_objective,
    list_objectives,
    register_objective,
    use_objective,
)
from inphase.objectives.sequence_contrast import SequenceContrast
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
    "GlobalAlignment",
    "JointPrototype",
    "LearningByAligning",
    "Objective",
    "OtherView",
    "PhaseClassification",
    "SecondClip",
    "SequenceContrast",
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
    "use_objective",
]
