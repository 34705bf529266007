"""Broken inputs of every kind end in a sentence: no crash, no traceback, no hang."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing.breaking import break_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_hundred_broken_inputs(tmp_path: Path) -> None:
    # A process of its own: it loads all at first and then forks.
    words = ["--cases", "100", "--seed", "0", "--jobs", "2", "--keep", str(tmp_path / "failed")]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, (ended.stdout + ended.stderr)[-20_000:]
    assert "100 cases, 0 failed" in ended.stdout


@pytest.mark.parametrize("suffix", [".json", ".csv", ".mp4", ".npy", ".safetensors"])
def test_the_same_draws_break_a_file_in_the_same_way(suffix: str, tmp_path: Path) -> None:
    results = []
    for seed in (1, 1, 2):
        file = tmp_path / f"file{suffix}"
        file.write_bytes(b'{"a": [1, 2, 3]}\n' * 40)
        done = break_file(file, random.Random(seed))
        results.append((done, file.read_bytes()))
    assert results[0] == results[1] != results[2]
