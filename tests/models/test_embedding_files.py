"""Embeddings on disk: other programs read back what was written."""

from pathlib import Path
from typing import cast

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from inphase.errors import OutputError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.models.formats import FORMATS

# Names that could break a zip file, a keyword argument or a path.
_NAMES = ["file", "a/b", "allow_pickle", "dots.in.name", "naïve 泡", "x.npy"]


@pytest.fixture
def embeddings() -> Embeddings:
    """Videos of different lengths."""
    draw = np.random.default_rng(0)
    return Embeddings(
        tuple(
            EmbeddedVideo(
                name,
                Path(f"{name}.mp4"),
                np.cumsum(draw.random(frames)),
                draw.standard_normal((frames, 5), dtype=np.float32),
            )
            for frames, name in enumerate(_NAMES, start=1)
        )
    )


def test_npz_holds_one_array_a_video_by_its_name(embeddings: Embeddings, tmp_path: Path) -> None:
    embeddings.save(tmp_path / "new" / "out.npz")
    with np.load(tmp_path / "new" / "out.npz", allow_pickle=False) as archive:
        assert archive.files == _NAMES
        for video in embeddings:
            stored = cast(NDArray[np.float32], archive[video.name])
            assert stored.dtype == np.float32
            np.testing.assert_array_equal(stored, video.embeddings)


def test_parquet_holds_one_row_a_frame(embeddings: Embeddings, tmp_path: Path) -> None:
    embeddings.save(tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["video", "frame", "time", "embedding"]
    rows = table.to_pylist()
    assert len(rows) == sum(len(video.times) for video in embeddings)
    for video in embeddings:
        own = [row for row in rows if row["video"] == video.name]
        assert [row["frame"] for row in own] == list(range(len(video.times)))
        assert [row["time"] for row in own] == video.times.tolist()
        np.testing.assert_array_equal([row["embedding"] for row in own], video.embeddings)
    assert str(table.schema.field("embedding").type) == "fixed_size_list<element: float>[5]"


@pytest.mark.parametrize("name", ["out.csv", "out", "out.npz.gz"])
def test_another_suffix_is_refused_and_nothing_is_written(
    name: str, embeddings: Embeddings, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match=r"must end in \.npz or \.parquet"):
        FORMATS.check_output(tmp_path / name)
    with pytest.raises(OutputError, match=r"must end in \.npz or \.parquet"):
        embeddings.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_a_failure_half_way_leaves_the_old_file(
    suffix: str, embeddings: Embeddings, tmp_path: Path
) -> None:
    path = tmp_path / f"out{suffix}"
    embeddings.save(path)
    before = path.read_bytes()
    broken = EmbeddedVideo("broken", Path(), np.zeros(2), cast(NDArray[np.float32], None))
    with pytest.raises((TypeError, AttributeError, ValueError)):
        Embeddings((*embeddings.videos, broken)).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_a_place_that_cannot_be_written_is_one_sentence(
    suffix: str, embeddings: Embeddings, tmp_path: Path
) -> None:
    (tmp_path / "occupied").write_text("a file")
    with pytest.raises(OutputError, match=r"Cannot write .*out"):
        embeddings.save(tmp_path / "occupied" / f"out{suffix}")
