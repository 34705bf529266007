"""Scores of embeddings and alignments: metrics on plain arrays, and the protocol around them."""

import importlib
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from inphase.evaluation.comparison import Comparison as Comparison
    from inphase.evaluation.comparison import compare as compare
    from inphase.evaluation.protocol import evaluate as evaluate
    from inphase.evaluation.protocol import score_embedded as score_embedded
    from inphase.evaluation.result import Evaluation as Evaluation
    from inphase.evaluation.result import EvaluationOptions as EvaluationOptions
    from inphase.evaluation.scores import Score as Score
    from inphase.evaluation.scores import ScoringOptions as ScoringOptions

# Loaded when first used: the metrics stand alone, without models and videos.
_HOMES = {
    "Comparison": "inphase.evaluation.comparison",
    "Evaluation": "inphase.evaluation.result",
    "EvaluationOptions": "inphase.evaluation.result",
    "Score": "inphase.evaluation.scores",
    "ScoringOptions": "inphase.evaluation.scores",
    "compare": "inphase.evaluation.comparison",
    "evaluate": "inphase.evaluation.protocol",
    "score_embedded": "inphase.evaluation.protocol",
}

__all__ = [
    "Comparison",
    "CycleConsistency",
    "Evaluation",
    "EvaluationOptions",
    "EventAlignmentError",
    "FewShot",
    "Interval",
    "KendallsTau",
    "MeanKendallsTau",
    "PairedDifference",
    "PhaseClassification",
    "PhaseProgression",
    "Retrieval",
    "Score",
    "ScoringOptions",
    "Sums",
    "ViewError",
    "all_neighbours",
    "bootstrap_interval",
    "classify_phases",
    "compare",
    "evaluate",
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
    "score_embedded",
    "three_way_cycle_consistency",
    "time_stretch",
    "two_way_cycle_consistency",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
