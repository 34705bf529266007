"""Scores of embeddings and alignments."""

from inphase.evaluation.metrics import (
    EventAlignmentError,
    KendallsTau,
    MeanKendallsTau,
    event_alignment_error,
    kendalls_tau,
    kendalls_tau_of_order,
    kendalls_tau_pairs,
    time_stretch,
)

__all__ = [
    "EventAlignmentError",
    "KendallsTau",
    "MeanKendallsTau",
    "event_alignment_error",
    "kendalls_tau",
    "kendalls_tau_of_order",
    "kendalls_tau_pairs",
    "time_stretch",
]
