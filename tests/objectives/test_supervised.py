"""Supervised classification: scikit-learn's log loss, and frames without a label."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from inphase.objectives import ClipEmbeddings, PhaseClassification

MakeClips = Callable[..., ClipEmbeddings]


def test_loss_and_accuracy_are_scikit_learns(full_clips: MakeClips) -> None:
    clips = full_clips()
    assert clips.phases is not None
    objective = PhaseClassification(embedding_size=3, phases=4).double()
    with torch.no_grad():
        logits = objective.classifier(clips.embeddings[clips.mask])
    truth = clips.phases[clips.mask].numpy()
    expected = log_loss(truth, logits.softmax(dim=-1).numpy(), labels=range(4))
    assert objective(clips).item() == pytest.approx(expected)
    accuracy = accuracy_score(truth, logits.argmax(dim=-1).numpy())
    assert objective.metrics["accuracy"].item() == pytest.approx(accuracy)


def test_frames_of_unknown_phase_do_not_count(full_clips: MakeClips) -> None:
    clips = full_clips()
    assert clips.phases is not None
    objective = PhaseClassification(embedding_size=3, phases=4).double()
    hidden = clips.phases.clone()
    hidden[1] = -1
    partly = replace(clips, phases=hidden)
    without = ClipEmbeddings(
        *(
            None if tensor is None else tensor[[0, 2]]
            for tensor in vars(clips).values()  # in the order of its fields
        )  # type: ignore[arg-type]
    )
    assert objective(partly).item() == pytest.approx(objective(without).item(), rel=1e-12)
    (gradient,) = torch.autograd.grad(objective(partly), clips.embeddings)
    assert (gradient[1] == 0).all()


def test_clips_without_phases_are_refused(full_clips: MakeClips) -> None:
    with pytest.raises(ValueError, match="with phases"):
        PhaseClassification()(replace(full_clips(), phases=None))
    assert PhaseClassification.needs_phases
