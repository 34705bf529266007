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

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
# Some programs write SubRip times in whole seconds.
_WHOLE = r"(\d+):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_SRT_TIMING = re.compile(rf"^\s*{_WHOLE}\s*-->\s*{_WHOLE}(?:\s.*)?$")
# A line that was meant to be a timing.
_TIMELIKE = re.compile(r"^\s*\d+:\d+")
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
    lines = read_text(path).splitlines()
    is_vtt = path.suffix.lower() == ".vtt"
    if is_vtt and not (lines and re.match(r"WEBVTT(\s|$)", lines[0])):
        raise CollectionError(f"{path} is not a WebVTT file: it does not start with WEBVTT.")
    blocks = _vtt_blocks(lines) if is_vtt else _srt_blocks(path, lines)
    cues = [_cue(path, number, block, is_vtt=is_vtt) for number, block in blocks]
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
        text = "\n".join(line for line in cue.text.splitlines() if line.strip())
        blocks.append(f"{number}\n{timing}\n{html.escape(text, quote=False) if is_vtt else text}\n")
    write_text(path, "\n".join(blocks))


def _vtt_blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The blocks that are cues, each with the number of its first line.

    Only an empty line ends a block: captions from YouTube have lines of a single space in cues.
    """
    for number, block in _blocks(lines[1:], first=2, ends=lambda line: not line):
        if any("-->" in line for line in block) and not _NOT_CUES.match(block[0]):
            yield number, block


def _srt_blocks(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The cues, each with the number of its first line.

    SubRip has no rule for empty lines in a text or after the number. A block without a timing
    belongs to the cue before it; a number alone belongs to the cue after it.
    """
    known: tuple[int, list[str]] | None = None
    for number, block in _blocks(lines, first=1, ends=lambda line: not line.strip()):
        starts = any("-->" in line for line in block[:2])
        if starts or known is None:
            if known is not None:
                yield known
            if not starts and _is_number(block):
                continue
            known = number, block
        elif any(_TIMELIKE.match(line) for line in block[:2]):
            place = 0 if _TIMELIKE.match(block[0]) else 1
            raise _no_timing(path, number + place, block[place])
        elif not _is_number(block):
            known[1].extend(block)
    if known is not None:
        yield known


def _is_number(block: Sequence[str]) -> bool:
    return len(block) == 1 and block[0].strip().isdecimal()


def _blocks(
    lines: Sequence[str], *, first: int, ends: Callable[[str], bool]
) -> Iterator[tuple[int, list[str]]]:
    """Blocks of lines between those for which `ends` holds, with the number of the first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if not ends(line):
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(path: Path, number: int, block: list[str], *, is_vtt: bool) -> Cue:
    # A line before the timing is a number or a name.
    place = 1 if "-->" not in block[0] and len(block) > 1 else 0
    match = _TIMING.match(block[place]) or (None if is_vtt else _SRT_TIMING.match(block[place]))
    if match is None:
        raise _no_timing(path, number + place, block[place])
    start, end = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if end < start:
        raise CollectionError(
            f"{path}, line {number + place}: the caption ends at {end:g} s, before it starts "
            f"at {start:g} s."
        )
    text = "\n".join(line.strip() for line in block[place + 1 :] if line.strip())
    plain = html.unescape(_VTT_TAG.sub("", text)) if is_vtt else _SRT_TAG.sub("", text)
    return Cue(start, end, plain)


def _no_timing(path: Path, number: int, line: str) -> CollectionError:
    return CollectionError(
        f"{path}, line {number}: `{line.strip()}` is not a timing; write it like "
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
