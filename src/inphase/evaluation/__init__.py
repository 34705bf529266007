"""Evaluate encoders: embed once, score everything. Scores of plain arrays are in `metrics`."""

from typing import TYPE_CHECKING

from inphase import lazy

if TYPE_CHECKING:
    from inphase.evaluation.comparison import Comparison as Comparison
    from inphase.evaluation.comparison import compare as compare
    from inphase.evaluation.protocol import evaluate as evaluate
    from inphase.evaluation.protocol import score_embedded as score_embedded
    from inphase.evaluation.result import Evaluation as Evaluation
    from inphase.evaluation.result import EvaluationOptions as EvaluationOptions
    from inphase.evaluation.scores import Score as Score
    from inphase.evaluation.scores import ScoringOptions as ScoringOptions

# Loaded on first use: the metrics work alone, without models and videos.
_HOMES = {
    "Comparison": "comparison",
    "Evaluation": "result",
    "EvaluationOptions": "result",
    "Score": "scores",
    "ScoringOptions": "scores",
    "compare": "comparison",
    "evaluate": "protocol",
    "score_embedded": "protocol",
}

__all__ = [*_HOMES]

__getattr__ = lazy.attributes(__name__, _HOMES)
