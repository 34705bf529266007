"""WebVTT: subtitles, chapters and the exports of annotation programs, one file a video."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from inphase.data.formats.marks import Marks, Mistake, MistakeError, Segment, boundaries
from inphase.errors import CollectionError

_TIME = r"(?:(\d+):)?([0-5]?\d):([0-5]?\d[.,]\d{1,3})"
_CUE = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}")


def read_webvtt(
    source: str | Path, *, events: Sequence[str] | None = None, instants: bool = False
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read a .vtt file, or all those in a folder; each is named as its video.

    Args:
        source: ``NAME.vtt`` for the video ``NAME``, or a folder that is searched with its
            subfolders.
        events: names of the events between cues; by default the text of the cue that begins there.
        instants: each cue is an instant, at its start, rather than a segment.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: there is no .vtt file, or one cannot be read or is not WebVTT.
    """
    source = Path(source)
    files = sorted(source.rglob("*.vtt")) if source.is_dir() else [source]
    if not files:
        raise CollectionError(f"{source} holds no .vtt file.")
    marks, mistakes = {}, []
    for file in files:
        video = file.stem
        try:
            cues = list(_cues(file))
            if not cues:
                raise MistakeError(f"{file.name} has no cues.")
            if instants:
                found: dict[str, float] = {}
                for cue in cues:
                    if cue.label in found:
                        raise MistakeError(f"event `{cue.label}` stands there twice.")
                    found[cue.label] = cue.start
            else:
                found = boundaries(cues, names=events)
            marks[video] = Marks(found)
        except MistakeError as mistake:
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _cues(file: Path) -> Iterator[Segment]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CollectionError(f"{file} does not exist.") from error
    except OSError as error:
        raise CollectionError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CollectionError(f"{file} is not a WebVTT file: it is not UTF-8 text.") from error
    if not text.startswith("WEBVTT"):
        raise CollectionError(f"{file} is not a WebVTT file: it does not begin with WEBVTT.")
    for block in re.split(r"\r?\n[ \t]*\r?\n", text):
        lines = block.strip().splitlines()
        # A cue may have a name on a line before its times.
        for index, line in enumerate(lines[:2]):
            match = _CUE.match(line)
            if match:
                start, end = _seconds(match.groups()[:3]), _seconds(match.groups()[3:])
                label = re.sub(r"<[^>]*>", "", " ".join(lines[index + 1 :])).strip()
                if not label:
                    raise MistakeError(f"the cue at {start:g} s of {file.name} has no text.")
                yield Segment(start, end, label)
                break


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60
    return whole + float((seconds or "0").replace(",", "."))
