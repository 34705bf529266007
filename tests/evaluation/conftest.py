"""Videos with made-up embeddings whose scores are known, and one small evaluation of real ones."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.evaluation import Evaluation, EvaluationOptions, ScoringOptions, evaluate
from inphase.evaluation.metrics import phase_labels
from inphase.evaluation.videos import ScoredVideo
from inphase.models import Encoder
from inphase.synthetic import write_collection
from inphase.training import TrainingConfig

_ROOT = str(Path(__file__).resolve().parents[2])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

MakeVideo = Callable[..., ScoredVideo]


@pytest.fixture(scope="session")
def make_video() -> MakeVideo:
    """Makes a video whose embeddings are the action's progress, with optional noise."""

    def make(
        name: str,
        *,
        frames: int = 30,
        events: tuple[float, ...] = (10, 20),
        noise: float = 0.0,
        seed: int = 0,
        action: str = "",
        group: str | None = None,
        view: str | None = None,
    ) -> ScoredVideo:
        marks = np.array(events, dtype=np.float64)
        known = marks[np.isfinite(marks)]
        # From event to event in equal steps, whatever their times.
        state = np.interp(
            np.arange(frames), [0, *known, frames], np.arange(len(known) + 2, dtype=float)
        )
        generator = np.random.default_rng(seed)
        embeddings = state[:, None] + noise * generator.normal(size=(frames, 4))
        return ScoredVideo(
            name=name,
            times=np.arange(frames) / 10,
            embeddings=embeddings,
            events=marks,
            phases=phase_labels(marks, frames) if np.isfinite(marks).all() else None,
            action=action,
            group=group,
            view=view,
        )

    return make


@pytest.fixture(scope="session")
def labelled_set(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Eight small synthetic pouring videos, four of them for testing."""
    return write_collection(
        tmp_path_factory.mktemp("evaluation") / "pouring",
        action="pouring",
        count=8,
        fps=10,
        size=(80, 60),
        duration_range=(2.0, 3.0),
        test_share=0.5,
        seed=1,
    )


@pytest.fixture(scope="session")
def model_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two small untrained encoders, in run folders with a training log."""
    folders = []
    for seed in range(2):
        run = tmp_path_factory.mktemp("run") / f"run{seed}"
        config = TrainingConfig(
            encoder={"image_size": 64, "conv_width": 8, "fc_width": 16, "context_gap": 0.25}
        )
        Encoder(config.encoder, seed=seed).save(run / "model")
        rows = [f"{step},{2 - step / 10},2.0" for step in range(1, 11)]
        (run / "metrics.csv").write_text("step,loss,collapsed_loss\n" + "\n".join(rows) + "\n")
        folders.append(run)
    return folders


@pytest.fixture(scope="session")
def options() -> EvaluationOptions:
    return EvaluationOptions(scoring=ScoringOptions(draws=5, few_shot=(1, 2, 99)), bootstrap=50)


@pytest.fixture(scope="session")
def evaluation(
    labelled_set: Collection, model_folders: list[Path], options: EvaluationOptions
) -> Evaluation:
    """Both models on the small set."""
    return evaluate(model_folders, labelled_set, options=options)
