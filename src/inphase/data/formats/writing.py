"""Write labels for other programs, by suffix."""

from collections.abc import Sequence
from pathlib import Path

from inphase.atomic import write_text
from inphase.data.formats.boris import boris_project
from inphase.data.formats.cvat import cvat_document
from inphase.data.formats.elan import elan_document
from inphase.data.formats.labelled import Labelled
from inphase.errors import OutputError
from inphase.overwriting import stamped_xml

PROGRAMS = {".eaf": "ELAN", ".boris": "BORIS", ".xml": "CVAT"}
"""The programs by suffix."""


def write_labels_for(path: Path, videos: Sequence[Labelled]) -> None:
    """Write labels as `.eaf` (ELAN) or `.xml` (CVAT) of one video, or `.boris` (BORIS) of many.

    Raises:
        OutputError: there is more than one video and the format holds one, there are only captions
            and the format holds none, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == ".boris":
        write_text(path, boris_project(videos, name=path.stem))
        return
    if len(videos) != 1:
        raise OutputError(
            f"{path}: a {suffix} file holds the labels of one video, and there are {len(videos)}; "
            "give a .boris file or a folder."
        )
    (video,) = videos
    if suffix == ".eaf":
        write_text(path, stamped_xml(elan_document(video, folder=path.parent)))
        return
    if not video.events:
        raise OutputError(f"{path}: CVAT's XML holds key events, but there are none.")
    write_text(path, stamped_xml(cvat_document(video)))
