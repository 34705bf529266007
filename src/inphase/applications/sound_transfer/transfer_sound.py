"""Sound transfer: give a silent video the sound of other videos of the same action.

Source: Dwibedi et al., "Temporal Cycle-Consistency Learning", CVPR 2019, supplement, section 2.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from inphase.alignment import AlignmentOptions
from inphase.applications.sound_transfer.joining import Cut, concatenate, overlap_add
from inphase.applications.sound_transfer.loudness import equally_loud
from inphase.applications.sound_transfer.matching import (
    aligned_blocks,
    best_sources,
    nearest_blocks,
    played_on,
)
from inphase.applications.sound_transfer.result import SoundBlock, SoundTransfer
from inphase.errors import AlignmentError, Skipped, VideoError, hint
from inphase.models import EmbeddedVideo, Embeddings
from inphase.progress import progress_bar
from inphase.video import Audio, probe, read_audio
from inphase.video.sound_file import SoundFile
from inphase.video.unicode_forms import find_name

BLOCK = 5
"""Default number of frames whose sound is copied in one piece."""

# Two or three periods of the lowest voice or tone, and the largest distance between two pitches.
_OVERLAP_SECONDS, _SEARCH_SECONDS = 0.03, 0.02
# How far ahead a source plays while the target waits, and how far behind it then goes back.
_DRIFT_SECONDS = 0.25
# A change of source costs as much as this many seconds of blocks.
_CHANGE_SECONDS = 1.0


def transfer_sound(
    embeddings: Embeddings | Sequence[EmbeddedVideo],
    *,
    target: str | None = None,
    block: int = BLOCK,
    paper: bool = False,
    options: AlignmentOptions = AlignmentOptions(),
    console: Console | None = None,
) -> SoundTransfer:
    """Give a video the sound of other videos.

    The target is cut into blocks of frames. By default, each source is aligned with it by dynamic
    time warping, so that the sound keeps its order. Each run of blocks uses the best source; a
    change of source has a cost. While the target waits, the sound around that moment plays on
    (`matching.played_on`). The sources are brought to the same loudness, and the blocks are joined
    without clicks (`joining.overlap_add`).

    Args:
        embeddings: of the target and the sources (all other videos); their files hold the sound.
        target: name of the video that receives the sound; by default the first.
        block: number of target frames whose sound is copied in one piece, at least 1.
        paper: do exactly what the supplement does: average the embeddings over the frames of a
            block, take the sound of the nearest average of the same duration in any source, and
            concatenate the blocks.
        options: of each alignment; with `paper`, only `distance`.
        console: where a progress bar goes; by default nowhere.

    Raises:
        AlignmentError: the target is not among the videos, there is no source, or an option is
            out of range.
        VideoError: the target cannot be read, or no source has sound.
    """
    videos = list(embeddings)
    names = [video.name for video in videos]
    target = target if target is not None or not names else names[0]
    target = target and (find_name(names, target) or target)
    if target not in names:
        raise AlignmentError(
            f"The target {target} is not among the videos; {hint(str(target), names)}"
        )
    if block < 1:
        raise AlignmentError(f"A block must have at least one frame, not {block}.")
    silent = videos[names.index(target)]
    sources, sounds, skipped = _with_sound([video for video in videos if video is not silent])
    edges = np.append(silent.times[::block], probe(silent.path).duration)
    edges[0] = 0.0
    match = nearest_blocks if paper else aligned_blocks
    starts, distances = [], []
    with progress_bar("Matching", len(sources), console=console) as bar:
        for source in sources:
            start, distance = match(silent, source, edges, block, options)
            starts.append(start)
            distances.append(distance)
            bar.advance(1)
    costs = np.stack(distances)
    chosen = (
        costs.argmin(axis=0)
        if paper
        else best_sources(costs, _CHANGE_SECONDS * len(edges) / edges[-1])
    )
    nobody = ~np.isfinite(costs[chosen, np.arange(len(chosen))])
    begins = np.stack(starts)[chosen, np.arange(len(chosen))]
    if not paper:
        begins = played_on(
            begins,
            edges,
            chosen=np.where(nobody, -1, chosen),
            durations=[sound.duration for sound in sounds],
            drift=_DRIFT_SECONDS,
        )
        sounds = equally_loud(sounds)
    blocks = tuple(
        SoundBlock(
            start=float(edges[index]),
            end=float(edges[index + 1]),
            source=None if nobody[index] else sources[who].name,
            source_start=float(begins[index]),
            distance=float("nan") if nobody[index] else float(costs[who, index]),
        )
        for index, who in enumerate(chosen)
    )
    audio = _joined(blocks, [source.name for source in sources], sounds, plain=paper)
    return SoundTransfer(silent, tuple(sources), blocks, audio, tuple(skipped))


def check_sources(videos: Iterable[Path]) -> None:
    """Refuse sources without any sound, before they are embedded.

    Raises:
        VideoError: none has sound, or none can be read.
    """
    reasons = []
    for video in videos:
        try:
            SoundFile.open(video)
            return
        except VideoError as error:
            reasons.append(str(error))
    raise _no_sound(reasons)


def _with_sound(
    videos: Sequence[EmbeddedVideo],
) -> tuple[list[EmbeddedVideo], list[Audio], list[Skipped]]:
    """The videos that have sound, their sounds at one rate and number of channels, and the rest."""
    if not videos:
        raise AlignmentError("Sound transfer needs at least one other video that has sound.")
    heard, sounds, skipped = [], [], []
    for video in videos:
        try:
            sounds.append(read_audio(video.path))
            heard.append(video)
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
    if not sounds:
        raise _no_sound([one.reason for one in skipped])
    rate = max(sound.rate for sound in sounds)
    channels = min(2, max(sound.channels for sound in sounds))
    return heard, [_with_channels(sound.resampled(rate), channels) for sound in sounds], skipped


def _no_sound(reasons: Sequence[str]) -> VideoError:
    if len(reasons) == 1:
        return VideoError(reasons[0])
    return VideoError(f"None of the sources has readable sound; the first: {reasons[0]}")


def _with_channels(sound: Audio, channels: int) -> Audio:
    if sound.channels == channels:
        return sound
    mono = sound.samples.mean(axis=1, keepdims=True, dtype=np.float32)
    return Audio(np.repeat(mono, channels, axis=1), sound.rate)


def _joined(
    blocks: Sequence[SoundBlock], names: Sequence[str], sounds: Sequence[Audio], *, plain: bool
) -> Audio:
    rate = sounds[0].rate
    cuts = []
    for block in blocks:
        begin, end = round(block.start * rate), round(block.end * rate)
        who = None if block.source is None else names.index(block.source)
        cuts.append(Cut(who, round(block.source_start * rate), end - begin))
    samples = [sound.samples for sound in sounds]
    if plain:
        return Audio(concatenate(samples, cuts), rate)
    overlap, search = round(_OVERLAP_SECONDS * rate), round(_SEARCH_SECONDS * rate)
    return Audio(overlap_add(samples, cuts, overlap=overlap, search=search), rate)
