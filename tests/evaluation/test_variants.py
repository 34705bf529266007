"""Embedding once for all models, and videos that hide the time."""

import errno
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch

from inphase.data import Collection
from inphase.errors import EvaluationError, VideoError
from inphase.evaluation.variants import FROZEN, SHUFFLED, TRIMMED, embed_set
from inphase.models import Encoder, embed
from inphase.video import VideoWriter, probe


@pytest.fixture(scope="module")
def encoders(model_folders: list[Path]) -> list[Encoder]:
    return [Encoder.load(folder / "model") for folder in model_folders]


def events(collection: Collection) -> dict[str, tuple[str, ...]]:
    return {collection.videos[0].action or "": collection.events}


def test_embeddings_are_those_of_each_model_alone(
    labelled_set: Collection, encoders: list[Encoder]
) -> None:
    train, test = labelled_set.videos[:1], labelled_set.videos[4:6]
    found = embed_set(encoders, train, test, events=events(labelled_set))
    assert found.skipped == ()
    for model, encoder in zip(found.models, encoders, strict=True):
        for scored, video in zip((*model.train, *model.test), (*train, *test), strict=True):
            (alone,) = embed(Collection(videos=(video,)), encoder)
            np.testing.assert_allclose(scored.embeddings, alone.embeddings, atol=1e-5)
            np.testing.assert_array_equal(scored.times, alone.times)
            assert scored.name == video.name
    assert (found.models[0].test[0].embeddings != found.models[1].test[0].embeddings).any()
    assert len(found.untrained.test) == 2
    assert found.untrained.test[0].embeddings.shape[1] == encoders[0].base.out_channels


def test_variants_hold_what_their_names_say(
    labelled_set: Collection, encoders: list[Encoder]
) -> None:
    (model,) = embed_set(
        encoders[:1], (), labelled_set.videos[4:], events=events(labelled_set)
    ).models
    starts = []
    for plain, trimmed, frozen, shuffled in zip(
        model.test, *(model.variants[name] for name in (TRIMMED, FROZEN, SHUFFLED)), strict=True
    ):
        frames = len(plain.times)
        start = frames - len(trimmed.times)
        starts.append(start)
        assert 0 <= start <= frames / 3
        np.testing.assert_array_equal(trimmed.times, plain.times[start:])
        np.testing.assert_array_equal(trimmed.events, plain.events - start)
        assert trimmed.phases is not None
        assert plain.phases is not None
        np.testing.assert_array_equal(trimmed.phases, plain.phases[start:])
        # Away from the cut, where context is missing, it is the same video.
        np.testing.assert_allclose(trimmed.embeddings[-5:], plain.embeddings[-5:], atol=1e-5)

        assert len(frozen.embeddings) == frames
        np.testing.assert_allclose(frozen.embeddings, frozen.embeddings[:1].repeat(frames, 0))
        np.testing.assert_array_equal(frozen.phases, plain.phases)

        assert len(shuffled.embeddings) == frames
        assert shuffled.phases is not None
        assert sorted(shuffled.phases) == sorted(plain.phases)
        assert (shuffled.phases != plain.phases).any()
        assert np.isnan(shuffled.events).all()
    assert len(set(starts)) > 1


def test_models_of_different_base_networks_are_embedded_each_by_its_own(
    labelled_set: Collection, encoders: list[Encoder]
) -> None:
    small = encoders[0]
    other = {"image_size": 96, "subtract_background": True}
    large = Encoder(small.config.model_copy(update=other)).eval()
    test = labelled_set.videos[4:6]
    found = embed_set([small, large, encoders[1]], (), test, events=events(labelled_set))
    for model, encoder in zip(found.models, (small, large, encoders[1]), strict=True):
        for scored, video in zip(model.test, test, strict=True):
            (alone,) = embed(Collection(videos=(video,)), encoder)
            np.testing.assert_allclose(scored.embeddings, alone.embeddings, atol=1e-5)
    # The untrained features are those of the first.
    assert len(found.untrained.test) == 2


def test_untrained_features_of_a_base_network_that_learned_are_those_before(
    labelled_set: Collection, encoders: list[Encoder]
) -> None:
    config = encoders[0].config.model_copy(update={"train_base": "batch_norm"})
    learned, test = Encoder(config).eval(), labelled_set.videos[4:5]
    with torch.no_grad():
        for parameter in learned.base.parameters():
            if parameter.requires_grad:
                parameter.mul_(1.3)
    before = embed_set([Encoder(config).eval()], (), test, events=events(labelled_set))
    after = embed_set([learned], (), test, events=events(labelled_set))
    np.testing.assert_allclose(
        after.untrained.test[0].embeddings, before.untrained.test[0].embeddings, atol=1e-5
    )
    assert (after.models[0].test[0].embeddings != before.models[0].test[0].embeddings).any()


def test_shuffled_frames_of_a_still_context_are_the_same_frames(
    labelled_set: Collection, model_folders: list[Path]
) -> None:
    encoder = Encoder.load(model_folders[0] / "model")
    alone = Encoder(encoder.config.model_copy(update={"context_frames": 1})).eval()
    (model,) = embed_set([alone], (), labelled_set.videos[4:6], events=events(labelled_set)).models
    for plain, shuffled in zip(model.test, model.variants[SHUFFLED], strict=True):
        ordered = sorted(map(tuple, plain.embeddings.round(4).tolist()))
        assert sorted(map(tuple, shuffled.embeddings.round(4).tolist())) == ordered


def test_the_same_seed_trims_and_shuffles_the_same(
    labelled_set: Collection, encoders: list[Encoder]
) -> None:
    test = labelled_set.videos[4:6]
    first, again, other = (
        embed_set(encoders[:1], (), test, events=events(labelled_set), seed=seed).models[0]
        for seed in (0, 0, 1)
    )
    for a, b, c in zip(
        first.variants[SHUFFLED], again.variants[SHUFFLED], other.variants[SHUFFLED], strict=True
    ):
        np.testing.assert_array_equal(a.embeddings, b.embeddings)
        assert (a.embeddings != c.embeddings).any()


def test_a_video_that_cannot_be_read_is_skipped_and_all_of_them_are_an_error(
    labelled_set: Collection, encoders: list[Encoder], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    good = labelled_set.videos[4]
    bad = type(good)("broken", broken, action=good.action)
    found = embed_set(encoders[:1], (), (good, bad), events=events(labelled_set))
    assert [one.name for one in found.skipped] == ["broken"]
    assert len(found.models[0].test) == 1
    with pytest.raises(VideoError, match="None of the test videos"):
        embed_set(encoders[:1], (good,), (bad,), events=events(labelled_set))


def test_a_full_disk_is_one_sentence(
    labelled_set: Collection, encoders: list[Encoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    with pytest.raises(EvaluationError, match=r"do not fit into .*No space left.*TMPDIR"):
        embed_set(encoders[:1], (), labelled_set.videos[4:6], events=events(labelled_set))


def test_a_video_of_one_frame_has_variants_too(
    labelled_set: Collection, encoders: list[Encoder], tmp_path: Path
) -> None:
    path = tmp_path / "one.mp4"
    with VideoWriter(path, fps=10, size=(64, 48)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    video = type(labelled_set.videos[0])("one", path)
    (model,) = embed_set(encoders[:1], (), (video,), events={"": ()}).models
    assert probe(path).frames == 1
    assert all(len(videos[0].times) == 1 for videos in model.variants.values())
