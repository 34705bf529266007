"""Features within one video: postures where somebody is followed clearly, else the picture."""

from pathlib import Path

import numpy as np
import pytest

from inphase.errors import ModelError, VideoError
from inphase.models.pose import PoseTrack, PoseTracks
from inphase.models.within_video import Features, WithinVideoEmbedder
from inphase.video import VideoWriter, probe


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("within") / "grey.mp4"
    with VideoWriter(path, fps=30, size=(64, 48)) as writer:
        for index in range(30):
            writer.write(np.full((48, 64, 3), 60 + index, dtype=np.uint8))
    return path


def track(path: Path, *, seen: float, shaking: bool = False) -> PoseTrack:
    """Somebody who moves steadily, or shakes, and is seen in a share of the frames."""
    frames = probe(path).frames
    moved = np.random.default_rng(0).normal(size=frames) if shaking else np.arange(frames)
    landmarks = np.random.default_rng(1).normal(size=(1, 33, 7)) + moved[:, None, None]
    landmarks[round(seen * frames) :] = np.nan
    return PoseTrack(path, probe(path).times, landmarks.astype(np.float32))


@pytest.mark.parametrize(
    ("features", "seen", "shaking", "poses"),
    [
        ("auto", 1.0, False, True),
        ("auto", 0.7, False, False),
        ("auto", 1.0, True, False),
        ("pose", 0.3, True, True),
        ("appearance", 1.0, False, False),
    ],
)
def test_postures_are_compared_where_somebody_is_followed_clearly(
    features: Features,
    seen: float,
    shaking: bool,
    poses: bool,
    video: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = track(video, seen=seen, shaking=shaking)
    monkeypatch.setattr(PoseTracks, "track", lambda *_, **__: found)
    within = WithinVideoEmbedder(PoseTracks(), features=features, fps=15)
    embedded = within.embed(video)
    assert (within.by_poses == {video}) == poses
    assert embedded.name == "grey"
    assert embedded.embeddings.shape == ((30, 47) if poses else (16, 256))
    assert np.isfinite(embedded.embeddings).all()


def test_without_the_pose_network_the_picture_is_compared_unless_poses_are_asked_for(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> PoseTrack:
        raise ModelError("no weights")

    monkeypatch.setattr(PoseTracks, "track", missing)
    assert WithinVideoEmbedder(PoseTracks(), fps=15).embed(video).embeddings.shape[1] == 256
    with pytest.raises(ModelError, match="no weights"):
        WithinVideoEmbedder(PoseTracks(), features="pose", fps=15).embed(video)


def test_nobody_to_compare_is_an_error_if_poses_are_asked_for(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PoseTracks, "track", lambda *_, **__: track(video, seen=0))
    with pytest.raises(VideoError, match="Nobody is seen in"):
        WithinVideoEmbedder(PoseTracks(), features="pose", fps=15).embed(video)
