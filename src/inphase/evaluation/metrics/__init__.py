"""Scores of embeddings and alignments: pure functions of plain arrays."""

from inphase.evaluation.metrics.bootstrap import (
    Interval,
    PairedDifference,
    Sums,
    bootstrap_interval,
    mean_sums,
    paired_bootstrap,
)
from inphase.evaluation.metrics.cycles import (
    CycleConsistency,
    all_neighbours,
    three_way_cycle_consistency,
    two_way_cycle_consistency,
)
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
from inphase.evaluation.metrics.retrieval import (
    Retrieval,
    retrieval_other_videos,
    retrieval_ranked_list,
    retrieval_same_video,
)
from inphase.evaluation.metrics.views import ViewError, multi_view_alignment_error

__all__ = [
    "CycleConsistency",
    "EventAlignmentError",
    "FewShot",
    "Interval",
    "KendallsTau",
    "MeanKendallsTau",
    "PairedDifference",
    "PhaseClassification",
    "PhaseProgression",
    "Retrieval",
    "Sums",
    "ViewError",
    "all_neighbours",
    "bootstrap_interval",
    "classify_phases",
    "event_alignment_error",
    "few_shot",
    "kendalls_tau",
    "kendalls_tau_of_order",
    "kendalls_tau_pairs",
    "mean_sums",
    "multi_view_alignment_error",
    "paired_bootstrap",
    "phase_labels",
    "phase_progression",
    "progression_targets",
    "retrieval_other_videos",
    "retrieval_ranked_list",
    "retrieval_same_video",
    "three_way_cycle_consistency",
    "time_stretch",
    "two_way_cycle_consistency",
]
