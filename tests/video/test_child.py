"""A child process reads the same frames, and a file that kills it is a damaged file."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from inphase.applications.collection_check.check import check_collection
from inphase.errors import VideoError
from inphase.models import Encoder, EncoderConfig
from inphase.store import Store
from inphase.video import VideoReader, child, probe, reading_apart
from inphase.video.reader import time_origin
from tests.video.odd_videos import damage, encode

Sabotage = Callable[[str], None]


@pytest.fixture(scope="module")
def constant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with a constant frame rate."""
    return encode(tmp_path_factory.mktemp("constant") / "cfr.mp4", 30)


@pytest.fixture(scope="module")
def variable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video with a variable frame rate."""
    times = np.cumsum([0.1, *[0.04, 0.2, 0.03] * 6]).tolist()
    return encode(tmp_path_factory.mktemp("variable") / "vfr.mp4", 19, times=times)


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """No test gets the child of another."""
    child._end()
    yield
    child._end()


@pytest.fixture
def sabotage(monkeypatch: pytest.MonkeyPatch) -> Sabotage:
    """Makes children do something to files called bad instead of opening them."""

    def change(deed: str) -> None:
        start, _, serve = child._COMMAND.partition("from ")
        lines = [
            start,
            "import os, signal",
            "import inphase.video.child as child",
            "right = child.open_source",
            "def wrong(path):",
            "    if 'bad' in path.name:",
            f"        {deed}",
            "    return right(path)",
            "child.open_source = wrong",
            f"from {serve}",
        ]
        monkeypatch.setattr(child, "_COMMAND", "\n".join(lines))

    return change


def test_frames_times_and_origin_are_those_of_reading_here(variable: Path) -> None:
    here = VideoReader(variable, size=(50, 40))
    with reading_apart():
        apart = VideoReader(variable, size=(50, 40))
        origin = time_origin(variable)
    assert origin == time_origin(variable)
    assert vars(here.info).keys() == vars(apart.info).keys()
    for name, value in vars(here.info).items():
        np.testing.assert_array_equal(getattr(apart.info, name), value)
    for one, other in zip(here, apart, strict=True):
        assert one[0] == other[0]
        np.testing.assert_array_equal(one[1], other[1])
    for index in (3, -1, 0):
        np.testing.assert_array_equal(here[index], apart[index])
    apart.close()


def test_two_videos_are_read_in_step(constant: Path, variable: Path) -> None:
    here = zip(VideoReader(constant), VideoReader(variable), strict=False)
    with reading_apart():
        apart = list(zip(VideoReader(constant), VideoReader(variable), strict=False))
    for both, others in zip(here, apart, strict=True):
        for (_, one), (_, other) in zip(both, others, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_path_is_that_of_the_folder_in_which_the_parent_is(
    constant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading_apart():
        probe(constant)  # A child is there now.
        monkeypatch.chdir(tmp_path)
        Path("here.mp4").write_bytes(constant.read_bytes())
        assert probe(Path("here.mp4")).frames == probe(constant).frames
        with pytest.raises(VideoError, match=r"^gone\.mp4 cannot be opened"):
            probe(Path("gone.mp4"))


def test_after_an_interrupt_frames_are_still_their_own(
    constant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading_apart():
        reader = VideoReader(constant)
    frames = [reader[index] for index in range(3)]

    def interrupted(*_: object) -> bytearray:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(child, "_read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            reader[0]
    for index, frame in enumerate(frames):
        np.testing.assert_array_equal(reader[index], frame)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits")
def test_a_lower_limit_of_the_system_stays(constant: Path) -> None:
    lines = [
        "import resource",
        "resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))",
        "from inphase.video import probe, reading_apart",
        "with reading_apart():",
        f"    print(probe({str(constant)!r}).frames)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == 30


def test_a_file_that_was_replaced_is_read_anew(
    constant: Path, variable: Path, tmp_path: Path
) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(constant.read_bytes())
    with reading_apart():
        first = VideoReader(path, size=(20, 10))[0]
        path.unlink()
        path.write_bytes(variable.read_bytes())
        assert len(VideoReader(path, size=(20, 10))) == 19
        np.testing.assert_array_equal(first, VideoReader(constant, size=(20, 10))[0])


def test_errors_have_the_same_words(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    for name in ("text.mp4", "missing.mp4"):
        with pytest.raises(VideoError) as here:
            probe(tmp_path / name)
        with pytest.raises(VideoError) as apart, reading_apart():
            probe(tmp_path / name)
        assert str(apart.value) == str(here.value)


def test_warnings_arrive(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damaged = damage(encode(tmp_path / "damaged.avi", 20, codec="png", pix_fmt="rgb24"), 16, 19)
    told = []
    for apart in (False, True):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            if apart:
                with reading_apart():
                    list(VideoReader(damaged))
            else:
                list(VideoReader(damaged))
        told.append([record.getMessage() for record in caplog.records])
    assert told[0]
    assert told[0] == told[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"makes the decoder crash \(SIGSEGV\)"),
        ("os._exit(3)", r"makes the decoder crash \(exit code 3\)"),
        ("bytearray(child._MEMORY)", "claims more than fits into memory"),
    ],
)
def test_what_kills_the_child_is_a_damaged_file_and_the_next_is_read(
    deed: str, words: str, sabotage: Sabotage, constant: Path, tmp_path: Path
) -> None:
    sabotage(deed)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(constant.read_bytes())
    with reading_apart():
        with pytest.raises(VideoError, match=rf"bad\.mp4 cannot be read: it {words}\."):
            probe(bad)
        assert len(list(VideoReader(constant))) == len(VideoReader(constant))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_one_that_kills_its_decoder_is_skipped_and_the_rest_goes_on(
    sabotage: Sabotage, constant: Path, variable: Path, tmp_path: Path
) -> None:
    sabotage("os.kill(os.getpid(), signal.SIGABRT)")
    videos = tmp_path / "videos"
    videos.mkdir()
    for name, source in (("a", constant), ("bad", constant), ("c", variable)):
        (videos / f"{name}.mp4").write_bytes(source.read_bytes() + name.encode())
    checked = check_collection(videos)
    assert [video.name for video in checked.videos] == ["a", "c"]
    (finding,) = (one for one in checked.findings if one.videos == ("bad",))
    assert finding.serious
    assert "SIGABRT" in finding.sentence
    small = EncoderConfig(image_size=64, conv_width=8, fc_width=8, embedding_size=6)
    Encoder(small).save(tmp_path / "model")
    change = Store(tmp_path / "store", create=True).add(videos, tmp_path / "model")
    assert change.embedded == ("a", "c")
    assert [one.name for one in change.skipped] == ["bad"]
    assert "SIGABRT" in change.skipped[0].reason


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
def test_a_child_that_dies_between_two_frames_costs_that_reading_only(constant: Path) -> None:
    with reading_apart():
        reader = VideoReader(constant)
    first = reader[0]
    pictures = reader._random_access
    assert isinstance(pictures, child._ApartPictures)
    assert pictures._child is not None
    os.kill(pictures._child._process.pid, signal.SIGKILL)
    with pytest.raises(VideoError, match="SIGKILL"):
        reader[1]
    np.testing.assert_array_equal(reader[0], first)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")
def test_it_ends_with_its_parent_and_not_by_ctrl_c(constant: Path) -> None:
    lines = [
        "import os, signal, sys, time",
        "from inphase.video import child, VideoReader, reading_apart",
        "with reading_apart():",
        f"    reader = VideoReader({str(constant)!r})",
        "reader[0]",
        "pid = reader._random_access._child._process.pid",
        "os.kill(pid, signal.SIGINT)",
        "reader[1]",
        "print(pid, flush=True)",
        "os._exit(0)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    pid = int(done.stdout)
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("The child outlives its parent.")
