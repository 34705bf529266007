"""CVAT's XML: "CVAT for video 1.1", and the tags of "CVAT for images 1.1".

Source: the program's documentation and its own code. Frames are counted from 0 in the video's file,
whatever the task's first frame and step.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement

from inphase.data.formats.labelled import Labelled
from inphase.data.formats.marks import Marks, Mistake, MistakeError, instants
from inphase.data.xml_files import read_xml, xml_text
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc

# CVAT names the frames of a video after their number in its file.
_FRAME_NAME = re.compile(r"frame_(\d{1,9})")


def read_cvat(
    source: Path, *, events: Sequence[str] | None = None
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read the annotations of a task: the first frame of each track or tag is a key event.

    Args:
        source: the file that CVAT calls annotations.xml.
        events: names of the key events; other labels, such as those of objects, are left out.

    Returns:
        The marks of the task's video, and the mistakes.

    Raises:
        CollectionError: the file cannot be read, is not CVAT's, or holds a whole project.
    """
    document = read_xml(source)
    if document.tag != "annotations":
        raise CollectionError(f"{source} is not CVAT's XML: it holds <{document.tag}>.")
    if document.find("meta/project") is not None:
        raise CollectionError(f"{source} holds a whole project of CVAT; export each task.")
    video = PurePosixPath(document.findtext(".//meta//source") or source.stem).name
    try:
        marked = [*_tracks(document), *_tags(document)]
        chosen = [one for one in marked if events is None or one[0] in events]
        return {video: Marks(instants(chosen), unit="frames")}, []
    except MistakeError as mistake:
        return {}, [Mistake(video, str(mistake))]


def _tracks(document: Element) -> Iterator[tuple[str, float]]:
    for track in document.iter("track"):
        label = _label(track)
        shown = [_frame(shape.get("frame")) for shape in track if shape.get("outside") == "0"]
        if not shown:
            raise MistakeError(f"its track `{label}` is nowhere in the picture.")
        yield label, min(shown)


def _tags(document: Element) -> Iterator[tuple[str, float]]:
    """The first frame of the tags of each label: a tag may be set on all frames of a phase."""
    first: dict[str, float] = {}
    for image in document.iter("image"):
        named = _FRAME_NAME.search(image.get("name", ""))
        frame = _frame(named[1] if named else image.get("id"))
        for tag in image.iter("tag"):
            label = _label(tag)
            first[label] = min(frame, first.get(label, frame))
    yield from first.items()


def _label(element: Element) -> str:
    return nfc(" ".join(element.get("label", "").split()))


def _frame(text: str | None) -> float:
    if text is None or not re.fullmatch(r"\d{1,9}", text):
        raise MistakeError(f"`{(text or '')[:40]}` is not a frame number.")
    return int(text)


def cvat_document(video: Labelled) -> str:
    """The XML of one video: each key event is a box around the whole picture, for one frame.

    An event right after the last frame is on the last frame: CVAT has none after it.
    """
    info = video.info
    document = Element("annotations")
    SubElement(document, "version").text = "1.1"
    task = SubElement(SubElement(document, "meta"), "task")
    for name, value in (
        ("name", video.name),
        ("size", info.frames),
        ("mode", "interpolation"),
        ("start_frame", 0),
        ("stop_frame", info.frames - 1),
        ("source", info.path.name),
    ):
        SubElement(task, name).text = str(value)
    size = SubElement(task, "original_size")
    SubElement(size, "width").text = str(info.width)
    SubElement(size, "height").text = str(info.height)
    labels = SubElement(task, "labels")
    for number, (name, at) in enumerate(video.events.items()):
        label = SubElement(labels, "label")
        SubElement(label, "name").text = name
        SubElement(label, "attributes")
        track = SubElement(document, "track", {"id": str(number), "label": name, "source": "file"})
        frame = min(at, info.frames - 1)
        for shown in range(frame, min(frame + 2, info.frames)):
            box = {
                "frame": shown,
                "keyframe": 1,
                "outside": int(shown > frame),
                "occluded": 0,
                "xtl": "0.00",
                "ytl": "0.00",
                "xbr": f"{info.width:.2f}",
                "ybr": f"{info.height:.2f}",
                "z_order": 0,
            }
            SubElement(track, "box", {key: str(value) for key, value in box.items()})
    return xml_text(document)
