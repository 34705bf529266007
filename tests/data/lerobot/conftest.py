"""Small datasets of each version; a picture tells its episode, camera and frame."""

import sys
from pathlib import Path

import pytest

_ROOT = str(Path(__file__).resolve().parents[3])
if _ROOT not in sys.path:
    sys.path.insert(0, _ROOT)

LENGTHS = [12, 9, 15]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """By camera, a video in AV1 of each episode."""
    from tests.data.lerobot.robot_sets import TOP, WRIST
    from tests.video.odd_videos import encode, numbered

    folder = tmp_path_factory.mktemp("pictures")
    return {
        camera: [
            encode(
                folder / f"{number}_{episode}.mp4",
                [numbered(1000 * number + 100 * episode + i) for i in range(length)],
                codec="libsvtav1",
                gop=2,
                options={"preset": "12"},
            )
            for episode, length in enumerate(LENGTHS)
        ]
        for number, camera in enumerate((TOP, WRIST))
    }


@pytest.fixture(scope="session", params=["v2.1", "v3.0"])
def dataset(
    request: pytest.FixtureRequest,
    pictures: dict[str, list[Path]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A dataset of two tasks."""
    from tests.data.lerobot.robot_sets import write_set

    folder = tmp_path_factory.mktemp(request.param) / "set"
    return write_set(folder, request.param, pictures, LENGTHS, tasks=["pick up", "put down"])
