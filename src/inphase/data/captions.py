"""Read and write caption files: WebVTT and SubRip (SRT)."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inphase.atomic import write_text
from inphase.data.text_files import read_text
from inphase.errors import CollectionError, OutputError

CAPTION_SUFFIXES = (".vtt", ".srt")

# Hours of as many digits as no video has; a number of thousands of them would not be read.
_HOURS = r"\d{1,6}"
_TIME = rf"(?:({_HOURS}):)?(\d{{1,2}}):(\d{{1,2}})[.,](\d{{1,9}})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
# Some programs write SubRip times in whole seconds.
_WHOLE = rf"({_HOURS}):(\d{{1,2}}):(\d{{1,2}})(?:[.,](\d{{1,9}}))?"
_SRT_TIMING = re.compile(rf"^\s*{_WHOLE}\s*-->\s*{_WHOLE}(?:\s.*)?$")
# A line that was meant to be a timing.
_TIMELIKE = re.compile(r"^\s*(?:\d+:\d+:\d+|\d+:\d+.*-->)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_VTT_TAG = re.compile(r"</?[a-zA-Z0-9.][^>]*>|</?>")
# SubRip has only these four tags; anything else in angle brackets is text.
_SRT_TAG = re.compile(r"</?(?:b|i|u|font)(?:\s[^>]*)?>|\{\\an?\d+\}", re.IGNORECASE)
_NOT_CUES = re.compile(r"^(NOTE|STYLE|REGION)(\s|$)")


@dataclass(frozen=True)
class Cue:
    """A text for a span of a video.

    Attributes:
        start: seconds.
        end: seconds, not before `start`.
        text: lines of plain text.
    """

    start: float
    end: float
    text: str


def read_captions(path: str | Path) -> tuple[Cue, ...]:
    """Read a `.vtt` (WebVTT) or `.srt` (SubRip) file, sorted by time.

    Markup, cue settings, styles and comments are dropped: the text is plain.

    Raises:
        CollectionError: the file cannot be read, or a line is wrong; the message says which.
    """
    path = Path(path)
    # Not splitlines(), which also takes other characters for the end of a line.
    lines = _LINE_END.split(read_text(path).replace("\0", "\ufffd"))
    is_vtt = path.suffix.lower() == ".vtt"
    if is_vtt and not re.match(r"WEBVTT([ \t]|$)", lines[0]):
        raise CollectionError(f"{path} is not a WebVTT file: it does not start with WEBVTT.")
    cues = list(_vtt_cues(path, lines) if is_vtt else _srt_cues(path, lines))
    if not cues:
        raise CollectionError(f"{path} contains no captions.")
    return tuple(sorted(cues, key=lambda cue: cue.start))


def write_captions(
    path: str | Path, cues: Iterable[Cue], *, notes: Sequence[str] | None = None
) -> None:
    """Write a `.vtt` or `.srt` file, atomically.

    Args:
        notes: a comment for each cue, in WebVTT only.

    Raises:
        OutputError: the suffix is another one, or the file cannot be written.
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
        text = "\n".join(line for line in _LINE_END.split(cue.text) if line.strip())
        blocks.append(f"{number}\n{timing}\n{html.escape(text, quote=False) if is_vtt else text}\n")
    write_text(path, "\n".join(blocks))


def _vtt_cues(path: Path, lines: Sequence[str]) -> Iterator[Cue]:
    """The cues of a WebVTT file, by the rules of its parser.

    Only an empty line ends a block: captions from YouTube have lines of a single space in cues. A
    timing begins a cue wherever it stands. Lines before it are its name.
    """
    for number, block in _blocks(lines[1:], first=2):
        if _NOT_CUES.match(block[0]):
            continue
        cues = list(_spans(block, _TIMING.match))
        before = block[: cues[0][0]] if cues else block[:2]
        for place, line in enumerate(before):
            if "-->" in line:
                raise _no_timing(path, number + place, line)
        for place, found, told in cues:
            text = _VTT_TAG.sub("", _text(told))
            yield _cue(path, number + place, found, html.unescape(text))


def _srt_cues(path: Path, lines: Sequence[str]) -> Iterator[Cue]:
    """The cues of a SubRip file, as players show them.

    A cue reaches from its timing to the next one, whatever empty lines are between. The number
    before a timing belongs to it, if the file numbers its captions.
    """
    cues = list(_spans(lines, lambda line: _SRT_TIMING.match(line) or _TIMING.match(line)))
    before = lines[: cues[0][0]] if cues else lines
    for place, line in enumerate(before):
        if line.strip() and not line.strip().isdecimal():
            raise _no_timing(path, place + 1, line)
    numbered = any(line.strip() for line in before)
    for place, found, told in cues:
        stripped: Sequence[str] = [line.strip() for line in told]
        for number, block in _blocks(stripped, first=place + 2):
            at = 1 if block[0].isdecimal() and len(block) > 1 else 0
            if _TIMELIKE.match(block[at]):
                raise _no_timing(path, number + at, block[at])
        is_last = place == cues[-1][0]
        if numbered:
            stripped = _without_number(stripped, alone=is_last)
        yield _cue(path, place + 1, found, _SRT_TAG.sub("", _text(stripped)))


def _without_number(lines: Sequence[str], *, alone: bool) -> Sequence[str]:
    """The lines of a cue without the number of the next one; `alone`: if it stands by itself."""
    last = max((place for place, line in enumerate(lines) if line), default=-1)
    if last < 0 or not lines[last].isdecimal() or (alone and (last == 0 or lines[last - 1])):
        return lines
    return lines[:last]


def _spans(
    lines: Sequence[str], timing: Callable[[str], re.Match[str] | None]
) -> Iterator[tuple[int, re.Match[str], Sequence[str]]]:
    """Each timing with its place, and the lines from there to the next timing."""
    found = [(place, match) for place, line in enumerate(lines) if (match := timing(line))]
    ends = [place for place, _ in found[1:]] + [len(lines)]
    for (place, match), end in zip(found, ends, strict=bool(found)):
        yield place, match, lines[place + 1 : end]


def _blocks(lines: Sequence[str], *, first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Blocks of lines between empty ones, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(path: Path, number: int, timing: re.Match[str], text: str) -> Cue:
    start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
    if end < start:
        raise CollectionError(
            f"{path}, line {number}: the caption ends at {end:g} s, before it starts "
            f"at {start:g} s."
        )
    return Cue(start, end, text)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.strip() for line in lines if line.strip())


def _no_timing(path: Path, number: int, line: str) -> CollectionError:
    return CollectionError(
        f"{path}, line {number}: `{line.strip()[:60]}` is not a timing; write it like "
        "00:01.500 --> 00:02.750."
    )


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
