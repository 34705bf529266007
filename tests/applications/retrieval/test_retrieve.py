"""The frames of other videos that show the same moment."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inphase.applications.retrieval.result import Retrieval
from inphase.applications.retrieval.retrieve import retrieve
from inphase.data import Collection, content_hash
from inphase.errors import InphaseError, ModelError, OutputError, StoreError, VideoError
from inphase.models import Encoder, FrameEmbedder
from inphase.store import Filter, Store
from inphase.store.catalogue import StoredModel
from inphase.store.commits import write_video
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
from inphase.synthetic import read_truth
from inphase.training import TrainingConfig
from inphase.video import VideoReader, probe, read_image


@pytest.fixture(scope="module")
def perfect(pouring: Collection, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of perfect embeddings: the known state of every frame."""
    folder = tmp_path_factory.mktemp("perfect") / "store"
    truth = read_truth(Path(pouring.source).parent)
    model = StoredModel(fingerprint="a" * 64, folder="", dims=1)
    tables = Tables(folder, create=True)
    for video in pouring:
        info = probe(video.path)
        stored = StoredVideo(
            video.name, video.path.resolve(), content_hash(video.path), model.fingerprint,
            info.frames, info.duration, {"split": str(video.split)},
        )  # fmt: skip
        state = truth[video.name][1].astype(np.float32)[:, None]
        write_video(tables, model, stored, info.times, state)
    return Store(folder)


@pytest.fixture
def encoder(tiny: TrainingConfig) -> Encoder:
    return Encoder(tiny.encoder).eval()


@pytest.fixture
def filled(pouring: Collection, encoder: Encoder, tmp_path: Path) -> Store:
    """A store filled with three videos, from a model folder."""
    encoder.save(tmp_path / "model")
    store = Store(tmp_path / "store", create=True)
    store.add([video.path for video in pouring.videos[:3]], tmp_path / "model")
    return store


def test_the_frames_of_the_same_state_are_found_one_a_video(
    pouring: Collection, perfect: Store
) -> None:
    truth = read_truth(Path(pouring.source).parent)
    for seconds in (0.5, 1.0, 1.5):
        result = retrieve(f"pouring_001@{seconds}", perfect, k=5)
        (query,), (found,) = result.queries, result.neighbours
        assert query.seconds == pytest.approx(seconds, abs=1 / 12)
        names = [one.video.name for one in found]
        assert sorted(names) == sorted(set(pouring.names) - {"pouring_001"})
        state = truth["pouring_001"][1][query.frame]
        for one in found:
            off = np.abs(truth[one.video.name][1] - state)
            assert off[one.frame] == pytest.approx(off.min(), abs=1e-6)
        distances = [one.distance for one in found]
        assert distances == sorted(distances)


def test_a_file_that_is_in_the_store_is_never_its_own_neighbour(
    pouring: Collection, perfect: Store, tmp_path: Path
) -> None:
    # Under another name too: a video is known by its content.
    copy = shutil.copy(pouring.videos[2].path, tmp_path / "renamed.mp4")
    found = retrieve(f"{copy}@1", perfect, k=9).neighbours[0]
    assert "pouring_002" not in {one.video.name for one in found}
    own = retrieve(f"{copy}@1", perfect, k=9, same_video=True).neighbours[0]
    assert own[0].video.name == "pouring_002"
    assert own[0].distance == 0


def test_the_first_and_the_last_moment_of_a_video_can_be_asked_for(
    pouring: Collection, perfect: Store
) -> None:
    info = probe(pouring.videos[0].path)
    for seconds, frame in ((0, 0), (info.duration, info.frames - 1)):
        (query,) = retrieve(f"pouring_000@{seconds}", perfect).queries
        assert query.frame == frame


def test_more_frames_of_a_video_and_conditions(perfect: Store) -> None:
    found = retrieve("pouring_000@1", perfect, k=6, per_video=2).neighbours[0]
    assert max(np.unique([o.video.name for o in found], return_counts=True)[1]) == 2
    condition = Filter(end=1.0, metadata={"split": "train"})
    found = retrieve("pouring_000@1.4", perfect, k=9, condition=condition).neighbours[0]
    assert all(one.seconds <= 1 and one.video.metadata["split"] == "train" for one in found)


def test_a_query_that_is_not_in_the_store_is_embedded_with_its_context(
    pouring: Collection, filled: Store, encoder: Encoder
) -> None:
    path = pouring.videos[4].path
    whole = FrameEmbedder(encoder).embed(path)
    (query,) = retrieve(f"{path}@1.0", filled).queries
    assert query.frame is not None
    step = np.abs(np.diff(whole.embeddings, axis=0)).max()
    np.testing.assert_allclose(query.embedding, whole.embeddings[query.frame], atol=step / 50)
    stored = retrieve("pouring_001@1.0", filled).queries[0]
    by_file = retrieve(f"{pouring.videos[1].path}@1.0", filled).queries[0]
    np.testing.assert_array_equal(stored.embedding, by_file.embedding)


def test_a_picture_is_a_query(pouring: Collection, filled: Store, tmp_path: Path) -> None:
    Image.fromarray(VideoReader(pouring.videos[0].path)[0]).save(tmp_path / "first.png")
    (query,), (found,) = (
        (result := retrieve(tmp_path / "first.png", filled, k=3)).queries, result.neighbours,
    )  # fmt: skip
    assert (query.frame, query.seconds) == (None, None)
    # It is the first frame of one of them, and likewise its own context.
    video = filled.find("pouring_000")
    assert video is not None
    stored = [filled.frame_embedding(video, frame) for frame in (0, video.frames - 1)]
    near, far = (np.linalg.norm(query.embedding - one) for one in stored)
    # Not identical to the bit: a picture is RGB, but a video's frame never was at full size.
    assert near < far / 2
    assert found[0].video.name == "pouring_000"
    assert len(found) == 3


@pytest.fixture(scope="module")
def result(perfect: Store) -> Retrieval:
    return retrieve(["pouring_000@1.0", "pouring_003@0:01.5"], perfect, k=4)


def test_json_tells_times_and_distances(result: Retrieval, tmp_path: Path) -> None:
    result.save(tmp_path / "result.json")
    told = json.loads((tmp_path / "result.json").read_text())
    assert told == result.to_dict()
    assert [query["name"] for query in told["queries"]] == ["pouring_000", "pouring_003"]
    first = told["queries"][0]["neighbours"][0]
    assert first.keys() == {"name", "file", "frame", "seconds", "distance", "metadata"}
    assert first["metadata"]["split"] in ("train", "test")


def test_the_sheet_has_a_row_a_query_and_the_query_on_the_left(
    result: Retrieval, tmp_path: Path
) -> None:
    result.save(tmp_path / "sheet.png", width=800)
    sheet = read_image(tmp_path / "sheet.png")
    assert sheet.shape[1] <= 800
    # Each cell holds its frame, scaled to the width that the sheet leaves it.
    cell = (800 - 7 * 8) // 5
    height = round(cell * 72 / 96)
    tops = np.flatnonzero((sheet[:, 8 + cell // 2] == (214, 108, 16)).all(axis=1))
    assert len(np.flatnonzero(np.diff(tops) > 1)) >= 2  # framed in the query's colour, twice
    top = tops[0]
    for column, one in enumerate(result.neighbours[0], start=1):
        left = 8 + column * (cell + 8) + 8
        shown = sheet[top : top + height, left : left + cell].astype(int)
        frame = Image.fromarray(VideoReader(one.video.path)[one.frame])
        wanted = np.asarray(frame.resize((cell, height), Image.Resampling.LANCZOS)).astype(int)
        assert np.abs(shown - wanted).mean() < 3


def test_a_neighbour_whose_file_is_gone_leaves_an_empty_place(
    filled: Store, pouring: Collection, tmp_path: Path
) -> None:
    copies = [shutil.copy(v.path, tmp_path / f"{v.name}.mp4") for v in pouring.videos[:3]]
    filled.add(copies, tmp_path / "model")
    result = retrieve("pouring_000@1", filled, k=2)
    Path(copies[1]).unlink()
    result.save(tmp_path / "sheet.jpg")
    assert (tmp_path / "sheet.jpg").exists()


def _written(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_mistakes_are_one_sentence_and_write_nothing(
    filled: Store, pouring: Collection, tmp_path: Path
) -> None:
    (tmp_path / "no_picture.png").write_text("Dear Sir or Madam")
    path = pouring.videos[4].path
    before = _written(tmp_path)
    mistakes: list[tuple[str, type[InphaseError], str]] = [
        ("pouring_000@77", VideoError, r"pouring_000 lasts .* no frame at 77 s"),
        (f"{path}@77", VideoError, r"lasts .* no frame at 77 s"),
        ("pouring_000@-1", VideoError, "no frame at -1 s"),
        ("pouring_000@noon", VideoError, "`noon` is not a time"),
        ("pouring_000", VideoError, "add the moment"),
        (str(path), VideoError, "add the moment"),
        ("pouring_0@1", VideoError, "did you mean pouring_00"),
        (str(tmp_path / "no_picture.png"), VideoError, r"no_picture\.png cannot be decoded"),
    ]
    for query, error, told in mistakes:
        with pytest.raises(error, match=told):
            retrieve(query, filled)
    with pytest.raises(OutputError, match="must end in"):
        retrieve("pouring_000@1", filled).save(tmp_path / "sheet.gif")
    with pytest.raises(StoreError, match="meets the conditions"):
        retrieve("pouring_000@1", filled, condition=Filter(metadata={"coach": "anna"}))
    assert _written(tmp_path) == before


def test_a_store_with_nothing_to_find_is_one_sentence(
    pouring: Collection, encoder: Encoder, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        retrieve("a@1", tmp_path / "store")
    with pytest.raises(StoreError, match="is empty"):
        retrieve("a@1", Store(tmp_path / "store", create=True))
    store = Store(tmp_path / "store", create=True)
    store.add(pouring.videos[0].path, encoder)
    with pytest.raises(StoreError, match="no video other than pouring_000 itself"):
        retrieve("pouring_000@1", store)
    assert len(retrieve("pouring_000@1", store, same_video=True).neighbours[0]) == 1


def test_another_model_than_the_store_s_is_one_sentence(
    filled: Store, pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    other = Encoder(tiny.encoder, seed=5).eval()
    with pytest.raises(StoreError, match="no embeddings of this model"):
        retrieve("pouring_000@1", filled, model=other)
    # The folder no longer holds the model that filled the store.
    other.save(tmp_path / "model")
    with pytest.raises(ModelError, match="no longer the one"):
        retrieve(f"{pouring.videos[4].path}@1", filled)
    assert len(retrieve("pouring_000@1", filled).neighbours[0]) == 2
