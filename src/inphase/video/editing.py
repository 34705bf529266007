"""What editing programs go by: a video's nominal frame rate, and its time code."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from inphase.errors import VideoError
from inphase.video.opening import opened, video_stream
from inphase.video.span import find_span

_TIME_CODE = "timecode"


@dataclass(frozen=True)
class EditingFacts:
    """What a file declares for editing programs.

    Attributes:
        rate: nominal frames per second; None if the file declares none.
        time_code: of its first frame, as `01:00:00:00`, or `01:00:00;00` for drop frame; None
            without one.
    """

    rate: Fraction | None = None
    time_code: str | None = None


def editing_facts(path: str | Path) -> EditingFacts:
    """Read the nominal frame rate and the time code of a file; a folder of images has neither.

    Raises:
        VideoError: the file is not a readable video.
    """
    path = Path(path)
    if path.is_dir():
        return EditingFacts()
    if find_span(path) is not None:
        raise VideoError(f"{path} is a span; a file for editing programs needs the whole video.")
    with opened(path) as container:
        stream = video_stream(container, path)
        told = [stream.metadata, container.metadata, *(one.metadata for one in container.streams)]
        codes = (value for tags in told for key, value in tags.items() if key.lower() == _TIME_CODE)
        try:
            rate = stream.guessed_rate or stream.base_rate
        except (ValueError, ZeroDivisionError) as error:
            raise VideoError(f"{path} declares no usable frame rate.") from error
        return EditingFacts(rate if rate and rate > 0 else None, next(codes, None))
