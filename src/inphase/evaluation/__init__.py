"""Scores of embeddings and alignments."""

from inphase.evaluation.metrics.events import (
    EventAlignmentError,
    event_alignment_error,
    time_stretch,
)
from inphase.evaluation.metrics.kendall import (
    KendallsTau,
    MeanKendallsTau,
    kendalls_tau,
    kendalls_tau_of_order,
    kendalls_tau_pairs,
)
from inphase.evaluation.metrics.phases import (
    FewShot,
    PhaseClassification,
    classify_phases,
    few_shot,
    phase_labels,
)
from inphase.evaluation.metrics.progression import (
    PhaseProgression,
    phase_progression,
    progression_targets,
)

__all__ = [
    "EventAlignmentError",
    "FewShot",
    "KendallsTau",
    "MeanKendallsTau",
    "PhaseClassification",
    "PhaseProgression",
    "classify_phases",
    "event_alignment_error",
    "few_shot",
    "kendalls_tau",
    "kendalls_tau_of_order",
    "kendalls_tau_pairs",
    "phase_labels",
    "phase_progression",
    "progression_targets",
    "time_stretch",
]
