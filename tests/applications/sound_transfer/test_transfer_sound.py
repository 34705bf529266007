"""Sound transfer: the right sound at the right time, without clicks, and unchanged pictures."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt, stft
from scipy.stats import spearmanr

from inphase.alignment import AlignmentOptions
from inphase.applications.sound_transfer.result import SoundTransfer
from inphase.applications.sound_transfer.transfer_sound import check_sources, transfer_sound
from inphase.errors import AlignmentError, OutputError, VideoError
from inphase.models import EmbeddedVideo
from inphase.synthetic.pouring import EVENTS
from inphase.video import Audio, VideoWriter, probe, read_audio, write_audio
from tests.video.odd_sounds import encode_with_sound, tone

# The states between which liquid certainly falls into the glass.
POURS = (EVENTS["stream_starts"] + 0.04, EVENTS["stream_ends"])


def _resonance(audio: Audio) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds, and the frequency in hertz that is loudest in the 200 ms around them.

    Loudest over a tenth of its height, as wide as a resonance is: a single bin of noise is random.
    """
    wave = audio.resampled(16_000).samples.mean(axis=1)
    hertz, times, spectrum = stft(wave, 16_000, nperseg=800, noverlap=640, nfft=3200)
    power = uniform_filter1d(np.abs(spectrum) ** 2, 20, axis=1)
    band = np.geomspace(400, 2600, 200)
    power = np.stack([np.interp(band, hertz, column) for column in power.T])
    return times, band[uniform_filter1d(power, 11, axis=1).argmax(axis=1)]


def _rank_correlation(result: SoundTransfer) -> float:
    """Between the sound's loudest frequency and the target's true level, while it pours.

    The level rises evenly with the state; no more than the sound that was given is looked at.
    """
    times, hertz = _resonance(result.audio)
    state = np.interp(times, result.target.times, result.target.embeddings[:, 0])
    pours = (state > POURS[0]) & (state < POURS[1])
    return float(spearmanr(hertz[pours], state[pours]).statistic)


def test_while_the_target_waits_its_sound_stays_within_a_quarter_of_a_second(
    embedded: list[EmbeddedVideo],
) -> None:
    source, target = embedded[0], embedded[1]
    frames = len(target.times)
    # To 0.4 in a quarter of the video, then a wait for half of it, then on to the end.
    state = np.interp(np.linspace(0, 1, frames), [0, 0.25, 0.75, 1], [0, 0.4, 0.4, 1])
    waiting = replace(target, embeddings=state.astype(np.float32)[:, None])
    result = transfer_sound([waiting, source], block=1)
    moment = np.interp(0.4, source.embeddings[:, 0], source.times)
    inside = [
        block.source_start - moment
        for block in result.blocks
        if target.times[frames // 4 + 2] < block.start < target.times[3 * frames // 4 - 2]
    ]
    assert len(inside) * 1 / 12 > 0.8  # seconds: long enough to drift away
    assert 0.15 < max(inside) < 0.25 + 1.5 / 12
    assert min(inside) > -0.25 - 1.5 / 12


@pytest.mark.parametrize("number", range(6))
def test_the_resonance_rises_with_the_targets_level(
    embedded: list[EmbeddedVideo], number: int
) -> None:
    source = embedded[(number + 1) % 6]
    result = transfer_sound([embedded[number], source])
    assert _rank_correlation(result) >= 0.95


@pytest.mark.parametrize("paper", [False, True])
def test_the_sound_is_as_long_as_the_target_and_from_the_same_state(
    embedded: list[EmbeddedVideo], paper: bool
) -> None:
    result = transfer_sound(embedded, target="pouring_002", paper=paper)
    target = result.target
    assert target.name == "pouring_002"
    assert result.audio.duration == pytest.approx(probe(target.path).duration, abs=1e-3)
    assert [block.end for block in result.blocks[:-1]] == [b.start for b in result.blocks[1:]]
    states = {source.name: source for source in result.sources}
    for block in result.blocks[:-1]:
        assert block.source is not None
        source = states[block.source]
        middle = (block.end - block.start) / 2
        there = np.interp(block.source_start + middle, source.times, source.embeddings[:, 0])
        here = np.interp(block.start + middle, target.times, target.embeddings[:, 0])
        assert abs(there - here) < 0.05


def test_the_papers_way_matches_a_brute_force_search(embedded: list[EmbeddedVideo]) -> None:
    target, sources = embedded[0], embedded[1:3]
    result = transfer_sound([target, *sources], block=4, paper=True)
    whole = len(target.times) // 4
    sounds = [read_audio(source.path) for source in sources]
    for index, block in list(enumerate(result.blocks))[:whole]:
        average = target.embeddings[4 * index : 4 * index + 4].mean()
        found = min(
            (float((source.embeddings[at : at + 4].mean() - average) ** 2), number, at)
            for number, source in enumerate(sources)
            for at in range(len(source.times) - 3)
        )
        assert block.distance == pytest.approx(found[0], abs=1e-8)
        assert block.source == sources[found[1]].name
        assert block.source_start == pytest.approx(sources[found[1]].times[found[2]])
        here = result.audio.cut(block.start, block.end).samples
        first = round(block.source_start * result.audio.rate)
        there = sounds[found[1]].samples[first : first + len(here)]
        np.testing.assert_array_equal(here[: len(there)], there)


def _tone(seconds: float, hertz: float) -> Audio:
    """A tone that glides up by an octave and a half; it has nothing above 3 kHz."""
    phase = (
        2 * np.pi * np.cumsum(hertz * 2 ** np.linspace(0, 1.5, round(seconds * 48_000))) / 48_000
    )
    return Audio((0.3 * np.sin(phase)).astype(np.float32)[:, None], 48_000)


def _clicks(audio: Audio, edges: list[float]) -> float:
    """Mean power above 8 kHz within 5 ms of the edges: of tones, all of it comes from joining."""
    highpass = butter(8, 8000, "highpass", fs=audio.rate, output="sos")
    above = sosfiltfilt(highpass, audio.samples[:, 0].astype(np.float64)) ** 2
    around = round(0.005 * audio.rate)
    places = [round(edge * audio.rate) for edge in edges]
    return float(np.mean([above[max(0, at - around) : at + around].mean() for at in places]))


def test_clicks_are_20_db_below_plain_concatenation(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    tones = []
    for index, video in enumerate(embedded[1:4]):
        write_audio(tmp_path / f"{index}.wav", _tone(video.times[-1] + 0.1, 500 + 60 * index))
        tones.append(replace(video, path=tmp_path / f"{index}.wav"))
    untouched = _clicks(_tone(3.0, 500), [0.5, 1.0, 1.5, 2.0])
    result = transfer_sound([embedded[0], *tones])
    edges = [block.start for block in result.blocks[1:]]
    sounds = {source.name: read_audio(source.path) for source in result.sources}
    pieces = []
    for block in result.blocks:
        assert block.source is not None
        end = block.source_start + block.end - block.start
        pieces.append(sounds[block.source].cut(block.source_start, end).samples)
    plain = _clicks(Audio(np.concatenate(pieces), result.audio.rate), edges)
    # The measure itself is much finer than what is asked for.
    assert untouched < plain / 10_000
    assert _clicks(result.audio, edges) < plain / 100


def test_the_best_source_is_taken_for_each_segment(embedded: list[EmbeddedVideo]) -> None:
    target, early, late = embedded[0], embedded[1], embedded[2]
    middle = 0.5
    # Each knows only half of the action; the rest of it looks like nothing else.
    early = replace(early, embeddings=np.where(early.embeddings < middle, early.embeddings, 5.0))
    late = replace(late, embeddings=np.where(late.embeddings >= middle, late.embeddings, -5.0))
    result = transfer_sound([target, early, late])
    used = [block.source for block in result.blocks]
    switch = used.index(late.name)
    assert used == [early.name] * switch + [late.name] * (len(used) - switch)
    state = np.interp(result.blocks[switch].start, target.times, target.embeddings[:, 0])
    assert abs(state - middle) < 0.15


def _packets(path: Path, kind: str) -> list[tuple[bytes, float]]:
    with av.open(str(path)) as container:
        stream = container.streams.get({kind: 0})[0]
        return [
            (bytes(packet), float(packet.pts * packet.time_base))
            for packet in container.demux(stream)
            if packet.size and packet.pts is not None and packet.time_base is not None
        ]


def test_the_pictures_are_copied_and_the_sound_starts_with_them(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    result = transfer_sound(embedded[:2])
    result.save(tmp_path / "out.mp4")
    copied, own = (_packets(path, "video") for path in (tmp_path / "out.mp4", embedded[0].path))
    assert [data for data, _ in copied] == [data for data, _ in own]
    np.testing.assert_allclose([t for _, t in copied], [t for _, t in own], atol=1e-4)
    np.testing.assert_allclose(probe(tmp_path / "out.mp4").times, embedded[0].times, atol=1e-4)
    heard = read_audio(tmp_path / "out.mp4").samples[:, 0]
    wanted = result.audio.samples[:, 0]
    # MP4 states the end in milliseconds.
    assert abs(len(heard) - len(wanted)) <= 0.001 * result.audio.rate
    count = min(len(heard), len(wanted))
    assert np.corrcoef(heard[:count], wanted[:count])[0, 1] > 0.9


def test_a_target_in_a_codec_that_mp4_cannot_hold_is_refused(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    path = tmp_path / "old.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("huffyuv", rate=12)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv422p"
        for _ in range(12):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv422p")))
        container.mux(stream.encode(None))
    old = EmbeddedVideo("old", path, np.arange(12) / 12, np.zeros((12, 1), dtype=np.float32))
    result = transfer_sound([old, embedded[1]])
    with pytest.raises(OutputError, match=r"huffyuv.*\.wav"):
        result.save(tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == [path]


def test_wav_holds_the_sound(embedded: list[EmbeddedVideo], tmp_path: Path) -> None:
    result = transfer_sound(embedded[:2])
    result.save(tmp_path / "out.wav")
    np.testing.assert_allclose(
        read_audio(tmp_path / "out.wav").samples, result.audio.samples, atol=1e-4
    )


def test_sources_of_different_rates_and_channels_share_one_sound(
    embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    low = read_audio(embedded[1].path).resampled(22_050)
    write_audio(tmp_path / "low.wav", Audio(np.repeat(low.samples, 2, axis=1), low.rate))
    stereo = replace(embedded[1], path=tmp_path / "low.wav")
    result = transfer_sound([embedded[0], stereo, embedded[2]])
    assert (result.audio.rate, result.audio.channels) == (48_000, 2)
    assert _rank_correlation(transfer_sound([embedded[0], stereo])) >= 0.95


def test_other_frame_rates_and_lengths_are_no_hindrance(embedded: list[EmbeddedVideo]) -> None:
    target = embedded[0]
    half = replace(
        embedded[1], times=embedded[1].times[::2], embeddings=embedded[1].embeddings[::2]
    )
    for paper in (False, True):
        result = transfer_sound([target, half], paper=paper)
        assert result.audio.duration == pytest.approx(probe(target.path).duration, abs=1e-3)
    assert _rank_correlation(transfer_sound([target, half])) >= 0.9


@pytest.fixture
def mute(tmp_path: Path) -> EmbeddedVideo:
    with VideoWriter(tmp_path / "mute.mp4", fps=12, size=(32, 32)) as writer:
        for _ in range(12):
            writer.write(np.zeros((32, 32, 3), dtype=np.uint8))
    return EmbeddedVideo(
        "mute", tmp_path / "mute.mp4", np.arange(12) / 12, np.zeros((12, 1), dtype=np.float32)
    )


@pytest.mark.parametrize(("gain", "changes"), [(0.8, 0), (1.25, 1)])
def test_another_source_must_be_better_by_a_second_of_sound(
    embedded: list[EmbeddedVideo], gain: float, changes: int
) -> None:
    """One fits the first half of the video, the other the second."""
    target, *others = embedded[:3]
    seconds = probe(target.path).duration
    # Fitting, a source is at distance 1, elsewhere at 1 + worse. Half of the video is won by a
    # change, at the price of a second of the mean of both.
    worse = gain * 2 / (seconds - 1)
    state, first = 100 * target.embeddings, np.arange(len(target.times)) < len(target.times) / 2

    def aside(far: NDArray[np.float64]) -> NDArray[np.float32]:
        return np.concatenate([state, far[:, None]], axis=1).astype(np.float32)

    videos = [replace(target, embeddings=aside(np.zeros(len(state))))] + [
        replace(
            other,
            times=target.times,
            embeddings=aside(np.sqrt(np.where(fits, 1, 1 + worse))),
        )
        for other, fits in zip(others, (first, ~first), strict=True)
    ]
    heard = [block.source for block in transfer_sound(videos, block=1).blocks]
    assert sum(one != after for one, after in pairwise(heard)) == changes


def test_a_source_without_sound_is_passed_over_and_alone_refused(
    embedded: list[EmbeddedVideo], mute: EmbeddedVideo
) -> None:
    result = transfer_sound([embedded[0], mute, embedded[1]])
    assert [one.name for one in result.skipped] == ["mute"]
    assert [source.name for source in result.sources] == ["pouring_001"]
    with pytest.raises(VideoError, match=r"mute\.mp4 has no sound"):
        transfer_sound([embedded[0], mute])


def test_what_an_open_alignment_leaves_out_is_silent(embedded: list[EmbeddedVideo]) -> None:
    long, short = embedded[0], embedded[1]
    keep = slice(len(short.times) // 3, 2 * len(short.times) // 3)
    part = replace(short, times=short.times[keep], embeddings=short.embeddings[keep])
    result = transfer_sound([long, part], options=AlignmentOptions(open_begin=True, open_end=True))
    first = result.blocks[0]
    assert first.source is None
    assert result.to_dict()["blocks"][0]["source_start"] is None
    assert not result.audio.cut(first.start, first.end - 0.001).samples.any()


def test_wrong_options_get_one_sentence(embedded: list[EmbeddedVideo]) -> None:
    with pytest.raises(AlignmentError, match="did you mean pouring_003"):
        transfer_sound(embedded, target="pourin_003")
    with pytest.raises(AlignmentError, match="at least one other"):
        transfer_sound(embedded[:1])
    with pytest.raises(AlignmentError, match="at least one frame"):
        transfer_sound(embedded, block=0)
    with pytest.raises(AlignmentError, match="leave out window"):
        transfer_sound(embedded, paper=True, options=AlignmentOptions(window=3))
    with pytest.raises(AlignmentError, match="distance must be one of"):
        transfer_sound(embedded, paper=True, options=AlignmentOptions(distance="taxi"))  # type: ignore[arg-type]


def test_no_video_is_ever_overwritten(embedded: list[EmbeddedVideo], tmp_path: Path) -> None:
    moved = []
    for video in embedded[:2]:
        path = tmp_path / video.path.name
        path.write_bytes(video.path.read_bytes())
        moved.append(replace(video, path=path))
    (tmp_path / "link.mp4").symlink_to(moved[1].path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    result = transfer_sound(moved)
    for taken in (*(video.path for video in moved), tmp_path / "link.mp4"):
        with pytest.raises(OutputError, match="would be lost"):
            result.save(taken)
    with pytest.raises(OutputError, match=r"\.mp4 or \.wav"):
        result.save(tmp_path / "out.avi")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_sources_whose_sound_starts_days_away_are_refused_before_the_work(tmp_path: Path) -> None:
    path = encode_with_sound(tmp_path / "late.mkv", [tone()] * 2, starts=(4e5,))
    with pytest.raises(VideoError, match="400000 seconds away from the pictures"):
        check_sources([path])
