"""How videos run through the embedding space."""

import base64
import csv
import io
import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from inphase.applications.trajectory.projection import project
from inphase.applications.trajectory.result import Trajectories
from inphase.applications.trajectory.trajectories import trajectories
from inphase.data import Collection
from inphase.errors import ConfigError, ModelError, OutputError, VideoError
from inphase.models import EmbeddedVideo
from inphase.video import VideoReader, probe


@pytest.fixture(scope="module")
def embedded(pouring: Collection) -> list[EmbeddedVideo]:
    """Three videos that run side by side along one curve in eight dimensions."""
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(8, 8)))[0]
    videos = []
    for offset, video in enumerate(pouring.videos[:3]):
        times = probe(video.path).times
        share = times / times[-1]
        curve = np.stack([6 * share, np.sin(4 * share), *np.full((6, len(times)), offset / 20)])
        embeddings = (curve.T @ turn).astype(np.float32)
        videos.append(EmbeddedVideo(video.name, video.path, times, embeddings))
    return videos


@pytest.fixture(scope="module")
def result(embedded: list[EmbeddedVideo]) -> Trajectories:
    return trajectories(embedded, seed=3)


def test_each_frame_has_a_place_and_neighbours_stay_neighbours(
    embedded: list[EmbeddedVideo], result: Trajectories
) -> None:
    for video, path in zip(embedded, result.videos, strict=True):
        assert path.points.shape == (len(video.times), 2)
        assert path.name == video.name
    high = np.concatenate([video.embeddings for video in embedded])
    low = np.concatenate([path.points for path in result.videos])
    assert trustworthiness(high, low, n_neighbors=5) > 0.95


def test_the_seed_draws_two_frames_of_each_and_is_kept(
    embedded: list[EmbeddedVideo], result: Trajectories
) -> None:
    again, other = trajectories(embedded, seed=3), trajectories(embedded, seed=4)
    assert [path.shown for path in again.videos] == [path.shown for path in result.videos]
    np.testing.assert_array_equal(again.videos[1].points, result.videos[1].points)
    assert [path.shown for path in other.videos] != [path.shown for path in result.videos]
    assert all(len(set(path.shown)) == 2 for path in result.videos)
    assert all(path.shown == () for path in trajectories(embedded, frames=0, method="pca").videos)


def test_pca_is_that_of_scikit_learn_and_takes_added_videos(embedded: list[EmbeddedVideo]) -> None:
    placed = trajectories(embedded[:2], added=embedded[2:], method="pca")
    pca = PCA(2).fit(np.concatenate([video.embeddings for video in embedded[:2]]))
    for video, path in zip(embedded, placed.videos, strict=True):
        expected = pca.transform(video.embeddings)
        np.testing.assert_allclose(np.abs(path.points), np.abs(expected), atol=1e-4)
    assert [path.added for path in placed.videos] == [False, False, True]
    alone = trajectories(embedded[:2], method="pca")
    np.testing.assert_array_equal(placed.videos[1].points, alone.videos[1].points)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "package"), [("umap", "umap"), ("opentsne", "openTSNE")])
def test_other_methods_keep_neighbours_and_place_videos_among_their_like(
    embedded: list[EmbeddedVideo], method: str, package: str
) -> None:
    pytest.importorskip(package)
    placed = trajectories(embedded[:2], added=embedded[2:], method=method)  # type: ignore[arg-type]
    base = np.concatenate([path.points for path in placed.videos[:2]])
    high = np.concatenate([video.embeddings for video in embedded[:2]])
    assert trustworthiness(high, base, n_neighbors=5) > 0.9
    new = placed.videos[2].points
    nearest = np.linalg.norm(new[:, None] - base[None], axis=2).argmin(axis=1)
    share = np.concatenate([video.times / video.times[-1] for video in embedded[:2]])
    true = embedded[2].times / embedded[2].times[-1]
    assert np.median(np.abs(share[nearest] - true)) < 0.1


@pytest.mark.parametrize("method", ["umap", "opentsne"])
def test_a_missing_package_is_one_sentence(
    embedded: list[EmbeddedVideo], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, {"umap": "umap", "opentsne": "openTSNE"}[method], None)
    with pytest.raises(ConfigError, match="pip install"):
        trajectories(embedded, method=method)  # type: ignore[arg-type]


def test_what_cannot_be_laid_out_says_why(embedded: list[EmbeddedVideo]) -> None:
    one = embedded[0]
    with pytest.raises(ConfigError, match="did you mean tsne"):
        trajectories(embedded, method="tnse")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="cannot add"):
        trajectories(embedded[:1], added=embedded[1:])
    with pytest.raises(ConfigError, match="No video"):
        trajectories([])
    with pytest.raises(ConfigError, match="perplexity"):
        trajectories(embedded, perplexity=0)
    # The command line takes 1 and more.
    assert len(trajectories(embedded, method="pca", perplexity=1).videos) == len(embedded)
    with pytest.raises(ModelError, match="same embedding"):
        trajectories([replace(one, embeddings=np.ones_like(one.embeddings))])
    with pytest.raises(ModelError, match="finite"):
        trajectories([replace(one, embeddings=np.full_like(one.embeddings, np.nan))])
    with pytest.raises(VideoError, match="at least 4"):
        trajectories([replace(one, times=one.times[:3], embeddings=one.embeddings[:3])])


def test_few_frames_and_one_dimension_suffice() -> None:
    line = np.arange(4, dtype=np.float32)[:, None]
    for method in ("tsne", "pca"):
        points, _ = project(line, method=method)
        assert points.shape == (4, 2)
        assert np.isfinite(points).all()


def test_the_plot_holds_a_colour_a_video_and_the_frames(
    result: Trajectories, tmp_path: Path
) -> None:
    result.save(tmp_path / "a.png", width=900)
    with Image.open(tmp_path / "a.png") as picture:
        assert abs(picture.width - 900) <= 1
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    for colour in ((0, 0x72, 0xB2), (0xD5, 0x5E, 0), (0, 0x9E, 0x73)):
        # Two borders of video frames, at least.
        assert (np.abs(pixels - colour).max(axis=2) < 3).sum() > 1000


def test_the_svg_is_the_same_each_time_and_asks_for_nothing(
    result: Trajectories, tmp_path: Path
) -> None:
    result.save(tmp_path / "a.svg")
    result.save(tmp_path / "b.svg")
    text = (tmp_path / "a.svg").read_text()
    assert text == (tmp_path / "b.svg").read_text()
    assert text.count("data:image/png;base64") == 6
    assert not re.findall(r'href="http', text)


def test_odd_names_are_drawn_as_they_are(result: Trajectories, tmp_path: Path) -> None:
    names = ["_under", "$x_", "</script><b>"]
    odd = replace(
        result, videos=tuple(replace(v, name=n) for v, n in zip(result.videos, names, strict=True))
    )
    odd.save(tmp_path / "odd.png", width=400)
    odd.save(tmp_path / "odd.html")
    text = (tmp_path / "odd.html").read_text()
    assert text.count("</script>") == 1
    assert "<b>" not in text


def test_the_page_holds_a_picture_a_frame_and_asks_for_nothing(
    result: Trajectories, tmp_path: Path
) -> None:
    result.save(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text()
    assert not re.findall(r"""(?:src|href)=["']?(?!data:)[a-z./]|@import|url\(|fetch\(""", text)
    found = re.search(r"const videos = (\[.*\]);\n", text)
    assert found is not None
    videos = json.loads(found[1])
    for video, path in zip(videos, result.videos, strict=True):
        assert len(video["frames"]) == len(video["points"]) == len(path.times)
        data = base64.b64decode(video["frames"][5].split(",", 1)[1])
        with Image.open(io.BytesIO(data)) as picture, VideoReader(path.path) as reader:
            shown = np.asarray(picture.convert("RGB").resize((96, 72))).astype(float)
            assert np.abs(shown - reader[5]).mean() < 8


def test_of_many_frames_only_some_have_a_picture(
    result: Trajectories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inphase.applications.trajectory.page._MOST_PICTURES", 30)
    result.save(tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text()
    assert 0 < text.count("data:image/jpeg") <= 30 + len(result.videos)


def test_coordinates_are_written(result: Trajectories, tmp_path: Path) -> None:
    result.save(tmp_path / "a.json")
    result.save(tmp_path / "a.csv")
    told = json.loads((tmp_path / "a.json").read_text())
    assert told == result.to_dict()
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert len(rows) == sum(len(path.times) for path in result.videos)
    second = result.videos[1]
    (row,) = [r for r in rows if r["video"] == second.name and r["frame"] == "4"]
    assert float(row["x"]) == pytest.approx(second.points[4, 0], abs=1e-5)
    assert float(row["time"]) == pytest.approx(second.times[4], abs=1e-5)
    assert told["videos"][1]["y"][4] == pytest.approx(second.points[4, 1], abs=1e-5)


def test_a_video_is_never_overwritten(result: Trajectories, tmp_path: Path) -> None:
    first = result.videos[0]
    video = tmp_path / "video.png"  # the name of a link or a misnamed file
    shutil.copy(first.path, video)
    mine = replace(result, videos=(replace(first, path=video), *result.videos[1:]))
    with pytest.raises(OutputError, match="would be lost"):
        mine.save(video)
    assert video.read_bytes() == first.path.read_bytes()
    with pytest.raises(OutputError, match="must end in"):
        result.save(tmp_path / "a.gif")


def test_a_video_that_is_gone_leaves_nothing_half_written(
    result: Trajectories, tmp_path: Path
) -> None:
    gone = replace(result.videos[0], path=tmp_path / "gone.mp4")
    for name in ("a.png", "a.html"):
        with pytest.raises(VideoError):
            replace(result, videos=(gone, *result.videos[1:])).save(tmp_path / name)
    assert not list(tmp_path.iterdir())
