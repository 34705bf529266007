"""One bad file never takes the batch: it is skipped, and the reason given, by every verb."""

import json
import shutil
from pathlib import Path

import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig
from inphase.video import VideoReader
from tests.cli.bad_files import add_bad_files


@pytest.fixture
def model(tiny: TrainingConfig, tmp_path: Path) -> str:
    Encoder(tiny.encoder).save(tmp_path / "model")
    return str(tmp_path / "model")


@pytest.fixture
def good(pouring: Collection, tmp_path: Path) -> Path:
    (tmp_path / "videos").mkdir()
    return Path(shutil.copy(pouring.videos[0].path, tmp_path / "videos" / "good.mp4"))


@pytest.fixture
def folder(good: Path, pouring: Collection) -> Path:
    for number in (1, 2):
        shutil.copy(pouring.videos[number].path, good.parent / f"good{number}.mp4")
    return good.parent


# What is typed, and what is then there.
VERBS = {
    "synchronize": ("synchronize {videos} --model {model} --reference good -o {out}.mp4", "o.mp4"),
    "timeline": ("synchronize {videos} --model {model} -o {out}.otio", "o.otio"),
    "separate": ("synchronize {videos} --model {model} --separate -o {out}", "o"),
    "align": ("align {good} {videos} --model {model} -o {out}.json", "o.json"),
    "embed": ("embed {videos} --model {model} -o {out}.npz", "o.npz"),
    "embed_rows": ("embed {videos} --model {model} -o {out}.parquet", "o.parquet"),
    "cut": ("cut {videos} -o {out}", "o"),
    "index": ("index add {videos} --model {model} --store {out}", "o"),
    "check": ("data check {videos} -o {out}.json", "o.json"),
    "trajectories": ("trajectories {videos} --model {model} --method pca -o {out}.html", "o.html"),
    "anomaly": ("anomaly {good} --typical {videos} --model {model} -o {out}.json", "o.json"),
    "progress": ("progress {good} --demonstrations {videos} --model {model} -o {out}.csv", "o.csv"),
    "sound": ("sound {good} --sources {videos} --model {model} -o {out}.mp4", "o.mp4"),
    "captions": (
        "transfer {captions} {videos} --model {model} --format srt --format mp4 -o {out}",
        "o/good1.srt",
    ),
    "train": ("train {videos} --set steps=2 --set encoder.image_size=64 -o {out}", "o"),
    "view": ("view {videos} --model {model} --export {out}", "o"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_bad_files_are_skipped_and_named(
    verb: str, folder: Path, good: Path, model: str, tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    bad = add_bad_files(folder)
    line, made = VERBS[verb]
    captions = tmp_path / "good.srt"
    captions.write_text("1\n00:00:00,200 --> 00:00:01,000\nPour\n")
    shutil.copy(good, tmp_path / "good.mp4")
    words: dict[str, object] = {
        "videos": folder,
        "good": good,
        "model": model,
        "out": tmp_path / "o",
    }
    words["captions"] = captions
    code = run([word.format(**words) for word in line.split()])
    told = capfd.readouterr()
    assert code == 1, told.err[-2000:]
    assert (tmp_path / made).exists()
    shown = " ".join((told.out + told.err).split())
    for name in bad:
        assert name in shown
    assert "Traceback" not in shown


def test_evaluation_goes_on_without_them(
    pouring: Collection, model: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    labels = pouring.videos[0].path.parents[1] / "labels.json"
    told = json.loads(labels.read_text())
    add_bad_files(tmp_path)
    entries = list(told["videos"].values())
    for number, (split, name) in enumerate(
        [("test", "centuries.avi"), ("train", "half.mp4"), ("test", "pipe.mp4"), ("test", "bomb")]
    ):
        bad = dict(entries[0], file=str(tmp_path / name), split=split, group=name)
        told["videos"][f"bad{number}"] = bad
    for entry in entries:
        entry["file"] = str(labels.parent / entry["file"])
    (tmp_path / "labels.json").write_text(json.dumps(told))
    quick = ["--no-shortcuts", "--bootstrap", "20", "--few-shot", "1", "--stride", "4"]
    line = ["evaluate", model, str(tmp_path / "labels.json"), "-o", str(tmp_path / "report")]
    assert run([*line, *quick]) == 1
    shown = capfd.readouterr().err
    assert all(f"bad{number}" in shown for number in range(4))


def test_a_bad_file_among_good_ones_changes_nothing(folder: Path) -> None:
    before = [Collection.open(folder)[f"good{n}"].path for n in (1, 2)]
    add_bad_files(folder)
    collection = Collection.open(folder)
    assert [collection[f"good{n}"].path for n in (1, 2)] == before
    assert len(VideoReader(before[0])) > 0
