"""One bad file never takes the batch: every verb skips it, says why, and does the rest."""

import json
import os
import shutil
import struct
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import probe
from tests.video.odd_sounds import encode_with_sound, tone, without_decoder
from tests.video.odd_videos import encode
from tests.video.test_what_files_claim import png_that_claims

BAD = {"centuries", "pipe", "pictures", "text"}


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def batch(pouring: Collection, tmp_path: Path) -> Path:
    """Three good videos, one of them with a name that is not UTF-8, and one of each bad kind."""
    folder = tmp_path / "batch"
    (folder / "pictures").mkdir(parents=True)
    good = [video.path for video in pouring.videos[:3]]
    shutil.copy(good[0], folder / "a.mp4")
    shutil.copy(good[1], folder / "b.mp4")
    try:
        shutil.copy(good[2], os.fsdecode(os.fsencode(folder) + b"/caf\xe9.mp4"))
    except OSError:
        pytest.skip("file names are always text here")
    centuries = encode(folder / "centuries.avi", 12, codec="mpeg4")
    content = bytearray(centuries.read_bytes())
    clock = content.index(b"vids") + 20
    content[clock : clock + 8] = struct.pack("<II", 2**32 - 1, 1)
    centuries.write_bytes(content)
    os.mkfifo(folder / "pipe.mp4")
    png_that_claims(folder / "pictures" / "1.png", 30_000, 30_000)
    (folder / "text.mp4").write_text("no video")
    for name in ("again", "and_again"):
        (folder / name).symlink_to(folder, target_is_directory=True)
    return folder


def _skipped(capsys: pytest.CaptureFixture[str]) -> set[str]:
    told = capsys.readouterr().err
    assert "Traceback" not in told
    lines = told[told.index("Skipped") :].splitlines()
    return {line.split(":")[0].strip() for line in lines[1:] if line.startswith("  ")}


@pytest.mark.parametrize("output", ["e.npz", "e.parquet"])
def test_embed(batch: Path, model: str, tmp_path: Path, output: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert run(["embed", str(batch), "--model", model, "-o", str(tmp_path / output)]) == 1
    assert _skipped(capsys) == BAD


@pytest.mark.parametrize("output", ["s.mp4", "s.json", "s.sh", "s.otio"])
def test_synchronize(
    batch: Path, model: str, tmp_path: Path, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / output
    command = ["synchronize", str(batch), "--model", model, "--mirror", "never", "-o", str(place)]
    assert run(command) == 1
    assert _skipped(capsys) == BAD
    if place.suffix == ".json":
        told = json.loads(place.read_text(encoding="utf-8"))
        files = [told["reference"]["file"], *(query["file"] for query in told["queries"])]
        # The name can be read back, whatever its bytes.
        assert all(Path(file).is_file() for file in files)
        assert "caf%E9" in place.read_text(encoding="utf-8")
    if place.suffix == ".sh":
        assert b"caf\xe9.mp4" in place.read_bytes()


def test_data_check(batch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "check", str(batch), "-o", str(tmp_path / "c.json")]) == 1
    assert "Traceback" not in capsys.readouterr().err
    findings = json.loads((tmp_path / "c.json").read_text())["findings"]
    broken = {name for one in findings if one["kind"] == "broken" for name in one["videos"]}
    assert broken == BAD


def test_cut(batch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cut", str(batch), "-o", str(tmp_path / "clips")]) == 1
    assert _skipped(capsys) == BAD
    assert {path.stem for path in (tmp_path / "clips").glob("*.json")} == {"a", "b", "caf%E9"}


def test_index_add(
    batch: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "store")
    assert run(["index", "add", str(batch), "--model", model, "--store", store]) == 1
    # A store holds names as text.
    assert _skipped(capsys) == {*BAD, "caf%E9"}


def test_view(batch: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page"
    assert run(["view", str(batch), "--model", model, "--export", str(page)]) == 1
    assert _skipped(capsys) == BAD
    told = json.loads((page / "data" / "collection.json").read_text(encoding="utf-8"))
    assert {video["name"] for video in told["videos"]} == {"a", "b", "caf%E9"}


def test_sound_from_a_folder(
    batch: Path, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encode(batch / "mute.mp4", 12)
    without_decoder(encode_with_sound(batch / "unknown.mp4", [tone()], codec="aac", layout="mono"))
    output = tmp_path / "out.mp4"
    command = ["sound", str(batch / "a.mp4"), "--from", str(batch), "--model", model]
    assert run([*command, "-o", str(output)]) == 1
    assert _skipped(capsys) == {*BAD, "mute", "unknown"}
    assert probe(output).has_audio


@pytest.mark.parametrize("codec", ["pcm_s16le", "aac"])
def test_sound_that_cannot_be_used_is_said_and_left_out(
    pouring: Collection, model: str, tmp_path: Path, codec: str, caplog: pytest.LogCaptureFixture
) -> None:
    odd = tmp_path / ("odd.mkv" if codec == "pcm_s16le" else "odd.mp4")
    if codec == "aac":
        without_decoder(encode_with_sound(odd, [tone()], codec="aac", layout="mono"))
    else:
        encode_with_sound(odd, None)
    output = tmp_path / "out.mp4"
    command = ["synchronize", str(odd), str(pouring.videos[0].path), "--model", model]
    assert run([*command, "--reference", "odd", "--mirror", "never", "-o", str(output)]) == 0
    assert "no sound that can be decoded" in caplog.text
    assert "the clip is written without sound" in caplog.text
    assert not probe(output).has_audio


def test_what_an_mp4_cannot_hold_is_known_before_the_embedding(
    pouring: Collection, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("inphase.cli.options.embed", None)
    target = encode(tmp_path / "old.webm", codec="libvpx")
    command = ["sound", str(target), "--from", str(pouring.videos[0].path), "--model", model]
    assert run([*command, "-o", str(tmp_path / "out.mp4")]) == 2
    assert "cannot be copied into an .mp4 (vp8); write a .wav" in capsys.readouterr().err
