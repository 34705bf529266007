"""Scores of embeddings and alignments: metrics on plain arrays, and the protocol around them."""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.evaluation.comparison import Comparison as Comparison
    from inphase.evaluation.comparison import compare as compare
    from inphase.evaluation.metrics.bootstrap import Interval as Interval
    from inphase.evaluation.metrics.bootstrap import PairedDifference as PairedDifference
    from inphase.evaluation.metrics.bootstrap import Sums as Sums
    from inphase.evaluation.metrics.bootstrap import bootstrap_interval as bootstrap_interval
    from inphase.evaluation.metrics.bootstrap import mean_sums as mean_sums
    from inphase.evaluation.metrics.bootstrap import paired_bootstrap as paired_bootstrap
    from inphase.evaluation.metrics.cycles import CycleConsistency as CycleConsistency
    from inphase.evaluation.metrics.cycles import all_neighbours as all_neighbours
    from inphase.evaluation.metrics.cycles import (
        three_way_cycle_consistency as three_way_cycle_consistency,
    )
    from inphase.evaluation.metrics.cycles import (
        two_way_cycle_consistency as two_way_cycle_consistency,
    )
    from inphase.evaluation.metrics.events import EventAlignmentError as EventAlignmentError
    from inphase.evaluation.metrics.events import event_alignment_error as event_alignment_error
    from inphase.evaluation.metrics.events import time_stretch as time_stretch
    from inphase.evaluation.metrics.kendall import KendallsTau as KendallsTau
    from inphase.evaluation.metrics.kendall import MeanKendallsTau as MeanKendallsTau
    from inphase.evaluation.metrics.kendall import kendalls_tau as kendalls_tau
    from inphase.evaluation.metrics.kendall import kendalls_tau_of_order as kendalls_tau_of_order
    from inphase.evaluation.metrics.kendall import kendalls_tau_pairs as kendalls_tau_pairs
    from inphase.evaluation.metrics.phases import FewShot as FewShot
    from inphase.evaluation.metrics.phases import PhaseClassification as PhaseClassification
    from inphase.evaluation.metrics.phases import classify_phases as classify_phases
    from inphase.evaluation.metrics.phases import few_shot as few_shot
    from inphase.evaluation.metrics.phases import phase_labels as phase_labels
    from inphase.evaluation.metrics.progression import PhaseProgression as PhaseProgression
    from inphase.evaluation.metrics.progression import phase_progression as phase_progression
    from inphase.evaluation.metrics.progression import progression_targets as progression_targets
    from inphase.evaluation.metrics.retrieval import Retrieval as Retrieval
    from inphase.evaluation.metrics.retrieval import (
        retrieval_other_videos as retrieval_other_videos,
    )
    from inphase.evaluation.metrics.retrieval import retrieval_ranked_list as retrieval_ranked_list
    from inphase.evaluation.metrics.retrieval import retrieval_same_video as retrieval_same_video
    from inphase.evaluation.metrics.views import ViewError as ViewError
    from inphase.evaluation.metrics.views import (
        multi_view_alignment_error as multi_view_alignment_error,
    )
    from inphase.evaluation.protocol import evaluate as evaluate
    from inphase.evaluation.protocol import score_embedded as score_embedded
    from inphase.evaluation.result import Evaluation as Evaluation
    from inphase.evaluation.result import EvaluationOptions as EvaluationOptions
    from inphase.evaluation.scores import Score as Score
    from inphase.evaluation.scores import ScoringOptions as ScoringOptions

# Loaded when first used: the metrics stand alone, without models and videos.
_HOMES = {
    "Comparison": "comparison",
    "CycleConsistency": "metrics.cycles",
    "Evaluation": "result",
    "EvaluationOptions": "result",
    "EventAlignmentError": "metrics.events",
    "FewShot": "metrics.phases",
    "Interval": "metrics.bootstrap",
    "KendallsTau": "metrics.kendall",
    "MeanKendallsTau": "metrics.kendall",
    "PairedDifference": "metrics.bootstrap",
    "PhaseClassification": "metrics.phases",
    "PhaseProgression": "metrics.progression",
    "Retrieval": "metrics.retrieval",
    "Score": "scores",
    "ScoringOptions": "scores",
    "Sums": "metrics.bootstrap",
    "ViewError": "metrics.views",
    "all_neighbours": "metrics.cycles",
    "bootstrap_interval": "metrics.bootstrap",
    "classify_phases": "metrics.phases",
    "compare": "comparison",
    "evaluate": "protocol",
    "event_alignment_error": "metrics.events",
    "few_shot": "metrics.phases",
    "kendalls_tau": "metrics.kendall",
    "kendalls_tau_of_order": "metrics.kendall",
    "kendalls_tau_pairs": "metrics.kendall",
    "mean_sums": "metrics.bootstrap",
    "multi_view_alignment_error": "metrics.views",
    "paired_bootstrap": "metrics.bootstrap",
    "phase_labels": "metrics.phases",
    "phase_progression": "metrics.progression",
    "progression_targets": "metrics.progression",
    "retrieval_other_videos": "metrics.retrieval",
    "retrieval_ranked_list": "metrics.retrieval",
    "retrieval_same_video": "metrics.retrieval",
    "score_embedded": "protocol",
    "three_way_cycle_consistency": "metrics.cycles",
    "time_stretch": "metrics.events",
    "two_way_cycle_consistency": "metrics.cycles",
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

__getattr__ = lazy.attributes(__name__, _HOMES)
