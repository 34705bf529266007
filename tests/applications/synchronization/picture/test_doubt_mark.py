"""With `mark_doubt`, a query is marked where its match is doubtful, and nowhere else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inphase.applications.synchronization.picture.doubt_mark import mark_doubt, marked_frames
from inphase.applications.synchronization.result import Synchronization
from inphase.applications.synchronization.synchronize import synchronize
from inphase.applications.verdict import Verdict
from inphase.models import EmbeddedVideo
from inphase.video import VideoReader


@pytest.fixture(scope="module")
def doubted(embedded: list[EmbeddedVideo]) -> Synchronization:
    """The second of two queries has no good match in the last part."""
    result = synchronize(embedded[:3], reference="pouring_000")
    low = np.full_like(result.alignments[1].confidence, 0.9)
    low[len(low) // 2 :] = 0.0
    return replace(
        result, alignments=(result.alignments[0], replace(result.alignments[1], confidence=low))
    )


def red(picture: NDArray[np.uint8]) -> int:
    """Number of pixels in the colour of the mark."""
    values = picture.astype(int)
    return int(((values[..., 0] > 150) & (values[..., 1:].max(axis=-1) < 100)).sum())


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    return [frame for _, frame in VideoReader(path)]


def test_in_a_grid_only_doubtful_stretches_are_marked(
    doubted: Synchronization, tmp_path: Path
) -> None:
    doubted.save(tmp_path / "plain.mp4", width=480)
    doubted.save(tmp_path / "marked.mp4", width=480, mark_doubt=True)
    expected = marked_frames(doubted.verdicts()[1], doubted.reference.times)
    assert expected.any()
    assert not expected.all()
    both = zip(frames_of(tmp_path / "plain.mp4"), frames_of(tmp_path / "marked.mp4"), strict=True)
    more = np.array([red(marked) - red(plain) for plain, marked in both])
    np.testing.assert_array_equal(more > 200, expected)


def test_a_query_on_its_own_is_marked_too(doubted: Synchronization, tmp_path: Path) -> None:
    doubted.save_separate(tmp_path / "plain")
    sure, unsure = doubted.save_separate(tmp_path / "marked", mark_doubt=True)
    assert sure.read_bytes() == (tmp_path / "plain" / sure.name).read_bytes()
    marks = [red(frame) for frame in frames_of(unsure)]
    plain = [red(frame) for frame in frames_of(tmp_path / "plain" / unsure.name)]
    assert marks[0] == plain[0]
    assert marks[-1] > plain[-1] + 100


def test_a_match_that_is_unreliable_all_along_is_marked_all_along() -> None:
    times = np.arange(4) / 10
    assert marked_frames(Verdict("a", False, ()), times).all()
    assert not marked_frames(Verdict("a", True, ()), times).any()
    assert marked_frames(Verdict("a", False, ((0.1, 0.2),)), times).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("size", [(48, 24), (160, 120), (1280, 720)])
def test_the_mark_stays_within_the_picture(size: tuple[int, int]) -> None:
    width, height = size
    canvas = Image.new("RGB", (width + 20, height + 20))
    mark_doubt(canvas, (10, 10, width + 9, height + 9))
    drawn = np.asarray(canvas).max(axis=-1) > 0
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (10, height + 9, 10, width + 9)
    # Most of the picture stays visible.
    assert drawn.sum() < 0.75 * width * height
