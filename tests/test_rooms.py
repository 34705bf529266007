"""What killed processes leave is removed, what living ones write is not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from inphase import cache
from inphase.atomic import write_text
from inphase.rooms import ROOM, sweep, temporary_room

# Writes half a file and then waits, or kills itself.
PROGRAM = """
import os, signal, sys
from inphase.atomic import replacing
with replacing(sys.argv[1]) as beside:
    beside.write_text("half")
    print("writing", flush=True)
    if sys.argv[2] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


def _aged(folder: Path, seconds: float) -> Path:
    """The only temporary folder in a folder, made older."""
    (room,) = (path for path in folder.iterdir() if path.name.startswith(ROOM))
    then = time.time() - seconds
    os.utime(room, (then, then))
    return room


def _killed(target: Path) -> None:
    program = [sys.executable, "-c", PROGRAM, str(target), "kill"]
    assert subprocess.run(program, check=False).returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_the_next_output_sweeps_what_a_killed_process_left(tmp_path: Path) -> None:
    _killed(tmp_path / "film.txt")
    _aged(tmp_path, 5)
    write_text(tmp_path / "other.txt", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_what_a_living_process_writes_stays(tmp_path: Path) -> None:
    program = [sys.executable, "-c", PROGRAM, str(tmp_path / "film.txt"), "wait"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        _aged(tmp_path, 2 * 24 * 3600)
        write_text(tmp_path / "other.txt", "whole")
        process.communicate(b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.txt", "other.txt"]


def test_a_new_folder_without_a_lock_yet_stays(tmp_path: Path) -> None:
    (tmp_path / f"{ROOM}abcd").mkdir()
    sweep(tmp_path)
    assert _aged(tmp_path, 25 * 3600).is_dir()
    sweep(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_gone_is_no_mistake(tmp_path: Path) -> None:
    sweep(tmp_path / "none")


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_the_cache_removes_what_is_left_and_leaves_what_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _name: str(tmp_path))
    left, live = tmp_path / "features" / "ab", tmp_path / "embeddings"
    _killed(left / "maps")
    _aged(left, 5)
    live.mkdir()
    with temporary_room(live) as room:
        assert cache.entries() == []
        cache.shrink(0)
        cache.clear()
        assert room.is_dir()
    assert list(left.iterdir()) == []
