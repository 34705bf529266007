"""Small whole inputs of every kind, to be broken."""

import json
import os
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image

from inphase.cli import main

_RATE = 12
_SIZE = (48, 32)  # width, height
_FRAMES = 15
_SOUND = 8000
_NAMES = "abcd"
_EVENTS = ("rise", "fall")
# What each container holds: picture, its pixels, sound, options.
_CONTAINERS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "clip.mp4": ("libx264", "yuv420p", "aac", {}),
    "fragments.mp4": ("libx264", "yuv420p", "aac", {"movflags": "frag_keyframe+empty_moov"}),
    "clip.mkv": ("libx264", "yuv420p", "flac", {}),
    "clip.avi": ("mpeg4", "yuv420p", "pcm_s16le", {}),
    "clip.webm": ("libvpx", "yuv420p", "libopus", {}),
    "clip.mov": ("mjpeg", "yuvj420p", "pcm_s16le", {}),
    "clip.ts": ("mpeg2video", "yuv420p", "mp2", {}),
    "clip.gif": ("gif", "rgb8", "", {}),
}
TRAINING = (
    "--set steps=2 --set checkpoint_every=1 --set encoder.image_size=32 --set encoder.pool=2 "
    "--set encoder.conv_width=2 --set encoder.fc_width=2 --set encoder.embedding_size=4 "
    "--set encoder.context_gap=0.25 --set videos_per_batch=2 --set frames_per_clip=4 "
    "--set augmented_copies=0 --set fps=6 --set precision=float32"
)


@dataclass(frozen=True)
class Seeds:
    """Where the whole inputs are."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


def make_seeds(folder: Path) -> None:
    """Make one of each kind. The same call makes the same files, but for a store's random names."""
    folder.mkdir(parents=True)
    for name, (codec, pixels, sound, options) in _CONTAINERS.items():
        _encode(folder / name, codec, pixels, sound, options)
    (folder / "videos").mkdir()
    for number, name in enumerate(_NAMES):
        _encode(folder / f"videos/{name}.mp4", *_CONTAINERS["clip.mp4"], number=number)
    _encode(folder / "clip.wav", "", "", "pcm_s16le", {})
    (folder / "images").mkdir()
    for number in range(5):
        Image.fromarray(_picture(number)).save(folder / "images" / f"{number:03}.png")
    _write_texts(folder)
    _write_folders(folder)


def _picture(number: int, phase: float = 0) -> Any:
    """A square that goes across a gradient."""
    width, height = _SIZE
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = np.linspace(40, 160, width, dtype=np.uint8)[None, :, None]
    left = round((width - 10) * (number + phase) / (_FRAMES + 1))
    picture[8:20, left : left + 10] = (230, 200, 30)
    return picture


def _encode(
    path: Path, codec: str, pixels: str, sound: str, options: dict[str, str], *, number: int = 0
) -> None:
    flags = {"fflags": "+bitexact", **options}
    with av.open(str(path), "w", options=flags) as container:
        video: VideoStream | None = None
        audio: AudioStream | None = None
        rate = 48000 if sound in ("libopus", "mp2") else _SOUND
        if codec:
            # With one thread, the same bytes each time.
            stream = container.add_stream(codec, _RATE, options={"threads": "1", "g": "5"})
            assert isinstance(stream, VideoStream)
            video = stream
            video.width, video.height = _SIZE
            video.pix_fmt = pixels
        if sound:
            track = container.add_stream(sound, rate)
            assert isinstance(track, AudioStream)
            audio = track
            audio.layout = "mono"
        if video is not None:
            for index in range(_FRAMES):
                frame = av.VideoFrame.from_ndarray(_picture(index, number / 3), format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, _RATE)
                container.mux(video.encode(frame))
            container.mux(video.encode())
        if audio is not None:
            times = np.arange(rate * _FRAMES // _RATE) / rate
            tone = np.sin(times * (300 + 40 * number + 300 * times)) * 8000
            wave = av.AudioFrame.from_ndarray(tone.astype(np.int16)[None], "s16", "mono")
            wave.sample_rate, wave.pts = rate, 0
            container.mux(audio.encode(wave))
            container.mux(audio.encode())


def _write_texts(folder: Path) -> None:
    entries = {
        name: {
            "file": f"videos/{name}.mp4",
            "fps": _RATE,
            "frames": _FRAMES,
            "split": "train" if number < 2 else "test",
            "group": name,
            "events": {"rise": 4 + number, "fall": 9 + number},
        }
        for number, name in enumerate(_NAMES)
    }
    labels = {"events": _EVENTS, "videos": entries}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1))
    spans = {"0": [0, 400_000], "1": [400_000, 900_000], "2": [900_000, 1_200_000]}
    told = {name: {"anna": spans, "ben": spans} for name in _NAMES}
    (folder / "segments.json").write_text(json.dumps(told))
    marks = (("rise", 4), ("fall", 9))
    rows = [f"{name},{event},{frame}" for name in _NAMES for event, frame in marks]
    _lines(folder / "events.csv", "video,event,frame", *rows)
    rows = [f"{name},0.1,0.5,rise\n{name},0.5,1.0,fall" for name in _NAMES]
    _lines(folder / "spans.csv", "video,start,end,label", *rows)
    rows = [f"{time / 20:.2f},{time % 7},{time * 1.5}" for time in range(22)]
    _lines(folder / "sensor/a.csv", "time,force,angle", *rows)
    for name in _NAMES:  # labels may lie next to their videos
        (folder / f"{name}.mp4").symlink_to(folder / f"videos/{name}.mp4")
    _lines(
        folder / "captions/a.vtt",
        "WEBVTT",
        "",
        "00:00:00.100 --> 00:00:00.500",
        "Rise",
        "",
        "00:00:00.500 --> 00:00:01.000",
        "Fall",
        "",
    )
    _lines(
        folder / "subtitles/a.srt",
        "1",
        "00:00:00,100 --> 00:00:00,500",
        "Rise",
        "",
        "2",
        "00:00:00,500 --> 00:00:01,000",
        "<i>Fall</i>",
        "",
    )


def _lines(path: Path, *lines: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def _write_folders(folder: Path) -> None:
    """A run with its cache, a model, a store, an alignment and a report, by the verbs."""
    from inphase.models import Encoder, EncoderConfig

    config = EncoderConfig(
        image_size=32, pool=2, conv_width=4, fc_width=4, embedding_size=4, context_gap=0.25
    )
    Encoder(config, seed=1).save(folder / "model")
    videos, model = folder / "videos", folder / "model"
    cache = folder / "cache"
    environment = dict(os.environ)
    os.environ["XDG_CACHE_HOME"] = str(folder / "user")
    lines = [
        f"train {videos} -o {folder / 'run'} --cache {cache} {TRAINING}",
        f"synchronize {videos} --model {model} -o {folder / 'alignment.json'} --cache {cache}",
        f"index add {videos} --model {model} --store {folder / 'store'}",
        f"evaluate {model} {folder / 'labels.json'} -o {folder / 'report'} "
        "--no-shortcuts --bootstrap 3 --few-shot 1",
        f"embed {videos} --model {model} -o {folder / 'embeddings.npz'}",
    ]
    for line in lines:
        try:
            main(line.split())
        except SystemExit as end:
            if end.code not in (0, 1):
                raise RuntimeError(f"inphase {line} exits with {end.code}") from end
    os.environ.clear()
    os.environ.update(environment)
    shutil.copy(folder / "run/config.yaml", folder / "config.yaml")
    unfinished = folder / "unfinished"
    shutil.copytree(folder / "run", unfinished)
    shutil.rmtree(unfinished / "model")
