"""The files of an evaluation, and its self-contained page."""

import base64
import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from inphase.errors import OutputError
from inphase.evaluation import Evaluation
from inphase.evaluation.pairs import EventErrors
from inphase.evaluation.report.pictures import telling_pairs, worst_cases
from inphase.evaluation.report.tables import tables


@pytest.fixture(scope="module")
def folder(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    written = evaluation.save(folder)
    assert {path.name for path in written} == {path.name for path in folder.iterdir()}
    return folder


def test_the_json_holds_every_figure(folder: Path, evaluation: Evaluation) -> None:
    told = json.loads((folder / "evaluation.json").read_text())
    for method, scores in evaluation.methods.items():
        for key, score in scores.items():
            figures = told["methods"][method][key]
            assert figures["value"] == pytest.approx(score.value, abs=1e-6)
            if figures["low"] is not None:
                assert figures["low"] <= figures["high"]
    assert told["test"] == list(evaluation.test)
    assert [row["event"] for row in told["per_event"]] == [r.event for r in evaluation.per_event]
    assert told["options"]["scoring"]["stride"] == 1
    assert "stride 1; 0 of 24 pairs undefined" in told["methods"]["model"]["tau_b"]["note"]


def test_the_csv_files_open_in_a_spreadsheet(folder: Path, evaluation: Evaluation) -> None:
    with (folder / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    model = {
        r["score"]: float(r["value"]) for r in rows if (r["method"], r["event"]) == ("model", "")
    }
    assert model == pytest.approx({k: s.value for k, s in evaluation.scores.items()}, abs=1e-6)
    with (folder / "events.csv").open(newline="", encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    # Two models, ordered pairs of four videos, each event.
    assert len(events) == 2 * 4 * 3 * len(evaluation.per_event)
    mean = np.mean([float(row["error_share"]) for row in events])
    assert mean == pytest.approx(evaluation["event_error_share"], abs=1e-5)
    first = events[0]
    off = abs(int(first["predicted_frame"]) - int(first["true_frame"]))
    assert off == int(first["error_frames"])


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_page_holds_its_pictures_and_asks_for_nothing_else(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    assert not {"script", "link", "iframe"} & set(links.tags)
    # Histograms, three cost matrices, three frames of each worst case, two training curves.
    assert len(links.sources) == 1 + 3 + 3 * 4 + 2
    for source in links.sources:
        head, data = source.split(",", 1)
        assert re.fullmatch(r"data:image/(png|jpeg);base64", head)
        picture = Image.open(io.BytesIO(base64.b64decode(data)))
        picture.load()
        colours = picture.convert("L").getextrema()
        assert colours[1] > colours[0]  # type: ignore[operator]


def test_the_page_names_every_score_event_and_warning(folder: Path, evaluation: Evaluation) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8").replace("&#39;", "'")
    for score in evaluation.scores.values():
        assert score.title in page
    for row in evaluation.per_event:
        assert row.event in page
    for warning in evaluation.warnings:
        assert warning in page


def test_the_tables_fit_on_eighty_columns(evaluation: Evaluation) -> None:
    console = Console(width=80, file=io.StringIO(), record=True)
    for table in tables(evaluation):
        console.print(table)
    shown = console.export_text()
    assert f"{evaluation['tau_b']:.3f}" in shown
    for name in ("frozen video", "frame number", "untrained", "Kendall's τ-b"):
        assert name in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_place_that_cannot_be_written_is_one_sentence(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="Cannot write"):
        evaluation.save(tmp_path / "file" / "report")


def errors(share: list[list[float]]) -> EventErrors:
    values = np.array(share)[:, :, None]
    return EventErrors(np.zeros_like(values, dtype=np.int64), values, values, values)


def test_pictures_are_of_the_best_median_and_worst_pair_and_worst_events() -> None:
    nan = float("nan")
    found = errors([[nan, 0.3, 0.1], [0.5, nan, 0.2], [0.4, 0.6, nan]])
    assert telling_pairs(found) == {"best": (0, 2), "median": (2, 0), "worst": (2, 1)}
    cases = worst_cases(found, count=2)
    assert [(case.reference, case.query) for case in cases] == [(2, 1), (1, 0)]
    assert telling_pairs(errors([[nan, nan], [nan, nan]])) == {}
