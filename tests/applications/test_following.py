"""Following a live video: what its lines and its end say about how far it can be trusted."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from inphase.applications.following import Followed, FollowedFrame, follow, show
from inphase.cli import run
from inphase.data import Collection
from inphase.models import EmbeddedVideo, Encoder
from inphase.training import TrainingConfig
from inphase.video import probe

# What the stand-in answers for each frame: an embedding, and whether nobody is seen.
Answer = Callable[[int], tuple[float, bool]]


@pytest.fixture
def followed(
    pouring: Collection, tiny: TrainingConfig, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Answer], list[FollowedFrame]]:
    """A video followed along itself; the embedding of frame i of the reference is i."""
    path = pouring.videos[0].path
    times = probe(path).times

    def run_with(answer: Answer) -> list[FollowedFrame]:
        class Stream:
            frame_size = (16, 16)
            sees_nobody = False

            def __init__(self, *_: object, **__: object) -> None:
                self.frames = self
                self.count = 0

            def embed(self, _: Path) -> EmbeddedVideo:
                numbers = np.arange(len(times), dtype=np.float32)[:, None]
                return EmbeddedVideo("reference", path, times, numbers)

            def push(self, *_: object) -> list[float]:
                value, self.sees_nobody = answer(self.count)
                self.count += 1
                return [value]

        monkeypatch.setattr("inphase.applications.following.StreamEmbedder", Stream)
        return list(follow(path, path, Encoder(tiny.encoder), wait=0))

    return run_with


def shown(frames: list[FollowedFrame]) -> tuple[Followed, list[dict[str, object]], str]:
    lines, screen = io.StringIO(), io.StringIO()
    seen = show(iter(frames), duration=2, console=Console(file=screen, width=200), lines=lines)
    return seen, [json.loads(line) for line in lines.getvalue().splitlines()], screen.getvalue()


def test_a_good_match_is_reliable_from_start_to_end(
    followed: Callable[[Answer], list[FollowedFrame]],
) -> None:
    seen, lines, _ = shown(followed(lambda frame: (frame, False)))
    assert seen.verdict is not None
    assert seen.verdict.reliable
    assert seen.verdict.stretches == ()
    assert not any(line["doubtful"] or line["nobody"] for line in lines)
    assert all(line["reliable"] for line in lines)


def test_each_line_says_whether_the_match_is_doubtful_now(
    followed: Callable[[Answer], list[FollowedFrame]],
) -> None:
    frames = followed(lambda frame: (frame if frame < 15 else 1000, False))
    seen, lines, _ = shown(frames)
    assert seen.verdict is not None
    ((start, end),) = seen.verdict.stretches
    doubtful = [float(str(line["time"])) for line in lines if line["doubtful"]]
    assert (doubtful[0], doubtful[-1]) == pytest.approx((start, end), abs=1e-6)
    assert frames[15].time <= start <= frames[15].time + 0.5
    assert end == frames[-1].time
    assert lines[-1]["reliable"] == seen.verdict.reliable


def test_a_video_without_anybody_is_never_trusted_and_says_so(
    followed: Callable[[Answer], list[FollowedFrame]],
) -> None:
    frames = followed(lambda frame: (frame, True))
    seen, lines, screen = shown(frames)
    assert seen.nobody == seen.frames == len(frames)
    assert all(line["nobody"] and line["confidence"] == 0 for line in lines)
    assert seen.verdict is not None
    assert not seen.verdict.reliable
    assert "nobody is seen" in screen


@pytest.mark.parametrize("nobody", [True, False])
def test_the_command_says_that_nobody_was_seen(
    nobody: bool,
    followed: Callable[[Answer], list[FollowedFrame]],
    pouring: Collection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    video = str(pouring.videos[0].path)
    frames = followed(lambda frame: (frame, nobody))
    monkeypatch.setattr("inphase.applications.following.follow", lambda *_, **__: iter(frames))
    command = ["follow", video, "--reference", video, "--model", "m", "-o", "-"]
    assert run(command) == int(nobody)
    error = " ".join(capsys.readouterr().err.split())
    assert (f"Nobody was seen in {video}" in error) == nobody
