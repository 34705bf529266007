"""WebVTT: subtitles, chapters and exports of annotation programs, one file per video."""

from collections.abc import Sequence
from pathlib import Path

from inphase.data.captions import read_captions
from inphase.data.formats.marks import Marks, Mistake, MistakeError, Segment, boundaries
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc


def read_webvtt(
    source: str | Path, *, events: Sequence[str] | None = None, instants: bool = False
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read a .vtt file, or all those in a folder; each has the name of its video.

    Args:
        source: `NAME.vtt` for the video `NAME`, or a folder, searched with its subfolders.
        events: names of the events between cues; by default the text of the next cue.
        instants: whether each cue is an instant, at its start, rather than a segment.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: there is no .vtt file, or one cannot be read or is not WebVTT.
    """
    source = Path(source)
    files = sorted(source.rglob("*.vtt")) if source.is_dir() else [source]
    if not files:
        raise CollectionError(f"{source} contains no .vtt files.")
    marks, mistakes = {}, []
    for file in files:
        video = file.stem
        try:
            cues = _segments(file)
            if instants:
                found: dict[str, float] = {}
                for cue in cues:
                    if cue.label in found:
                        raise MistakeError(f"event `{cue.label}` is marked twice.")
                    found[cue.label] = cue.start
            else:
                found = boundaries(cues, names=events)
            marks[video] = Marks(found)
        except CollectionError as mistake:
            # One bad file in a folder is a mistake of its own video, not of all.
            if file is source and not isinstance(mistake, MistakeError):
                raise
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _segments(file: Path) -> list[Segment]:
    segments = []
    for cue in read_captions(file):
        label = nfc(" ".join(cue.text.split()))
        if not label:
            raise MistakeError(f"the cue at {cue.start:g} s of {file.name} has no text.")
        segments.append(Segment(cue.start, cue.end, label))
    return segments
