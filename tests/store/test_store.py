"""The store: which videos are embedded, kept, replaced, removed and listed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.data import Collection
from inphase.errors import ModelError, StoreError
from inphase.models import Encoder, FrameEmbedder
from inphase.store import Store
from inphase.store.connection import store_errors
from inphase.training import TrainingConfig
from inphase.video import VideoWriter


@pytest.fixture
def encoder(tiny: TrainingConfig) -> Encoder:
    return Encoder(tiny.encoder).eval()


@pytest.fixture
def other(tiny: TrainingConfig) -> Encoder:
    """Another model with another embedding size."""
    return Encoder(tiny.encoder.model_copy(update={"embedding_size": 16}), seed=1).eval()


@pytest.fixture
def videos(pouring: Collection, tmp_path: Path) -> Path:
    """Three videos that a test may change."""
    folder = tmp_path / "videos"
    folder.mkdir()
    for video in pouring.videos[:3]:
        shutil.copy(video.path, folder)
    return folder


@pytest.fixture
def store(videos: Path, encoder: Encoder, tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", create=True)
    store.add(videos, encoder)
    return store


NAMES = ("pouring_000", "pouring_001", "pouring_002")


def _film(path: Path, frames: int, shade: int = 0) -> Path:
    pixels: NDArray[np.uint8] = np.full((48, 64, 3), shade, np.uint8)
    with VideoWriter(path, fps=10, size=(64, 48)) as writer:
        for _ in range(frames):
            writer.write(pixels)
    return path


def test_every_frame_of_every_video_is_there(store: Store, videos: Path, encoder: Encoder) -> None:
    listed = store.videos()
    assert tuple(video.name for video in listed) == NAMES
    for video in listed:
        wanted = FrameEmbedder(encoder).embed(video.path)
        assert video.frames == len(wanted.times)
        np.testing.assert_allclose(store.frame_times(video), wanted.times)
        for frame in (0, video.frames - 1):
            got = store.frame_embedding(video, frame)
            np.testing.assert_array_equal(got, wanted.embeddings[frame])
    assert store.models[0].fingerprint == encoder.fingerprint
    assert {video.path.parent for video in listed} == {videos.resolve()}


def test_what_is_there_is_not_embedded_again(
    store: Store, videos: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FrameEmbedder, "embed", None)
    change = store.add(videos, encoder)
    assert (change.embedded, change.unchanged) == ((), NAMES)
    assert store.refresh(encoder).unchanged == NAMES


def test_a_changed_file_is_embedded_again_and_its_old_frames_go(
    store: Store, videos: Path, encoder: Encoder
) -> None:
    before = {video.name: video.content for video in store.videos()}
    _film(videos / "pouring_001.mp4", 7)
    assert [video.state() for video in store.videos()] == ["current", "changed", "current"]
    change = store.add(videos, encoder)
    assert (change.embedded, change.unchanged) == (("pouring_001",), (NAMES[0], NAMES[2]))
    after = {video.name: video.content for video in store.videos()}
    assert after.keys() == before.keys()
    assert {name for name in NAMES if after[name] != before[name]} == {"pouring_001"}
    assert store.find("pouring_001").frames == 7  # type: ignore[union-attr]


def test_another_model_takes_the_videos_over(
    store: Store, videos: Path, other: Encoder, encoder: Encoder
) -> None:
    change = store.add(videos / "pouring_001.mp4", other)
    assert change.embedded == ("pouring_001",)
    assert [len(video.model) for video in store.videos()] == [64] * 3
    assert {model.fingerprint for model in store.models} == {
        other.fingerprint, encoder.fingerprint,
    }  # fmt: skip
    with pytest.raises(StoreError, match=r"2 models .* choose one"):
        store.model()
    change = store.refresh(other)
    assert (change.embedded, change.unchanged) == ((NAMES[0], NAMES[2]), ("pouring_001",))
    assert store.model().fingerprint == other.fingerprint
    assert store.frame_embedding(store.videos()[0], 0).shape == (16,)


def test_a_moved_or_renamed_file_keeps_its_embeddings(
    store: Store, videos: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FrameEmbedder, "embed", None)
    (videos / "pouring_002.mp4").rename(videos / "evening.mp4")
    assert [video.state() for video in store.videos()] == ["current", "current", "gone"]
    change = store.add(videos, encoder, metadata={"coach": "anna"})
    assert change.described == ("evening", *NAMES[:2])
    assert [video.name for video in store.videos()] == ["evening", *NAMES[:2]]
    assert all(video.metadata == {"coach": "anna"} for video in store.videos())
    assert [video.state() for video in store.videos()] == ["current"] * 3


def test_labels_come_along_as_metadata(
    pouring: Collection, encoder: Encoder, tmp_path: Path
) -> None:
    store = Store(tmp_path / "labelled", create=True)
    store.add(pouring.split("test"), encoder, metadata={"room": "2=b"})
    told = {video.name: video.metadata for video in store.videos()}
    assert told[pouring.split("test").names[0]] == {
        "action": "pouring", "group": pouring.split("test").names[0], "room": "2=b",
        "split": "test", "view": "a",
    }  # fmt: skip


def test_names_stay_unique(store: Store, encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    _film(tmp_path / "second" / "pouring_000.mp4", 3)
    store.add(tmp_path / "second" / "pouring_000.mp4", encoder)
    assert [video.name for video in store.videos()] == [*NAMES, "second/pouring_000"]


def test_a_copy_is_the_same_video(store: Store, videos: Path, encoder: Encoder) -> None:
    shutil.copy(videos / "pouring_000.mp4", videos / "zcopy.mp4")
    store.add(videos, encoder)
    assert tuple(video.name for video in store.videos()) == NAMES


def test_files_that_cannot_be_used_are_listed(store: Store, videos: Path, encoder: Encoder) -> None:
    (videos / "letter.mp4").write_text("Dear Sir or Madam")
    assert [one.name for one in store.add(videos, encoder).skipped] == ["letter"]
    (videos / "pouring_000.mp4").unlink()
    change = store.refresh(encoder)
    assert [one.name for one in change.skipped] == ["pouring_000"]
    assert "inphase index remove pouring_000" in change.skipped[0].reason
    assert len(store.videos()) == 3


def test_embeddings_that_are_not_finite_never_come_in(
    videos: Path, encoder: Encoder, tmp_path: Path
) -> None:
    for parameter in encoder.embedder.parameters():
        parameter.data.fill_(float("nan"))
    store = Store(tmp_path / "store", create=True)
    with pytest.raises(ModelError, match="not finite numbers"):
        store.add(videos, encoder)
    assert store.videos() == ()


def test_videos_are_taken_out_by_name_and_by_file(store: Store, videos: Path) -> None:
    with pytest.raises(StoreError, match=r"no video pouring_01; did you mean"):
        store.remove(["pouring_000", "pouring_01"])
    assert len(store.videos()) == 3
    removed = store.remove(["pouring_000", str(videos / "pouring_002.mp4")])
    assert removed == ("pouring_000", "pouring_002")
    assert [video.name for video in store.videos()] == ["pouring_001"]
    store.remove(["pouring_001"])
    with pytest.raises(StoreError, match="is empty"):
        store.model()
    with pytest.raises(StoreError, match="is empty"):
        store.refresh("nowhere")
    assert (videos / "pouring_000.mp4").exists()


def test_the_model_is_found_again_by_its_folder(
    videos: Path, encoder: Encoder, tmp_path: Path
) -> None:
    encoder.save(tmp_path / "model")
    store = Store(tmp_path / "store", create=True)
    store.add(videos, tmp_path / "model")
    assert store.model_folder(store.model()) == (tmp_path / "model").resolve()
    assert store.refresh().unchanged == NAMES
    shutil.rmtree(tmp_path / "model")
    with pytest.raises(StoreError, match="no longer at"):
        store.refresh()


def test_a_model_that_the_store_does_not_know_is_one_sentence(store: Store) -> None:
    with pytest.raises(StoreError, match=r"no embeddings of this model \(0{8}\)"):
        store.model("0" * 64)
    with pytest.raises(StoreError, match="given as an object"):
        store.model_folder(store.model())


def test_another_process_s_change_is_seen(store: Store, encoder: Encoder, videos: Path) -> None:
    second = Store(store.folder)
    assert len(second.videos()) == 3
    store.remove(["pouring_000"])
    assert len(second.videos()) == 2
    second.add(videos, encoder)
    assert len(store.videos()) == 3


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path, videos: Path) -> None:
    with pytest.raises(StoreError, match="There is no store at"):
        Store(tmp_path / "store")
    assert not (tmp_path / "store").exists()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("mine")
    with pytest.raises(StoreError, match="is not a store"):
        Store(tmp_path / "thesis", create=True)
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["thesis.tex"]
    with pytest.raises(ModelError, match="does not exist"):
        Store(tmp_path / "new", create=True).add(videos, tmp_path / "no_model")
    assert not (tmp_path / "new").exists()


def test_a_newer_or_damaged_store_is_one_sentence(store: Store) -> None:
    catalogue = store.folder / "store.json"
    values = json.loads(catalogue.read_text())
    catalogue.write_text(json.dumps({**values, "format_version": 99}))
    with pytest.raises(StoreError, match="newer inphase"):
        Store(store.folder)
    catalogue.write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        Store(store.folder)


def test_damaged_embeddings_are_one_sentence(store: Store) -> None:
    for file in store.folder.rglob("*.lance/data/*"):
        file.write_bytes(b"spoilt")
    with pytest.raises(StoreError, match="cannot be") as error:
        Store(store.folder).search(np.zeros(128))
    assert "\n" not in str(error.value)


def test_a_panic_of_its_rust_code_is_one_sentence(tmp_path: Path) -> None:
    class PanicError(BaseException):
        pass

    with pytest.raises(StoreError, match=r"cannot be read: gone\."), store_errors(tmp_path, "read"):
        raise PanicError("gone\n  at somewhere.rs")
    with pytest.raises(KeyboardInterrupt), store_errors(tmp_path, "read"):
        raise KeyboardInterrupt


def test_metadata_needs_a_name(store: Store, videos: Path, encoder: Encoder) -> None:
    with pytest.raises(StoreError, match="cannot be a metadata key"):
        store.add(videos, encoder, metadata={"a=b": "c"})


def test_a_link_in_a_circle_is_no_video(store: Store, tmp_path: Path) -> None:
    (tmp_path / "circle.mp4").symlink_to("circle.mp4")
    assert store.find(str(tmp_path / "circle.mp4")) is None
