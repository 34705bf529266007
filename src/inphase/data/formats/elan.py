"""ELAN's annotation files (.eaf), one per video.

Source: the EAF 3.0 schema. Times are whole milliseconds on the clock of the annotations, which
`TIME_ORIGIN` of a linked video is behind that video's own.
"""

import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

from inphase.data.formats.labelled import Labelled, whole_milliseconds
from inphase.data.formats.marks import (
    Marks,
    Mistake,
    MistakeError,
    Segment,
    boundaries,
    instants,
)
from inphase.data.xml_files import read_xml, xml_text
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc

_MILLISECOND = 0.001
EVENT_TYPE = "event"
"""Tiers of this type hold instants, each at the start of an annotation: ELAN has only spans."""
_CAPTION_TYPE = "caption"


def read_elan(
    source: Path,
    *,
    events: Sequence[str] | None = None,
    instants_only: bool = False,
    tier: str | None = None,
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read an .eaf file, or all those in a folder.

    A file belongs to the first video that it links, or to the video of its own name. Annotations
    that depend on others of another tier have no times of their own, and are not read.

    Args:
        source: the file, or a folder, searched with its subfolders.
        events: names of the key events; annotations of instants with other names are left out.
        instants_only: whether each annotation is an instant, at its start, rather than a segment;
            on tiers of the type `event` they always are.
        tier: the name of the tier to read; by default the tiers of the type `event`, or the only
            tier with annotations.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: there is no .eaf file, or the only one cannot be read.
    """
    files = sorted(source.rglob("*.eaf")) if source.is_dir() else [source]
    if not files:
        raise CollectionError(f"{source} contains no .eaf files.")
    marks: dict[str, Marks] = {}
    mistakes: list[Mistake] = []
    for file in files:
        video = file.stem
        try:
            document = read_xml(file)
            if document.tag != "ANNOTATION_DOCUMENT":
                raise CollectionError(f"{file} is not an ELAN file: it holds <{document.tag}>.")
            linked, origin = _linked(document)
            video = linked or video
            if video in marks:
                raise MistakeError(f"{file.name} is a second file of its annotations; keep one.")
            tiers = _chosen(document, tier)
            spans = [span for one in tiers for span in _spans(document, one, origin)]
            if instants_only or all(_is_of_events(one) for one in tiers):
                found = instants((span.label, span.start) for span in spans)
                if events is not None:
                    found = {name: found[name] for name in found if name in events}
            else:
                found = boundaries(spans, names=events)
            marks[video] = Marks(found, precision=_MILLISECOND)
        except CollectionError as mistake:
            if file is source and not isinstance(mistake, MistakeError):
                raise
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _linked(document: Element) -> tuple[str | None, float]:
    """File name of the first linked video, and seconds by which its clock is ahead."""
    for media in document.iter("MEDIA_DESCRIPTOR"):
        if media.get("MIME_TYPE", "").startswith("video"):
            address = media.get("RELATIVE_MEDIA_URL") or media.get("MEDIA_URL") or ""
            name = unquote(urlsplit(address.replace("\\", "/")).path).rpartition("/")[2]
            return nfc(name) or None, _milliseconds(media.get("TIME_ORIGIN", "0"))
    return None, 0.0


def _chosen(document: Element, name: str | None) -> list[Element]:
    aligned = ".//ALIGNABLE_ANNOTATION"
    tiers = [one for one in document.iter("TIER") if one.find(aligned) is not None]
    if name is not None:
        tiers = [one for one in tiers if nfc(one.get("TIER_ID", "")) == nfc(name)]
    elif len(tiers) > 1:
        tiers = [one for one in tiers if _is_of_events(one)] or tiers
    if not tiers:
        raise MistakeError(
            "it has no annotations." if name is None else f"its tier `{name}` has no annotations."
        )
    if len(tiers) > 1 and not all(map(_is_of_events, tiers)):
        told = ", ".join(f"`{one.get('TIER_ID', '')}`" for one in tiers)
        raise MistakeError(f"it has several tiers, {told}; choose one with --tier.")
    return tiers


def _is_of_events(tier: Element) -> bool:
    return tier.get("LINGUISTIC_TYPE_REF") == EVENT_TYPE


def _spans(document: Element, tier: Element, origin: float) -> Iterator[Segment]:
    slots = {
        slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in document.iter("TIME_SLOT")
    }
    for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
        label = nfc(" ".join((annotation.findtext("ANNOTATION_VALUE") or "").split()))
        start, end = (slots.get(annotation.get(f"TIME_SLOT_REF{end}")) for end in (1, 2))
        if start is None or end is None:
            raise MistakeError(f"its annotation `{label}` has no time; align it in ELAN.")
        yield Segment(_milliseconds(start) + origin, _milliseconds(end) + origin, label)


def _milliseconds(text: str) -> float:
    try:
        return int(text[:20]) / 1000
    except ValueError as error:
        raise MistakeError(f"`{text[:40]}` is not a number of milliseconds.") from error


def elan_document(video: Labelled, *, folder: Path) -> str:
    """The .eaf of one video, to be written into a folder.

    Each key event is an annotation that starts at its frame and lasts one frame.
    """
    document = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "inphase",
            "DATE": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
        },
    )
    file = video.info.path.absolute()
    header = SubElement(document, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    media = {
        "MEDIA_URL": file.as_uri(),
        "MIME_TYPE": mimetypes.guess_type(file.name)[0] or "video/*",
    }
    if file.parent == folder.absolute():
        media["RELATIVE_MEDIA_URL"] = f"./{file.name}"
    SubElement(header, "MEDIA_DESCRIPTOR", media)
    order = SubElement(document, "TIME_ORDER")
    tiers = [
        *_tiers("events", EVENT_TYPE, _event_spans(video)),
        *_tiers("captions", _CAPTION_TYPE, video.cues_as_spans()),
    ]
    slots = 0
    for name, kind, spans in tiers:
        tier = SubElement(document, "TIER", {"LINGUISTIC_TYPE_REF": kind, "TIER_ID": name})
        for start, end, label in spans:
            for time in (start, end):
                slots += 1
                values = {"TIME_SLOT_ID": f"ts{slots}", "TIME_VALUE": str(time)}
                SubElement(order, "TIME_SLOT", values)
            annotation = SubElement(
                SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {
                    "ANNOTATION_ID": f"a{slots // 2}",
                    "TIME_SLOT_REF1": f"ts{slots - 1}",
                    "TIME_SLOT_REF2": f"ts{slots}",
                },
            )
            SubElement(annotation, "ANNOTATION_VALUE").text = label
    SubElement(header, "PROPERTY", {"NAME": "lastUsedAnnotationId"}).text = str(slots // 2)
    for kind in dict.fromkeys([kind for _, kind, _ in tiers]):
        SubElement(
            document,
            "LINGUISTIC_TYPE",
            {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": kind, "TIME_ALIGNABLE": "true"},
        )
    return xml_text(document)


_Span = tuple[int, int, str]


def _event_spans(video: Labelled) -> Iterator[_Span]:
    for name, frame in video.events.items():
        start = whole_milliseconds(video.start(frame))
        yield start, max(whole_milliseconds(video.start(frame + 1)), start + 1), name


def _tiers(name: str, kind: str, spans: Iterable[_Span]) -> list[tuple[str, str, list[_Span]]]:
    """The spans on as few tiers as have no overlaps, which ELAN does not allow."""
    tiers: list[list[_Span]] = []
    for span in sorted(spans):
        free = next((tier for tier in tiers if tier[-1][1] <= span[0]), None)
        if free is None:
            tiers.append([span])
        else:
            free.append(span)
    return [
        (name if number == 1 else f"{name} {number}", kind, tier)
        for number, tier in enumerate(tiers, 1)
    ]
