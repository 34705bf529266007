"""A killed verb leaves nothing half-written, and the same line ends the work."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_kills_at_random_moments() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing.kills", "--kills", "2", "--verb", "embed"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "| embed | 2 | 0 |" in ended.stdout
