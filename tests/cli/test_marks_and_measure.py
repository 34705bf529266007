"""`synchronize --at`, `align --at` and `inphase measure`, from videos to files."""

import json
from pathlib import Path

import numpy as np
import pytest

from inphase.cli import run
from inphase.data import Collection
from inphase.synthetic.lift import Lift
from inphase.synthetic.scene import Canvas
from inphase.video import VideoWriter, probe

FRAMES, FPS = 12, 12


@pytest.fixture(scope="module")
def lifts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two people who lift a weight, filmed from the front."""
    folder = tmp_path_factory.mktemp("lifts")
    for name, seed in (("me", 3), ("pro", 5)):
        generator = np.random.default_rng(seed)
        lift = Lift.draw(generator)
        camera = lift.camera(generator, mirror=False, turn=0.0)
        canvas = Canvas((180, 240), camera, light=np.array([0.6, 0.9, 0.7]))
        lift.paint_background(canvas, generator)
        background = canvas.image
        with VideoWriter(folder / f"{name}.mp4", fps=FPS, size=(180, 240)) as writer:
            for state in np.linspace(0.4, 1, FRAMES):
                canvas.paper(background.copy())
                lift.paint(canvas, float(state))
                writer.write(canvas.finished())
    return sorted(folder.glob("*.mp4"))


def test_people_are_measured_and_compared(
    lifts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--at", "me=0.5,pro=0.5", "--event", "up=0.25", "--event", "over=0.75"]
    outputs = [tmp_path / f"numbers{suffix}" for suffix in (".json", ".csv", ".png")]
    told = [word for path in outputs for word in ("-o", str(path))]
    assert run(["measure", *map(str, lifts), "--reference", "pro", *words, *told]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "one mark, me=0.5" in out
    assert "pro: up to over 0.50 s" in out
    assert all(path.stat().st_size for path in outputs)
    result = json.loads(outputs[0].read_text())
    pro, me = result["videos"]
    assert (pro["name"], me["name"]) == ("pro", "me")
    assert pro["view"] == "front"
    assert "rests_on" in me
    seen = np.array([np.nan if v is None else v for v in pro["values"]["elbow_right"]])
    # The right arm is bent at the shoulder and straight overhead.
    assert np.isfinite(seen).mean() > 0.8
    assert np.nanmax(seen) - np.nanmin(seen) > 60


def test_marks_need_no_model(
    pouring: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (str(video.path) for video in pouring.videos[:2])
    mark = ",".join(f"{name}={at}" for name, at in zip(pouring.names[:2], (0.5, 0.75), strict=True))
    words = ["--at", mark, "-o"]
    assert run(["synchronize", one, other, *words, str(tmp_path / "t.mp4")]) == 0
    assert "nothing else was compared" in " ".join(capsys.readouterr().out.split())
    assert len(probe(tmp_path / "t.mp4").times) == len(probe(one).times)
    assert run(["align", one, other, *words, str(tmp_path / "t.json")]) == 0
    (query,) = json.loads((tmp_path / "t.json").read_text())["queries"]
    times = probe(one).times
    shown = [(at, to) for at, to in zip(times, query["times"], strict=True) if to is not None]
    assert np.abs([to - at - 0.25 for at, to in shown]).max() < 0.5 * (times[1] - times[0]) + 1e-6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--at", "impact"], "has no mark `impact`; its marks are:"),
        (["--at", "impact", "--anchor", "x", "--window", "0.1"], "leave out --anchor, --window"),
        (["--anchor", "x", "--alignment", "anchors.json"], "both give anchors"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    pouring: Collection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    told: str,
) -> None:
    assert run(["synchronize", pouring.source, *words, "-o", str(tmp_path / "x.mp4")]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert told in said
    assert "Traceback" not in said
