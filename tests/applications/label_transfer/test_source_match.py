"""An annotated source aligned with a target, both ways."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions
from inphase.applications.anchors import Anchors
from inphase.applications.label_transfer.source_match import AnnotatedSource, SourceMatch
from inphase.data import Annotations
from inphase.models import EmbeddedVideo


def video(name: str, state: NDArray[np.float64]) -> EmbeddedVideo:
    embeddings = np.stack([np.cos(3 * state), np.sin(3 * state)], axis=1).astype(np.float32)
    return EmbeddedVideo(name, Path(f"{name}.mp4"), np.arange(len(state)) / 10, embeddings)


@pytest.mark.parametrize("method", ["dtw", "nearest"])
def test_a_target_that_waits_before_and_after_is_matched_with_confidence(
    method: Literal["dtw", "nearest"],
) -> None:
    source = video("source", np.linspace(0, 1, 60))
    waits = np.concatenate([np.zeros(60), np.linspace(0, 1, 90), np.ones(60)])
    match = SourceMatch(
        AnnotatedSource(source, Annotations()),
        video("target", waits),
        Anchors(),
        AlignmentOptions(method=method),
    )
    confidence = match.confidence()
    assert confidence.shape == (210,)
    assert confidence.min() > 0.9


def test_what_an_open_end_leaves_out_has_no_confidence() -> None:
    source = video("source", np.linspace(0, 1, 60))
    more = video("target", np.concatenate([np.linspace(0, 1, 60), np.linspace(1, 2, 60)]))
    options = AlignmentOptions(open_end=True, open_in="query")
    match = SourceMatch(AnnotatedSource(source, Annotations()), more, Anchors(), options)
    assert match.confidence()[:55].min() > 0.9
    assert match.confidence()[65:].max() < 0.1
