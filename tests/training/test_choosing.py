"""Poses where people act, otherwise an encoder fitted to the whole picture."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from inphase.data import Collection
from inphase.errors import ConfigError, ModelError, VideoError
from inphase.models import Encoder
from inphase.models.model_folder import read_model_folder
from inphase.models.pose import Place, PoseTrack
from inphase.training import TrainingConfig, choosing, load_config
from inphase.training.choosing import choose_model

Find = Callable[[Path], PoseTrack]


def track(path: Path, *, seen: float = 1.0, shaking: bool = False) -> PoseTrack:
    """A person who walks, seen in a share of the frames."""
    frames = 40
    landmarks = np.zeros((frames, 33, 7), np.float32)
    landmarks[:, :, 0] = np.arange(frames)[:, None]
    if shaking:
        noise = np.random.default_rng(0).normal(size=(frames, 33, 2))
        landmarks[:, :, :2] = noise.astype(np.float32)
    landmarks[round(frames * seen) :] = np.nan
    return PoseTrack(path, np.arange(frames) / 20, landmarks)


def fitted_with(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[str]:
    """Fit nothing; returns the base networks that would have been used."""
    used: list[str] = []

    def fit(_: Collection, *, config: TrainingConfig, **__: object) -> SimpleNamespace:
        used.append(config.encoder.base_network)
        return SimpleNamespace(model=folder / "fitted")

    monkeypatch.setattr("inphase.training.run.fit_or_reuse", fit)
    return used


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Callable[[Find], list[Path]]:
    """Replace looking for people; returns where it was looked."""

    def replace(found: Find) -> list[Path]:
        looked: list[Path] = []

        class Tracks:
            def __init__(self, *_: object, **__: object) -> None:
                pass

            def track(self, path: Path, *, advance: Callable[[int], object]) -> PoseTrack:
                advance(1)
                looked.append(path)
                return found(path)

        monkeypatch.setattr(choosing, "PoseTracks", Tracks)
        return looked

    return replace


def test_poses_are_compared_as_they_are_where_people_act(
    pouring: Collection, find: Callable[[Find], list[Path]], tmp_path: Path
) -> None:
    find(track)
    said: list[str] = []
    model = choose_model(pouring, cache=tmp_path, say=said.append)
    assert said == ["People are seen in 100 % of the frames: aligned by their poses."]
    config, weights = read_model_folder(model)
    assert (config.base_network, config.embedder, weights) == ("blazepose", "none", {})
    # The folder is a model like any other, and is written once.
    assert Encoder.load(model).config == config
    assert choose_model(pouring, cache=tmp_path, say=said.append) == model


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (lambda path: track(path, seen=0.5), "People are seen in 50 % of the frames"),
        (lambda path: track(path, shaking=True), "People are seen, but not clearly"),
    ],
)
def test_otherwise_the_whole_picture_is(
    pouring: Collection,
    find: Callable[[Find], list[Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: Find,
    told: str,
) -> None:
    find(found)
    said: list[str] = []
    with pytest.raises(ConfigError, match=rf"^{told}\. Without fitting, only people's poses"):
        choose_model(pouring, fit=False, cache=tmp_path, say=said.append)
    assert said == []
    fitted_with(monkeypatch, tmp_path)
    choose_model(pouring, cache=tmp_path, say=said.append)
    assert said[0] == f"{told}: aligned by appearance."


def test_the_search_ends_after_two_videos_without_anybody(
    pouring: Collection, find: Callable[[Find], list[Path]], tmp_path: Path
) -> None:
    looked = find(lambda path: track(path, seen=0))
    with pytest.raises(ConfigError):
        choose_model(pouring, fit=False, cache=tmp_path, say=lambda _: None)
    assert len(looked) == 2


def test_one_video_without_anybody_does_not_decide(
    pouring: Collection, find: Callable[[Find], list[Path]], tmp_path: Path
) -> None:
    first = next(iter(pouring)).path
    find(lambda path: track(path, seen=0.0 if path == first else 1.0))
    said: list[str] = []
    choose_model(pouring, cache=tmp_path, say=said.append)
    assert said[0].endswith("aligned by their poses.")


def test_what_cannot_be_read_or_run_does_not_end_the_search(
    pouring: Collection, find: Callable[[Find], list[Path]], tmp_path: Path
) -> None:
    def unreadable(_: Path) -> PoseTrack:
        raise VideoError("broken")

    def missing(_: Path) -> PoseTrack:
        raise ModelError("The weights are missing.")

    for found, told in ((unreadable, "seen in 0 %"), (missing, "The weights are missing.")):
        find(found)
        said: list[str] = []
        with pytest.raises(ConfigError, match=told):
            choose_model(pouring, fit=False, cache=tmp_path, say=said.append)


@pytest.mark.parametrize(
    ("given", "base_network"),
    [
        ({"features": "pose", "fit": True}, "blazepose"),
        ({"features": "appearance"}, "efficientnet_lite0"),
        ({"config": load_config("pouring")}, "resnet50"),
        ({"features": "pose", "overrides": ["steps=3"]}, "blazepose"),
    ],
)
def test_an_encoder_is_fitted_with_the_preset_asked_for(
    pouring: Collection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, object],
    base_network: str,
) -> None:
    used = fitted_with(monkeypatch, tmp_path)
    said: list[str] = []
    model = choose_model(pouring, cache=tmp_path, say=said.append, **given)  # type: ignore[arg-type]
    assert (model, used) == (tmp_path / "fitted", [base_network])
    assert said == [f"The fitted model is in {model}"]


@pytest.mark.parametrize("given", [{"features": "appearance"}, {"features": "pose", "fit": True}])
def test_a_subject_is_not_ignored_without_a_word(
    pouring: Collection, tmp_path: Path, given: dict[str, object]
) -> None:
    subjects = {pouring.names[0]: Place(1, 2, 0.5)}
    with pytest.raises(ConfigError, match="leave out --subject"):
        choose_model(pouring, subjects=subjects, cache=tmp_path, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"fit": False, "overrides": ["steps=3"]}, "or --no-fit"),
        ({"features": "appearance", "config": load_config("poses")}, "compares pose, not appear"),
        ({"features": "pose", "config": load_config("quick")}, "compares appearance, not pose"),
        ({"overrides": ["stepz=3"]}, "steps"),
    ],
)
def test_what_contradicts_itself_is_a_mistake(
    pouring: Collection, tmp_path: Path, given: dict[str, object], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        choose_model(pouring, cache=tmp_path, **given)  # type: ignore[arg-type]


def test_an_emptied_folder_of_the_model_is_written_again(
    pouring: Collection, find: Callable[[Find], list[Path]], tmp_path: Path
) -> None:
    find(track)
    model = choose_model(pouring, cache=tmp_path, say=lambda _: None)
    for file in model.iterdir():
        file.unlink()
    assert Encoder.load(choose_model(pouring, cache=tmp_path, say=lambda _: None))
