"""WebVTT and SubRip: captions are read as a player shows them, and written ones read back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.data import Cue, read_captions, write_captions
from inphase.errors import CollectionError, OutputError

VTT = """\ufeffWEBVTT - a title

STYLE
::cue { color: red }

NOTE
a comment with 00:00.000 --> 00:01.000
of two lines

second
00:02.000 --> 00:03.500 align:start position:10%
<v Bob>Rock &amp; <i>roll</i></v>
a &lt; b

01:00:00.250 --> 01:00:01.000
late

00:00.000 --> 00:00.040
first
"""
SRT = """1
00:00:01,500 --> 00:00:02,750
<font color="red">Lift</font> x < y

2
0:00:03.000 --> 00:00:04,000
{\\an8}two
lines

"""


def _read(tmp_path: Path, name: str, text: str) -> tuple[Cue, ...]:
    (tmp_path / name).write_bytes(text.encode())
    return read_captions(tmp_path / name)


def test_webvtt_is_read_as_plain_text_in_order(tmp_path: Path) -> None:
    assert _read(tmp_path, "a.vtt", VTT) == (
        Cue(0.0, 0.04, "first"),
        Cue(2.0, 3.5, "Rock & roll\na < b"),
        Cue(3600.25, 3601.0, "late"),
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_subrip_is_read_as_plain_text(tmp_path: Path, ends: str) -> None:
    assert _read(tmp_path, "a.srt", SRT.replace("\n", ends)) == (
        Cue(1.5, 2.75, "Lift x < y"),
        Cue(3.0, 4.0, "two\nlines"),
    )


_LINE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
_CUES = st.lists(
    st.tuples(
        st.integers(0, 10**7), st.integers(1, 10**5), st.lists(_LINE, min_size=1, max_size=3)
    ),
    min_size=1,
    max_size=6,
)


@given(_CUES)
def test_what_is_written_as_webvtt_reads_back(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, int, list[str]]]
) -> None:
    cues = sorted(
        (Cue(s / 1000, (s + length) / 1000, "\n".join(lines)) for s, length, lines in drawn),
        key=lambda cue: cue.start,
    )
    path = tmp_path_factory.mktemp("captions") / "a.vtt"
    write_captions(path, cues, notes=["any --> note"] * len(cues))
    read = read_captions(path)
    assert [cue.text for cue in read] == [cue.text for cue in cues]
    for got, wanted in zip(read, cues, strict=True):
        assert [got.start, got.end] == pytest.approx([wanted.start, wanted.end])


def test_what_is_written_as_subrip_is_subrip(tmp_path: Path) -> None:
    write_captions(tmp_path / "a.srt", [Cue(1.5, 3661.0004, "Lift\n\nx < y")])
    text = (tmp_path / "a.srt").read_text()
    assert text == "1\n00:00:01,500 --> 01:01:01,000\nLift\nx < y\n"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.vtt", "1\n00:01.000 --> 00:02.000\nhello\n", "does not start with WEBVTT"),
        ("a.vtt", "WEBVTT\n\n00:01 --> 00:02.000\nhello\n", "line 3"),
        ("a.vtt", "WEBVTT\n", "no captions"),
        ("a.srt", "", "no captions"),
        ("a.srt", "1\n00:00:02,000 --> 00:00:01,000\nhello\n", r"line 2.*before it starts"),
        ("a.srt", "Dear Sir or Madam\n", "line 1"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(CollectionError, match=told):
        _read(tmp_path, name, text)


def test_files_that_cannot_be_read_or_written_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not exist"):
        read_captions(tmp_path / "no.srt")
    (tmp_path / "latin.srt").write_bytes("1\n00:00:01,000 --> 00:00:02,000\nré\n".encode("latin-1"))
    with pytest.raises(CollectionError, match="UTF-8"):
        read_captions(tmp_path / "latin.srt")
    with pytest.raises(OutputError, match=r"\.vtt or \.srt"):
        write_captions(tmp_path / "a.ass", [])


def test_a_line_of_one_space_does_not_end_a_webvtt_cue(tmp_path: Path) -> None:
    cue = "00:00.160 --> 00:02.070\n \nset<00:00.400><c> your</c>"
    text = f"WEBVTT\n\n{cue}\n\n00:03.000 --> 00:04.000\nfeet\n"
    assert _read(tmp_path, "a.vtt", text) == (
        Cue(0.16, 2.07, "set your"),
        Cue(3.0, 4.0, "feet"),
    )


_ONE, _TWO = "00:00:01,000 --> 00:00:02,000", "00:00:03,000 --> 00:00:03,000"


@pytest.mark.parametrize(
    "text",
    [
        f"1\n\n{_ONE}\nlift\nit\n\n2\n{_TWO}\nhold\n",
        f"1\n{_ONE}\nlift\n\nit\n\n2\n{_TWO}\nhold\n",
        f"1\n{_ONE}\nlift\nit\n\n2\n{_TWO}\nhold\n".replace(",000", ""),
    ],
    ids=["after the number", "inside the text", "whole seconds"],
)
def test_subrip_as_players_show_it(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, "a.srt", text) == (Cue(1.0, 2.0, "lift\nit"), Cue(3.0, 3.0, "hold"))


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("id of\ntwo lines\n00:01.000 --> 00:02.000\nup", [(1, 2, "up")]),
        ("00:01.000 --> 00:02.000\nup\n00:03.000 --> 00:04.000\ndown",
         [(1, 2, "up"), (3, 4, "down")]),
        ("00:01.000 --> 00:02.000\rup\r\r00:03.000 --> 00:04.000\rdown\r",
         [(1, 2, "up"), (3, 4, "down")]),
        ("00:01.000 --> 00:02.000\na\x0bb\u2028c\x85d\x1ce", [(1, 2, "a\x0bb\u2028c\x85d\x1ce")]),
        ("00:01.000 --> 00:02.000\na\0b", [(1, 2, "a\ufffdb")]),
        ("1\n00:01.000-->00:02.000 line:0 what:ever\nx --> y", [(1, 2, "x --> y")]),
        ("00:01.000 --> 00:02.000\n\nno cue\n\n00:03.000 --> 00:04.000\ndown",
         [(1, 2, ""), (3, 4, "down")]),
    ],
    ids=["name", "no empty line", "CR", "other line ends", "NUL", "settings", "empty"],
)  # fmt: skip
def test_webvtt_is_read_by_its_rules(
    tmp_path: Path, text: str, cues: list[tuple[float, float, str]]
) -> None:
    assert _read(tmp_path, "a.vtt", f"WEBVTT\tx\n\n{text}") == tuple(Cue(*one) for one in cues)


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nup\n2\n00:00:03,000 --> 00:00:04,000\ndown",
         [(1, 2, "up"), (3, 4, "down")]),
        ("1\n00:00:01,000 --> 00:00:02,000\nup\n\n12:30 is noon\n\n42\n\nend\n",
         [(1, 2, "up\n12:30 is noon\n42\nend")]),
        ("1\n00:00:01,000 --> 00:00:02,000\n3\n2\n\n00:00:03,000 --> 00:00:04,000\n7",
         [(1, 2, "3"), (3, 4, "7")]),
        ("00:00:01,000 --> 00:00:02,000\n3\n\n00:00:03,000 --> 00:00:04,000\ndown",
         [(1, 2, "3"), (3, 4, "down")]),
        ("1\n00:00:01,000 --> 00:00:02,000\nup\n\n2\n\n", [(1, 2, "up")]),
        ("1\n00:00:01,5 --> 00:00:02,25000\nup\x0bit", [(1.5, 2.25, "up\x0bit")]),
        ("1\n00:01,000 --> 00:02,000\nsee --> this", [(1, 2, "see --> this")]),
    ],
    ids=["no empty line", "time in text", "numbers", "no number", "left over", "digits", "short"],
)  # fmt: skip
def test_subrip_is_read_whatever_is_left_out(
    tmp_path: Path, text: str, cues: list[tuple[float, float, str]]
) -> None:
    assert _read(tmp_path, "a.srt", text) == tuple(Cue(*one) for one in cues)


@pytest.mark.parametrize("name", ["a.vtt", "a.srt"])
def test_thousands_of_digits_are_no_time(tmp_path: Path, name: str) -> None:
    digits = "9" * 5000
    text = f"WEBVTT\n\n{digits}:00:01.000 --> {digits}:00:02.000\nup\n"
    with pytest.raises(CollectionError, match="is not a timing") as error:
        _read(tmp_path, name, text if name == "a.vtt" else text.removeprefix("WEBVTT\n"))
    assert len(str(error.value)) < 300


def test_a_mistyped_timing_of_subrip_is_not_taken_for_text(tmp_path: Path) -> None:
    text = f"1\n{_ONE}\nlift\n\n2\n00:00:03,000 -> 00:00:04,000\nhold\n"
    with pytest.raises(CollectionError, match=r"line 6.*is not a timing"):
        _read(tmp_path, "a.srt", text)
