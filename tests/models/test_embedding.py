"""Embedding a collection: what is skipped, kept and loaded."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from inphase.data import Collection, resample
from inphase.errors import ModelError, VideoError
from inphase.models import EmbeddedVideo, Embeddings, Encoder, EncoderConfig, FrameEmbedder, embed
from inphase.models.model_folder import embedding_fingerprint, read_model_folder

_SMALL = EncoderConfig(image_size=64, conv_width=8, fc_width=8, embedding_size=6, context_gap=0.1)


def _encoder(**changes: object) -> Encoder:
    return Encoder(_SMALL.model_copy(update=changes)).eval()


def test_videos_that_cannot_be_read_are_listed(constant: Path, tmp_path: Path) -> None:
    (tmp_path / "a_text.mp4").write_text("not a video")
    (tmp_path / "c_empty.mp4").write_bytes(b"")
    for name in ("b.mp4", "d.mp4"):
        (tmp_path / name).write_bytes(constant.read_bytes())
    got = embed(tmp_path, _encoder())
    assert [video.name for video in got] == ["b", "d"]
    assert len(got) == 2
    assert [skipped.name for skipped in got.skipped] == ["a_text", "c_empty"]
    assert all(f"{skipped.name}.mp4" in skipped.reason for skipped in got.skipped)
    np.testing.assert_array_equal(got.videos[0].embeddings, got.videos[1].embeddings)


def test_when_no_video_can_be_read_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    with pytest.raises(VideoError, match=r"None of the videos can be read.*text\.mp4"):
        embed(tmp_path, _encoder())


def test_a_collection_and_a_model_folder_do_as_well(constant: Path, tmp_path: Path) -> None:
    encoder = _encoder()
    encoder.save(tmp_path / "model")
    told = StringIO()
    console = Console(file=told, force_terminal=True, width=80)
    got = embed(Collection.open(constant), tmp_path / "model", console=console)
    assert isinstance(got, Embeddings)
    np.testing.assert_array_equal(
        got.videos[0].embeddings, FrameEmbedder(encoder).embed(constant).embeddings
    )
    assert "Embedding" in told.getvalue()
    assert "100%" in told.getvalue()


def test_a_missing_model_folder_is_one_sentence(constant: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        embed(constant, tmp_path / "model")


def test_kept_embeddings_are_found_again_by_content_and_encoder(
    constant: Path, variable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, kept = _encoder(), tmp_path / "kept"
    first = embed([constant, variable], encoder, cache=kept)
    moved = tmp_path / "moved.mp4"
    moved.write_bytes(constant.read_bytes())

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("embedded again")

    with monkeypatch.context() as patched:
        patched.setattr(FrameEmbedder, "embed", refuse)
        again = embed([moved, variable], encoder, cache=kept)
        with pytest.raises(AssertionError, match="embedded again"):
            embed([constant], _encoder(context_gap=0.2), cache=kept)
    assert [video.name for video in again] == ["moved", "vfr"]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.embeddings, other.embeddings)
        np.testing.assert_array_equal(one.times, other.times)
    for file in (kept / "embeddings").iterdir():
        file.write_bytes(b"spoilt")
    made = embed([constant], encoder, cache=kept)
    np.testing.assert_array_equal(made.videos[0].embeddings, first.videos[0].embeddings)


@pytest.mark.parametrize(("times", "frame_time"), [([2.0, 2.1, 2.2, 2.6], 0.2), ([2.0], 0.04)])
def test_a_video_ends_when_its_last_frame_has_been_seen(
    times: list[float], frame_time: float
) -> None:
    video = EmbeddedVideo(
        "a", Path("a.mp4"), np.array(times), np.zeros((len(times), 3), np.float32)
    )
    assert video.frame_time == pytest.approx(frame_time)
    assert video.duration == pytest.approx(times[-1] + frame_time)


def test_kept_embeddings_need_no_torch(constant: Path, tmp_path: Path) -> None:
    _encoder().save(tmp_path / "model")
    embed([constant], tmp_path / "model", cache=tmp_path / "kept")
    program = """
import sys
from inphase.models import embed
video, model, kept = sys.argv[1:]
assert len(embed([video], model, cache=kept)) == 1
assert not {"torch", "openvino", "scipy"} & set(sys.modules)
"""
    arguments = [str(constant), str(tmp_path / "model"), str(tmp_path / "kept")]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)


def test_a_folder_has_the_fingerprint_of_its_encoder(tmp_path: Path) -> None:
    encoder = _encoder()
    encoder.save(tmp_path / "model")
    assert embedding_fingerprint(*read_model_folder(tmp_path / "model")) == encoder.fingerprint


def test_a_few_frames_per_second_are_embedded_as_if_there_were_no_others(
    constant: Path, tmp_path: Path
) -> None:
    encoder = _encoder(context_frames=1)
    (whole,) = embed(constant, encoder)
    (few,) = embed(constant, encoder, fps=5, cache=tmp_path)
    chosen = resample(whole.times, fps=5)
    assert 1 < len(chosen) < len(whole.times)
    np.testing.assert_array_equal(few.times, whole.times[chosen])
    np.testing.assert_allclose(few.embeddings, whole.embeddings[chosen], atol=1e-5)
    # They are kept apart from those of all frames.
    (again,) = embed(constant, encoder, fps=5, cache=tmp_path)
    np.testing.assert_array_equal(again.embeddings, few.embeddings)
    (all_frames,) = embed(constant, encoder, cache=tmp_path)
    assert len(all_frames.times) == len(whole.times)
