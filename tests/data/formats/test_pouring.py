"""The pouring set in its public layout."""

import itertools
import json
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.data.formats import POURING_EVENTS, convert_labels, read_pouring
from inphase.errors import CollectionError
from tests.data.formats.conftest import WriteVideos


def segments(*cuts: float) -> dict[str, dict[str, list[int]]]:
    ends = [0.0, *cuts, 2.0]
    spans = {
        str(i): [int(a * 1e6), int(b * 1e6)] for i, (a, b) in enumerate(itertools.pairwise(ends))
    }
    return {"annotator": spans}


@pytest.fixture
def root(write_videos: WriteVideos, tmp_path: Path) -> Path:
    root = tmp_path / "pouring"
    write_videos(root / "videos" / "train", "glass1_view0", "glass1_view1", "glass2_0", "glass2_1")
    write_videos(root / "videos" / "val", "glass3")
    write_videos(root / "videos" / "test", "glass4_view0")
    (root / "labels").mkdir()
    good = segments(0.2, 0.5, 1.0, 1.5)
    train = {"glass1": good, "glass2_0": good, "glass9": good}
    (root / "labels" / "train.json").write_text(json.dumps(train))
    later = {"glass3": segments(0.3, 0.6, 1.1, 1.7), "glass4_view0": segments(0.3, 0.6, 1.1)}
    (root / "labels" / "rest.json").write_text(json.dumps(later))
    return root


def test_views_share_their_labels_and_their_group(root: Path, tmp_path: Path) -> None:
    found = read_pouring(root)
    opened = Collection.open(found.save(tmp_path / "labels.json"))
    assert opened.events == POURING_EVENTS
    assert sorted(opened.names) == sorted(
        ["glass1_view0", "glass1_view1", "glass2_0", "glass2_1", "glass3"]
    )
    for name in ("glass1_view0", "glass1_view1", "glass2_1"):
        assert list(opened[name].events.values()) == [2, 5, 10, 15]
    assert (opened["glass1_view1"].group, opened["glass1_view1"].view) == ("glass1", "1")
    assert (opened["glass2_1"].group, opened["glass2_1"].view) == ("glass2", "1")
    assert (opened["glass3"].group, opened["glass3"].view) == ("glass3", None)


def test_splits_and_counts_are_told_beside_the_paper(root: Path) -> None:
    found = convert_labels(root)
    assert found.counts == {("pouring", "train"): 4, ("pouring", "val"): 1}
    assert found.published == {
        ("pouring", "train"): 70,
        ("pouring", "val"): 14,
        ("pouring", "test"): 32,
    }


def test_mistakes_are_told(root: Path) -> None:
    told = {mistake.video: mistake.sentence for mistake in read_pouring(root).mistakes}
    assert "no such video" in told["glass9"]
    assert "4 segments, so 3 key events" in told["glass4_view0"]
    assert set(told) == {"glass9", "glass4_view0"}


def test_another_layout_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="not a pouring set"):
        read_pouring(tmp_path)
    (tmp_path / "videos" / "train").mkdir(parents=True)
    (tmp_path / "labels").mkdir()
    with pytest.raises(CollectionError, match="contains no JSON files"):
        read_pouring(tmp_path)
