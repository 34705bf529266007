"""What changes when a file does, so that what is known of it can be remembered until then."""

import stat
from pathlib import Path

from inphase.video.span import file_of

State = tuple[str, int, int, int]


def file_state(path: Path) -> State | None:
    """Place, inode, time of change and size of a file; None if there is no regular file.

    A folder's state does not change when its files do.
    """
    try:
        found = file_of(path).stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return str(path.absolute()), found.st_ino, found.st_mtime_ns, found.st_size
