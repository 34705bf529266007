"""In a notebook, results show the video, the plot or the table."""

import base64
import re
from pathlib import Path

import pytest

from inphase.applications.label_transfer.transfer import transfer
from inphase.applications.synchronization.synchronize import synchronize
from inphase.applications.trajectory.trajectories import trajectories
from inphase.data import Collection, read_annotations
from inphase.models import EmbeddedVideo, Embeddings
from inphase.video import probe


def test_a_synchronization_shows_its_grid(embedded: list[EmbeddedVideo], tmp_path: Path) -> None:
    result = synchronize(embedded[:2])
    shown = result._repr_html_()
    content = re.search(r'<video [^>]*src="data:video/mp4;base64,([^"]+)"', shown)
    assert content is not None
    (tmp_path / "shown.mp4").write_bytes(base64.b64decode(content[1]))
    assert probe(tmp_path / "shown.mp4").frames > 10
    assert (result.to_dataframe()["query_frame"].diff().dropna() >= 0).all()


def test_long_videos_show_a_table_instead(
    embedded: list[EmbeddedVideo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inphase.results.notebook._LARGEST_INPUT", 10)
    shown = synchronize(embedded[:2])._repr_html_()
    assert "<video" not in shown
    assert "<th>query_frame</th>" in shown


def test_trajectories_show_their_plot(embedded: list[EmbeddedVideo]) -> None:
    result = trajectories(embedded[:2], method="pca")
    assert '<img width="960"' in result._repr_html_()
    assert result.to_dataframe()["x"].dtype.kind == "f"


def test_transferred_events_and_embeddings_are_tables(
    pouring: Collection, embedded: list[EmbeddedVideo]
) -> None:
    sources = read_annotations(pouring.source, names=["pouring_000"])
    # One target shows its video with everything burned in; several do not fit into one.
    result = transfer(sources, embedded[:3])
    assert "<th>event</th>" in result._repr_html_()
    assert result.to_dataframe()["video"].unique().tolist() == ["pouring_001", "pouring_002"]
    frame = Embeddings(tuple(embedded[:2])).to_dataframe()
    assert len(frame) == sum(len(video.times) for video in embedded[:2])
    assert frame["0"].tolist()[:3] == pytest.approx(embedded[0].embeddings[:3, 0].tolist())
