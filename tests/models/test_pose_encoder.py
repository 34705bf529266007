"""Encoders that look at poses, on landmarks made up for videos in which nobody is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.errors import ConfigError, ModelError, VideoError
from inphase.models import Encoder, EncoderConfig, FrameEmbedder, embed
from inphase.models.pose import Place, PoseTrack
from inphase.models.pose.features import SIZE, body, features
from inphase.models.streaming import StreamEmbedder
from inphase.training import load_config, train
from inphase.video import probe

UNFITTED = EncoderConfig(
    base_network="blazepose", embedder="none", embedding_size=SIZE, context_frames=1
)


def landmarks(path: Path) -> PoseTrack:
    """Somebody who waves: the same for a video however often it is asked for."""
    times = probe(path).times
    draw = np.random.default_rng(len(times))
    values = np.tile(draw.normal(size=(33, 7)), (len(times), 1, 1)).astype(np.float32)
    values[:, 15, 4:7] += np.sin(3 * times)[:, None].astype(np.float32)
    return PoseTrack(path, times, values)


class Tracks:
    """In the place of `PoseTracks`."""

    nobody_in: str = ""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def track(
        self, path: str | Path, *, advance: Callable[[int], object] | None = None
    ) -> PoseTrack:
        found = landmarks(Path(path))
        if advance is not None:
            advance(len(found.times))
        if Path(path).name == self.nobody_in:
            found.landmarks[:] = np.nan
        return found


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inphase.models.frame_embedder.PoseTracks", Tracks)
    monkeypatch.setattr("inphase.training.sources.PoseTracks", Tracks)


def test_without_an_embedder_the_features_are_the_embedding(constant: Path) -> None:
    embedder = FrameEmbedder(Encoder(UNFITTED).eval())
    track = landmarks(constant)
    wanted = features(body(track.landmarks), track.times)
    np.testing.assert_allclose(embedder.embed(constant).embeddings, wanted, atol=1e-6)
    some = embedder.embed_frames(constant, [5, 2])
    np.testing.assert_allclose(some, wanted[[5, 2]], atol=1e-6)


def test_the_bar_moves_while_people_are_followed(constant: Path) -> None:
    done: list[int] = []
    FrameEmbedder(Encoder(UNFITTED).eval()).embed(constant, advance=done.append)
    assert sum(done) == len(probe(constant).times)


def test_the_mirror_image_has_embeddings_of_its_own(constant: Path, tmp_path: Path) -> None:
    encoder = Encoder(UNFITTED).eval()
    for cache in (None, tmp_path, tmp_path):
        plain, mirrored = (
            embed([constant], encoder, mirrored=mirrored, cache=cache).videos[0]
            for mirrored in (False, True)
        )
        track = landmarks(constant)
        wanted = features(body(track.landmarks, mirrored=True), track.times)
        np.testing.assert_allclose(mirrored.embeddings, wanted, atol=1e-6)
        assert (plain.mirrored, mirrored.mirrored) == (False, True)
        assert not np.allclose(plain.embeddings, mirrored.embeddings, atol=0.1)


def test_embeddings_without_an_embedder_have_the_size_of_the_features() -> None:
    with pytest.raises(ModelError, match=rf"have {2 * SIZE} values"):
        Encoder(UNFITTED.model_copy(update={"context_frames": 2}))


def test_single_squares_cannot_be_embedded() -> None:
    import torch

    encoder = Encoder(UNFITTED).eval()
    with pytest.raises(ModelError, match="follows a person"):
        encoder.features(torch.zeros(1, 224, 224, 3, dtype=torch.uint8))


def test_a_trained_encoder_is_a_model_like_any_other(
    constant: Path, variable: Path, tmp_path: Path
) -> None:
    config = load_config("poses", overrides=["steps=3", "encoder.conv_width=8"])
    runs = [
        train([constant, variable], tmp_path / name, config=config, cache=tmp_path)
        for name in ("one", "two")
    ]
    first, second = (embed([constant], run.model).videos[0].embeddings for run in runs)
    assert first.shape == (len(probe(constant).times), 128)
    np.testing.assert_array_equal(first, second)
    untrained = Encoder(config.encoder, seed=config.seed).eval()
    assert not np.allclose(first, embed([constant], untrained).videos[0].embeddings)


def test_a_video_without_anybody_is_skipped_and_listed(
    pouring: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = pouring.videos[1]
    monkeypatch.setattr(Tracks, "nobody_in", empty.path.name)
    config = load_config("poses", overrides=["steps=1", "encoder.conv_width=8"])
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path)
    assert [(one.name, one.reason) for one in run.skipped] == [(empty.name, "nobody is seen in it")]


def test_a_video_without_anybody_has_no_embeddings(
    constant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tracks, "nobody_in", constant.name)
    with pytest.raises(VideoError, match="Nobody is seen in"):
        FrameEmbedder(Encoder(UNFITTED).eval()).embed(constant)


def test_a_model_of_pictures_takes_no_subjects(constant: Path) -> None:
    config = EncoderConfig(pretrained=False, conv_width=8, fc_width=8)
    with pytest.raises(ConfigError, match="leave out the subjects"):
        FrameEmbedder(Encoder(config).eval(), subjects={constant: Place(1, 2, 0)})


def test_a_stream_takes_frames_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody:
        def detect(self, *_: object) -> list[object]:
            return []

    monkeypatch.setattr("inphase.models.streaming.PoseNetwork", Nobody)
    stream = StreamEmbedder(Encoder(UNFITTED).eval())
    assert stream.frame_size is None
    assert stream.sees_nobody
    for time in (0.0, 0.1):
        embedded = stream.push(np.zeros((90, 160, 3), np.uint8), time)
        assert embedded.shape == (SIZE,)
        assert np.isfinite(embedded).all()


def test_whom_to_follow_in_the_reference_is_for_models_of_poses(
    constant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    def noted(*_: object, subjects: object, **__: object) -> None:
        given.append(subjects)

    place = Place(1, 2, 0)
    pictures = Encoder(EncoderConfig(pretrained=False, conv_width=8, fc_width=8)).eval()
    with pytest.raises(ConfigError, match="leave out the subjects"):
        StreamEmbedder(pictures, reference=constant, subject=place)
    monkeypatch.setattr("inphase.models.streaming.FrameEmbedder", noted)
    monkeypatch.setattr("inphase.models.streaming.PoseNetwork", object)
    for subject in (place, None):
        StreamEmbedder(Encoder(UNFITTED).eval(), reference=constant, subject=subject)
    assert given == [{constant: place}, None]
