"""Captions beside a video: WebVTT and SubRip (SRT), in and out."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inphase.atomic import replacing
from inphase.errors import CollectionError, OutputError

CAPTION_SUFFIXES = (".vtt", ".srt")

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_VTT_TAG = re.compile(r"</?[a-zA-Z0-9.][^>]*>|</?>")
# Other words in angle brackets are text: SubRip knows these four only.
_SRT_TAG = re.compile(r"</?(?:b|i|u|font)(?:\s[^>]*)?>|\{\\an?\d+\}", re.IGNORECASE)
_NOT_CUES = re.compile(r"^(NOTE|STYLE|REGION)(\s|$)")


@dataclass(frozen=True)
class Cue:
    """A text that belongs to a span of a video.

    Attributes:
        start: seconds.
        end: seconds, after ``start``.
        text: lines of plain text.
    """

    start: float
    end: float
    text: str


def read_captions(path: str | Path) -> tuple[Cue, ...]:
    """Read ``.vtt`` (WebVTT) or ``.srt`` (SubRip), in order of time.

    Markup, cue settings, styles and comments are left out: the text is plain.

    Raises:
        CollectionError: the file cannot be read, or a line of it is wrong; the message says which.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CollectionError(f"{path} does not exist.") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    lines = text.splitlines()
    is_vtt = path.suffix.lower() == ".vtt"
    if is_vtt and not (lines and re.match(r"WEBVTT(\s|$)", lines[0])):
        raise CollectionError(f"{path} is no WebVTT file: its first line must be WEBVTT.")
    cues = [
        _cue(path, number, block, is_vtt=is_vtt)
        for number, block in _blocks(lines[1:] if is_vtt else lines, first=2 if is_vtt else 1)
        if not (is_vtt and (_NOT_CUES.match(block[0]) or not any("-->" in li for li in block)))
    ]
    if not cues:
        raise CollectionError(f"{path} holds no captions.")
    return tuple(sorted(cues, key=lambda cue: cue.start))


def write_captions(
    path: str | Path, cues: Iterable[Cue], *, notes: Sequence[str] | None = None
) -> None:
    """Write ``.vtt`` or ``.srt``, whole or not at all.

    Args:
        notes: a comment for each cue; only WebVTT can hold them.

    Raises:
        OutputError: another suffix, or the place cannot be written.
    """
    path, cues = Path(path), list(cues)
    if path.suffix not in CAPTION_SUFFIXES:
        raise OutputError(f"{path} must end in {' or '.join(CAPTION_SUFFIXES)}.")
    is_vtt = path.suffix == ".vtt"
    blocks = ["WEBVTT\n"] if is_vtt else []
    for number, cue in enumerate(cues, start=1):
        if is_vtt and notes:
            blocks.append(f"NOTE {_one_line(notes[number - 1])}\n")
        timing = f"{_stamp(cue.start, is_vtt)} --> {_stamp(cue.end, is_vtt)}"
        # An empty line would end the cue.
        text = "\n".join(line for line in cue.text.splitlines() if line.strip())
        blocks.append(f"{number}\n{timing}\n{html.escape(text, quote=False) if is_vtt else text}\n")
    with replacing(path) as beside:
        beside.write_text("\n".join(blocks), encoding="utf-8")


def _blocks(lines: Sequence[str], *, first: int) -> Iterable[tuple[int, list[str]]]:
    """Runs of lines that are not empty, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(path: Path, number: int, block: list[str], *, is_vtt: bool) -> Cue:
    # A line before the timing is a number or a name.
    place = 1 if "-->" not in block[0] and len(block) > 1 else 0
    match = _TIMING.match(block[place])
    if match is None:
        raise CollectionError(
            f"{path}, line {number + place}: `{block[place].strip()}` is no timing; it must be "
            "like 00:01.500 --> 00:02.750."
        )
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if end <= start:
        raise CollectionError(
            f"{path}, line {number + place}: the caption ends at {end:g} s, not after its start "
            f"at {start:g} s."
        )
    text = "\n".join(line.strip() for line in block[place + 1 :])
    plain = html.unescape(_VTT_TAG.sub("", text)) if is_vtt else _SRT_TAG.sub("", text)
    return Cue(start, end, plain)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _stamp(seconds: float, is_vtt: bool) -> str:
    thousandths = round(max(seconds, 0.0) * 1000)
    minutes, thousandths = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{'.' if is_vtt else ','}{thousandths:03}"


def _one_line(text: str) -> str:
    return " ".join(text.replace("-->", "→").split())
