"""Sound transfer: the right sound at the right time, without clicks, beside untouched pictures."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import medfilt, stft
from scipy.stats import spearmanr

from inphase.applications import SoundTransfer, transfer_sound
from inphase.data import Collection, read_truth
from inphase.data.synthetic_pouring import EVENTS
from inphase.errors import AlignmentError, OutputError, VideoError
from inphase.models import EmbeddedVideo
from inphase.video import Audio, VideoWriter, probe, read_audio, write_audio

# The states between which liquid certainly falls into the glass.
POURS = (EVENTS["stream_starts"] + 0.04, EVENTS["stream_ends"])


@pytest.fixture(scope="module")
def embedded(pouring: Collection) -> list[EmbeddedVideo]:
    """Perfect embeddings: the known state of every frame."""
    truth = read_truth(Path(pouring.source).parent)
    return [
        EmbeddedVideo(
            video.name,
            video.path,
            probe(video.path).times,
            truth[video.name][1].astype(np.float32)[:, None],
        )
        for video in pouring
    ]


def _resonance(audio: Audio) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds, and the loudest frequency of 100 ms around them, in hertz."""
    wave = audio.samples.mean(axis=1)
    window, step = round(0.1 * audio.rate), round(0.01 * audio.rate)
    frequencies, times, spectrum = stft(
        wave, audio.rate, nperseg=window // 4, noverlap=window // 4 - step, nfft=window,
        padded=False,
    )  # fmt: skip
    power = np.abs(spectrum) ** 2
    smooth = np.stack([np.convolve(row, np.ones(10), mode="same") for row in power])
    band = (frequencies > 400) & (frequencies < 2600)
    # Noise makes a harmonic the loudest for a moment, now and then.
    return times, medfilt(frequencies[band][smooth[band].argmax(axis=0)], 9)


def _rank_correlation(result: SoundTransfer) -> float:
    """Between the sound's resonance and the level: liquid rises evenly with the state."""
    times, hertz = _resonance(result.audio)
    state = np.interp(times, result.target.times, result.target.embeddings[:, 0])
    pours = (state > POURS[0]) & (state < POURS[1])
    return float(spearmanr(hertz[pours], state[pours]).statistic)


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


def _clicks(audio: Audio, edges: list[float]) -> list[float]:
    """Energy of the second difference at each edge, beyond that of the sound around it."""
    bend = np.diff(audio.samples.mean(axis=1, dtype=np.float64), 2) ** 2
    excess = []
    for edge in (round(seconds * audio.rate) for seconds in edges):
        around = np.concatenate([bend[edge - 2000 : edge - 1000], bend[edge + 1000 : edge + 2000]])
        if edge + 2000 < len(bend) and around.mean() > 1e-6:  # where there is sound
            excess.append(float(bend[edge - 2 : edge].mean() - around.mean()))
    return excess


def test_clicks_are_20_db_below_plain_concatenation(embedded: list[EmbeddedVideo]) -> None:
    plain, joined = [], []
    for target, source in permutations(embedded, 2):
        result = transfer_sound([target, source])
        edges = [block.start for block in result.blocks[1:]]
        sound = read_audio(source.path)
        pieces = [
            sound.cut(block.source_start, block.source_start + block.end - block.start).samples
            for block in result.blocks
        ]
        plain += _clicks(Audio(np.concatenate(pieces), sound.rate), edges)
        joined += _clicks(result.audio, edges)
    assert len(joined) > 60
    assert np.mean(joined) <= np.mean(plain) / 100


def test_the_best_source_is_taken_for_each_segment(embedded: list[EmbeddedVideo]) -> None:
    target, early, late = embedded[0], embedded[1], embedded[2]
    middle = 0.5
    # Each knows only one half of the action; the rest of it looks like nothing else.
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
    result = transfer_sound([long, part], open_begin=True, open_end=True)
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
        transfer_sound(embedded, paper=True, window=3)
    with pytest.raises(AlignmentError, match="distance must be one of"):
        transfer_sound(embedded, paper=True, distance="taxi")


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
