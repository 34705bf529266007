"""What a notebook shows of a result, and the result as a DataFrame."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from inphase.errors import OutputError
from inphase.results.formats import Formats
from inphase.results.result import Result, Table


@dataclass(frozen=True)
class Marks(Result):
    """A result with nothing but a table."""

    rows: tuple[tuple[object, ...], ...]
    columns: tuple[str, ...] = ("video", "time")

    formats = Formats(None, {".csv": "the marks"})

    @property
    def input_files(self) -> Sequence[Path]:
        return ()

    def table(self) -> Table:
        return Table(self.columns, iter(self.rows))


def test_names_in_a_table_are_text_and_nothing_else() -> None:
    shown = Marks((("<script>alert(1)</script> & co", 1.5), ("b", None)))._repr_html_()
    assert "<script>" not in shown
    assert "<td>&lt;script&gt;alert(1)&lt;/script&gt; &amp; co</td><td>1.5</td>" in shown
    assert "<td>b</td><td></td>" in shown
    assert "to_dataframe" not in shown


def test_a_long_or_wide_table_is_cut_and_says_so() -> None:
    long = Marks(tuple((f"v{number}", 0) for number in range(300)))._repr_html_()
    assert long.count("<tr>") == 21
    assert "to_dataframe()" in long
    wide = Marks((tuple(range(100)),), tuple(map(str, range(100))))._repr_html_()
    assert wide.count("<td>") == 13
    assert "to_dataframe()" in wide


def test_a_dataframe_has_numbers_where_the_result_has() -> None:
    pytest.importorskip("pandas", reason="DataFrames need the extra `pandas`")
    frame = Marks((("001", 1.5), ("=b", 2.0)))
    told = frame.to_dataframe()
    assert list(told.columns) == ["video", "time"]
    assert told["video"].tolist() == ["001", "=b"]
    assert told["time"].mean() == 1.75


def test_without_pandas_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(OutputError, match=r"pip install inphase\[pandas\]"):
        Marks((("a", 1.0),)).to_dataframe()
