"""Ways to break a file or folder, drawn from a generator: the same draws break it the same way."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.fuzzing import binaries, texts

# Names that have hurt somewhere. Each is put before the suffix.
_NAMES = (
    b"caf\xe9", b"new\nline", b"[red]bold", b"=1+1", b"a=b", b"clip@1.5", b"*", b"%s%n",
    b"-o", b"\xe2\x80\xae\xd7\x90", b"e\xcc\x81", b"x" * 200, b" ", b"a,b;c", b"#1?", b"{0}",
    b"CON",
)  # fmt: skip


def break_input(
    whole: Path, folder: Path, draw: random.Random, *, also_pipes: bool
) -> tuple[Path, str]:
    """Put a broken copy of a file or folder into `folder`.

    Args:
        whole: what is copied.
        folder: an empty folder.
        draw: decides all.
        also_pipes: whether a pipe may take its place.

    Returns:
        The copy, and in words what was done to it.
    """
    broken = folder / whole.name
    if draw.random() < 0.1:
        name = os.fsdecode(draw.choice(_NAMES))
        broken = folder / f"{name}{whole.suffix}"
    if draw.random() < 0.06:
        places: list[Callable[[Path], None]] = [_empty, _folder, _nowhere, _itself]
        if also_pipes and hasattr(os, "mkfifo"):
            places.append(os.mkfifo)
        place = draw.choice(places)
        place(broken)
        return broken, place.__name__.strip("_")
    if not whole.is_dir():
        shutil.copy(whole, broken)
        return broken, break_file(broken, draw)
    shutil.copytree(whole, broken)
    files = sorted(path for path in broken.rglob("*") if path.is_file())
    one = draw.choice(files)
    return broken, f"{_break_one(one, draw)} in {one.relative_to(broken)}"


def _break_one(file: Path, draw: random.Random) -> str:
    """Break one of a folder's files, by its content or by what it is."""
    chance = draw.random()
    if chance > 0.12:
        return break_file(file, draw)
    file.unlink()
    if chance < 0.04:
        return "removed"
    place = draw.choice([_empty, _folder, _nowhere, _itself])
    place(file)
    return place.__name__.strip("_")


def break_file(file: Path, draw: random.Random) -> str:
    """Break a file's content, once or a few times; returns in words what was done."""
    suffix = file.suffix
    content = file.read_bytes()
    done = []
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        ways = list(binaries.ANY)
        # What keeps the outside whole gets further in.
        ways += 4 * BY_SUFFIX.get(suffix, [])
        way = draw.choice(ways)
        content = way(content, draw)
        done.append(way.__name__)
    file.write_bytes(content)
    return ", ".join(done)


def _empty(path: Path) -> None:
    path.touch()


def _folder(path: Path) -> None:
    path.mkdir()


def _nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _itself(path: Path) -> None:
    path.symlink_to(path)


BY_SUFFIX: dict[str, list[texts.Way]] = {
    **dict.fromkeys((".mp4", ".mov"), binaries.BOXES),
    **dict.fromkeys((".avi", ".wav"), binaries.LITTLE_ENDIAN),
    **dict.fromkeys((".mkv", ".webm", ".ts", ".gif", ".png"), binaries.HEADS),
    ".json": texts.JSON,
    ".yaml": texts.YAML,
    **dict.fromkeys((".csv", ".srt", ".vtt", ".md"), texts.LINES),
    ".npy": binaries.ARRAYS,
    ".npz": binaries.ARCHIVES,
    ".ckpt": binaries.ARCHIVES,
    ".safetensors": binaries.TENSORS,
}
