"""Which video it is, whatever it is called and wherever it lies: a hash of its bytes."""

import hashlib
from pathlib import Path

from inphase.errors import VideoError

_READ = 1 << 20


def content_hash(path: Path) -> str:
    """sha256 of a file's bytes, or of a folder of images' names and bytes.

    Raises:
        VideoError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        files = [path] if path.is_file() else sorted(f for f in path.iterdir() if f.is_file())
        for file in files:
            if file != path:
                digest.update(file.name.encode() + b"\0")
            with file.open("rb") as stream:
                while block := stream.read(_READ):
                    digest.update(block)
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()
