"""The command line: what a person types and sees, and which exit code a script gets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig, dump_config
from inphase.video import VideoWriter, probe

TINY = [
    "encoder.image_size=64",
    "encoder.conv_width=8",
    "encoder.fc_width=16",
    "augmented_copies=0",
    "videos_per_batch=3",
    "frames_per_clip=8",
    "steps=4",
]
SETS = [word for one in TINY for word in ("--set", one)]


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> Path:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def videos(pouring: Collection) -> list[str]:
    return [str(video.path) for video in pouring.videos[:3]]


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr().err.strip()
    assert told.startswith("inphase: ")
    assert "\n" not in told
    return told


def test_help_lists_the_verbs_in_the_order_of_need(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    places = [shown.index(f" {verb} ") for verb in ("synchronize", "train", "embed", "align")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "verb", ["synchronize", "train", "embed", "align", "evaluate", "compare", "draw"]
)
def test_each_verb_shows_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_the_installed_command_says_its_version() -> None:
    program = [sys.executable, "-m", "inphase", "--version"]
    finished = subprocess.run(program, capture_output=True, text=True, check=True)
    assert finished.stdout.startswith("inphase 0.")


def test_train_embed_align_synchronize(
    videos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_folder, cache = tmp_path / "run", str(tmp_path / "cache")
    assert run(["train", *videos, "-o", str(run_folder), "--cache", cache, *SETS]) == 0
    model = str(run_folder / "model")
    assert model in capsys.readouterr().out

    npz = tmp_path / "embeddings.npz"
    assert run(["embed", *videos, "--model", model, "-o", str(npz)]) == 0
    with np.load(npz, allow_pickle=False) as arrays:
        assert set(arrays) == {Path(video).stem for video in videos}
        for video in videos:
            assert arrays[Path(video).stem].shape == (probe(video).frames, 128)
            assert arrays[Path(video).stem].dtype == np.float32
    parquet = tmp_path / "embeddings.parquet"
    assert run(["embed", *videos, "--model", model, "-o", str(parquet)]) == 0
    table = pq.read_table(parquet)
    assert table.num_rows == sum(probe(video).frames for video in videos)
    assert table.column_names == ["video", "frame", "time", "embedding"]

    alignment = tmp_path / "alignment.json"
    assert run(["align", *videos, "--model", model, "-o", str(alignment)]) == 0
    told = json.loads(alignment.read_text())
    assert told["reference"]["name"] == Path(videos[0]).stem
    assert len(told["queries"]) == 2

    grid = tmp_path / "grid.mp4"
    name = Path(videos[1]).stem
    arguments = [*videos, "--model", model, "--reference", name, "-o", str(grid)]
    assert run(["synchronize", *arguments, "--width", "320"]) == 0
    assert probe(grid).frames == probe(videos[1]).frames
    assert (
        run(["synchronize", *videos, "--model", model, "--separate", "-o", str(tmp_path / "each")])
        == 0
    )
    assert len(list((tmp_path / "each").glob("*.mp4"))) == 2


def test_synchronize_fits_an_encoder_when_it_is_given_none(
    videos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["synchronize", *videos, *SETS, "--cache", str(tmp_path / "cache")]
    assert run([*arguments, "-o", str(tmp_path / "mapping.csv")]) == 0
    assert "fitted model" in capsys.readouterr().out
    assert (tmp_path / "mapping.csv").read_text().startswith("query,reference_frame")


@pytest.mark.parametrize("end", [False, True])
def test_verbose_says_more_wherever_it_stands(
    videos: list[str],
    model: Path,
    tmp_path: Path,
    end: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    command = ["align", *videos, "--model", str(model), "-o", str(tmp_path / "a.json")]
    assert run(command) == 0
    assert "median confidence" not in caplog.text
    assert run([*command, "-v"] if end else ["-v", *command]) == 0
    assert caplog.text.count("median confidence") == 2


def test_the_reference_may_be_given_as_a_file(
    videos: list[str], model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mapping.json"
    arguments = [*videos, "--model", str(model), "--reference", videos[2], "-o", str(out)]
    assert run(["synchronize", *arguments]) == 0
    assert json.loads(out.read_text())["reference"]["name"] == Path(videos[2]).stem


def test_draw_makes_a_labelled_set(tmp_path: Path) -> None:
    arguments = ["--action", "swing", "--count", "2", "--views", "2", "-o", str(tmp_path / "s")]
    assert run(["draw", *arguments]) == 0
    assert len(Collection.open(tmp_path / "s")) == 4


def test_a_bad_file_among_good_ones_is_listed_and_the_exit_code_is_1(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    for video in videos:
        shutil.copy(video, tmp_path / "in")
    (tmp_path / "in" / "broken.mp4").write_bytes(Path(videos[0]).read_bytes()[:200])
    out = tmp_path / "embeddings.npz"
    assert run(["embed", str(tmp_path / "in"), "--model", str(model), "-o", str(out)]) == 1
    assert "broken" in capsys.readouterr().err
    with np.load(out) as arrays:
        assert len(arrays.files) == 3


def test_a_single_video_is_told_before_the_work(
    pouring: Collection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = "inphase.training.choosing.choose_model"
    monkeypatch.setattr(late, lambda *_, **__: pytest.fail("it worked first"))
    out = str(tmp_path / "x.mp4")
    assert run(["synchronize", str(pouring.videos[0].path), "-o", out]) == 2
    assert (
        "at least two videos that can be read, not 1: give another one" in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["synchronizer"], "synchronize"),
        (["synchronize", "a.mp4", "b.mp4", "--refernce", "a", "-o", "x.mp4"], "--reference"),
        (["align", "a.mp4", "b.mp4", "--modle", "m", "-o", "x.json"], ". Did you mean --model?"),
        (["align", "a.mp4", "b.mp4", "--opn-in", "-o", "x.json"], "mean --open-in?"),
        (["train", "a.mp4"], "--output"),
        (
            ["synchronize", "a.mp4", "b.mp4", "--width", "3", "-o", "x.mp4"],
            "'--width': Input should",
        ),
        (["draw", "--action", "juggling", "-o", "x"], "pouring"),
        (["synchronize", "missing.mp4", "-o", "x.mp4"], "missing.mp4 does not exist"),
        (["synchronize", "nothing_*.mp4", "-o", "x.mp4"], "matches no file"),
        (["embed", __file__, "--model", "m", "-o", "x.txt"], ".npz or .parquet"),
        (["align", __file__, __file__, "--model", "m", "-o", "x.mp4"], ".json or .csv"),
    ],
)
def test_a_wrong_command_is_one_line_and_exit_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert told in _one_line(capsys)


def test_a_video_is_never_overwritten_and_that_is_said_before_the_fitting(
    videos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for output, told in (
        (["-o", videos[0]], "would be lost"),
        (["--separate", "-o", str(Path(videos[0]).parent)], "holds the videos"),
    ):
        assert run(["synchronize", *videos, "--cache", str(tmp_path), *output]) == 2
        assert told in _one_line(capsys)
    assert not list(tmp_path.iterdir())


def test_unknown_reference_preset_and_key_are_one_line_each(
    videos: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = ["-o", str(tmp_path / "x.mp4")]
    assert run(["synchronize", *videos, "--reference", "pouring_01", *out]) == 2
    assert "pouring_001" in _one_line(capsys)
    assert run(["synchronize", *videos, "--preset", "quik", *out]) == 2
    assert "quick" in _one_line(capsys)
    assert run(["train", *videos, "--set", "learning_rte=1", "-o", str(tmp_path / "r")]) == 2
    assert "learning_rate" in _one_line(capsys)
    assert list(tmp_path.iterdir()) == []


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("Dear Sir or Madam,\n" * 50)


def _cut_short(path: Path) -> None:
    with VideoWriter(path, fps=10, size=(64, 48)) as writer:
        for _ in range(5):
            writer.write(np.zeros((48, 64, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:300])


@pytest.mark.parametrize("spoil", [_empty, _text, _cut_short])
def test_a_file_that_is_no_video_is_one_line(
    spoil: object, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spoilt.mp4"
    spoil(path)  # type: ignore[operator]
    out = tmp_path / "x.npz"
    assert run(["embed", str(path), "--model", str(model), "-o", str(out)]) == 2
    assert "spoilt.mp4" in _one_line(capsys)
    assert not out.exists()


def test_a_video_of_one_frame_works(videos: list[str], model: Path, tmp_path: Path) -> None:
    one = tmp_path / "one.mp4"
    with VideoWriter(one, fps=10, size=(64, 48)) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    grid = tmp_path / "grid.mp4"
    for reference in ("one", Path(videos[0]).stem):
        arguments = [videos[0], str(one), "--model", str(model), "--reference", reference]
        assert run(["synchronize", *arguments, "-o", str(grid)]) == 0
    assert probe(grid).frames == probe(videos[0]).frames


def test_a_folder_without_videos_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(tmp_path), "-o", str(tmp_path / "run")]) == 2
    assert "has no videos" in _one_line(capsys)


def test_a_model_folder_with_a_pickle_or_a_wrong_shape_is_one_line(
    videos: list[str], model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["embed", *videos, "--model", str(model), "-o", str(tmp_path / "x.npz")]
    config = (model / "config.yaml").read_text()
    (model / "config.yaml").write_text(config.replace("conv_width: 8", "conv_width: 9"))
    assert run(arguments) == 2
    assert "do not fit" in _one_line(capsys)
    (model / "config.yaml").write_text(config)
    torch.save({"weights": torch.zeros(1)}, model / "weights.pt")
    assert run(arguments) == 2
    assert "pickle" in _one_line(capsys)


@pytest.mark.skipif(os.name != "posix", reason="uses a read-only mount point")
def test_an_output_that_cannot_be_written_is_one_line(
    videos: list[str], model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in ("/proc/x.npz", "/proc/x/y.npz"):
        assert run(["embed", *videos, "--model", str(model), "-o", out]) == 2
        assert "Cannot write /proc/x" in _one_line_after_bars(capsys)


def _one_line_after_bars(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("inphase:")]
    assert len(lines) == 1
    return lines[0]


# Runs a command with a limit on file size, as on a disk that fills up.
LIMITED = """
import resource, signal, sys
import torch
torch.set_num_threads(1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from inphase.cli import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
@pytest.mark.parametrize("out", ["x.npz", "x.parquet", "x.mp4", "run"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    videos: list[str], model: Path, tmp_path: Path, tiny: TrainingConfig, out: str
) -> None:
    target = tmp_path / "out" / out
    (tmp_path / "config.yaml").write_text(dump_config(tiny))
    verb = {
        "x.mp4": ["synchronize", *videos, "--model", str(model)],
        "run": ["train", *videos, "--config", str(tmp_path / "config.yaml"),
                "--cache", str(tmp_path / "cache")],
    }.get(out, ["embed", *videos, "--model", str(model)])  # fmt: skip
    program = [sys.executable, "-c", LIMITED, "4096", *verb, "-o", str(target)]
    finished = subprocess.run(program, capture_output=True, text=True, check=False)
    assert finished.returncode == 2, finished.stderr
    told = [line for line in finished.stderr.splitlines() if line.startswith("inphase:")]
    assert len(told) == 1
    assert "too large" in told[0].lower()
    assert "Traceback" not in finished.stderr
    if out != "run":
        assert not list((tmp_path / "out").iterdir())
    else:
        assert not (target / "model").exists()
        assert not list((tmp_path / "cache").rglob("*.npy"))


def test_train_combines_objectives_in_one_word(videos: list[str], tmp_path: Path) -> None:
    arguments = ["train", *videos, "--objective", "tcc+tcn:0.5", *SETS]
    assert run([*arguments, "-o", str(tmp_path / "r"), "--cache", str(tmp_path / "c")]) == 0
    header = (tmp_path / "r" / "metrics.csv").read_text().splitlines()[0]
    assert header.startswith("step,loss,collapsed_loss,tcc,tcn,")


def test_a_wrong_objective_is_one_line(
    videos: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", *videos, "--objective", "tcc+tcm", "-o", str(tmp_path / "r")]) == 2
    assert "did you mean tcn?" in _one_line(capsys)


@pytest.mark.slow
def test_two_devices_train_one_model_and_tell_a_mistake_once(
    videos: list[str], tmp_path: Path
) -> None:
    def train(*more: str) -> subprocess.CompletedProcess[str]:
        # One step: the steps themselves are compared in tests/training/test_processes.py.
        arguments = [*videos, *SETS, "--set", "steps=1", "-o", str(tmp_path / "r")]
        arguments += ["--cache", str(tmp_path / "c")]
        return subprocess.run(
            [sys.executable, "-m", "inphase", "train", *arguments, "--devices", "2", *more],
            capture_output=True,
            text=True,
            check=False,
        )

    fitted = train()
    assert fitted.returncode == 0, fitted.stderr
    assert fitted.stdout.count("Wrote the model") == 1
    Encoder.load(tmp_path / "r" / "model")
    other = train("--set", "seed=9")
    assert other.returncode == 2
    assert other.stderr.startswith("inphase: ")
    assert other.stderr.count("another configuration") == 1
    assert "Traceback" not in other.stderr


def test_help_groups_the_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    places = [shown.index(f" {word} ") for word in ("Watch", "Fit", "Use", "Judge", "Data")]
    assert places == sorted(places)
    assert places[0] < shown.index("│ synchronize ") < places[1] < shown.index("│ train ")
    assert places[2] < shown.index("│ retrieve ") < places[3] < shown.index("│ evaluate ")


@pytest.mark.parametrize(
    ("other", "verb"),
    [("sync", "synchronize"), ("fit", "train"), ("search", "retrieve"), ("check", "data check")],
)
def test_a_verb_is_known_by_other_names(
    other: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([other, "--help"]) == 0
    assert f"Usage: inphase {verb} " in capsys.readouterr().out


def test_every_other_name_leads_to_a_verb() -> None:
    from inphase.cli.app import _OTHER_NAMES

    for name in _OTHER_NAMES:
        assert run([name, "--help"]) == 0


def test_videos_embedded_once_are_found_again(
    videos: list[str], tmp_path: Path, tiny: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inphase.models import Encoder, FrameEmbedder

    Encoder(tiny.encoder).save(tmp_path / "model")
    out = tmp_path / "x.json"
    command = ["synchronize", *videos, "--model", str(tmp_path / "model"), "-o", str(out)]
    command += ["--cache", str(tmp_path / "cache")]
    assert run(command) == 0
    first = out.read_bytes()
    monkeypatch.setattr(FrameEmbedder, "maps", lambda *_: pytest.fail("it was embedded again"))
    assert run(command) == 0
    assert out.read_bytes() == first


def test_a_model_needs_no_training_code(tmp_path: Path) -> None:
    program = """
import sys
from inphase.cli import run
assert run(["synchronize", "a.mp4", "b.mp4", "--model", "m", "-o", "x.mp4"]) == 2
assert not {"torch", "sklearn", "tensorboard"} & set(sys.modules)
import inphase.applications.synchronization.synchronize
import inphase.applications.synchronization.writers
from inphase.models import embed
assert not {"torch", "scipy.ndimage", "lancedb"} & set(sys.modules)
import inphase.models.frame_embedder
assert "torch" in sys.modules
assert not {"sklearn", "tensorboard", "lancedb"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
