"""Where a video deviates from typical ones: segments, files, and drawn videos with a stop."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inphase.applications.anomalies.find_anomalies import find_anomalies
from inphase.applications.anomalies.result import Anomalies
from inphase.errors import AlignmentError, OutputError
from inphase.models import EmbeddedVideo


def embedding(states: np.ndarray, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    turns = 2.5 * states[:, None] * np.arange(1, 4)
    clean = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    return (clean + 0.02 * random.normal(size=clean.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def typical(embedded: list[EmbeddedVideo]) -> list[EmbeddedVideo]:
    """Embeddings of the known states, with noise."""
    return [
        replace(video, embeddings=embedding(video.embeddings[:, 0], seed))
        for seed, video in enumerate(embedded)
    ]


@pytest.fixture(scope="module")
def strange(typical: list[EmbeddedVideo]) -> EmbeddedVideo:
    """The last video, with something foreign in its frames 10 to 16."""
    odd = typical[-1].embeddings.copy()
    odd[10:17] += 2.0
    return replace(typical[-1], embeddings=odd)


@pytest.fixture(scope="module")
def result(strange: EmbeddedVideo, typical: list[EmbeddedVideo]) -> Anomalies:
    return find_anomalies(strange, typical, alpha=0.2)


def test_the_foreign_part_is_found_with_times_and_an_honest_p(
    result: Anomalies, strange: EmbeddedVideo
) -> None:
    segment = max(result.segments, key=lambda one: one.score)
    assert abs(segment.first - 10) <= 2
    assert abs(segment.last - 16) <= 2
    assert segment.kind == "looks"
    assert segment.start == strange.times[segment.first]
    assert segment.end == strange.times[segment.last]
    # Five typical videos: its own file is left out of them.
    assert len(result.typical) == 5
    assert strange.name not in result.typical
    assert segment.p_value == result.p_floor == pytest.approx(1 / 6)
    assert result.alarms == tuple(one for one in result.segments if one.p_value <= 0.2)


def test_too_few_typical_videos_for_an_alarm_are_told(
    strange: EmbeddedVideo, typical: list[EmbeddedVideo], result: Anomalies
) -> None:
    strict = find_anomalies(strange, typical)
    assert strict.alarms == ()
    assert "cannot show a p-value below 0.17" in strict.caution
    assert "needs 19" in strict.caution
    assert result.caution == ""


def test_the_number_that_the_caution_asks_for_is_enough(result: Anomalies) -> None:
    for alpha, needed in ((0.05, 19), (0.1, 9), (0.5, 1)):
        enough = replace(result, alpha=alpha, p_floor=1 / (needed + 1))
        assert enough.caution == ""
        short = replace(result, alpha=alpha, p_floor=1 / needed)
        assert short.caution.endswith(f" {needed}.")


def test_a_typical_video_raises_no_alarm(typical: list[EmbeddedVideo]) -> None:
    judged = [find_anomalies(video, typical, alpha=0.17) for video in typical]
    # By definition, about one in six may.
    assert sum(bool(one.alarms) for one in judged) <= 2


def test_the_files_hold_the_segments(result: Anomalies, tmp_path: Path) -> None:
    result.save(tmp_path / "a.json")
    told = json.loads((tmp_path / "a.json").read_text())
    assert told == result.to_dict()
    assert len(told["score"]) == len(result.video.times)
    result.save(tmp_path / "a.csv")
    with (tmp_path / "a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["p_value"]) for row in rows] == [one["p_value"] for one in told["segments"]]
    assert [row["alarm"] for row in rows] == [str(one["alarm"]) for one in told["segments"]]


def test_the_plot_and_the_page_need_no_other_file(result: Anomalies, tmp_path: Path) -> None:
    result.save(tmp_path / "a.png", width=700)
    with Image.open(tmp_path / "a.png") as picture:
        assert abs(picture.width - 700) <= 1
        assert np.asarray(picture.convert("L")).std() > 10
    result.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    result.save(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text()
    assert page.count('class="alarm"') == len(result.alarms)
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.png", "a.svg"]


def test_bad_input_is_one_sentence(
    result: Anomalies, typical: list[EmbeddedVideo], tmp_path: Path
) -> None:
    with pytest.raises(AlignmentError, match="At least two typical videos"):
        find_anomalies(typical[0], typical[:2])
    with pytest.raises(AlignmentError, match="alpha must be between 0 and 1"):
        find_anomalies(typical[0], typical, alpha=0)
    with pytest.raises(OutputError, match=r"must end in one of \.png, \.svg, \.html, \.json"):
        result.save(tmp_path / "a.mp4")
