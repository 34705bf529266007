"""The nearest frames are those that a comparison with all frames finds."""

from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.errors import StoreError
from inphase.store import Filter, Neighbour, index, search
from inphase.store.catalogue import StoredModel
from inphase.store.index import maintained_index
from inphase.store.search import nearest_frames
from tests.store.conftest import MODEL, Walks

Found = list[tuple[str, int]]


def _brute(
    walks: Walks,
    query: NDArray[np.float32],
    k: int,
    per_video: int | None,
    allowed: object = lambda *_: True,
) -> Found:
    all_frames = sorted(
        (float(((query - embeddings[f]).astype(np.float64) ** 2).sum()), video.name, f)
        for video, times, embeddings in zip(
            walks.videos, walks.times, walks.embeddings, strict=True
        )
        for f in range(video.frames)
        if allowed(video, times[f])  # type: ignore[operator]
    )
    taken: dict[str, int] = {}
    found: Found = []
    for _, name, frame in all_frames:
        taken[name] = taken.get(name, 0) + 1
        if per_video is None or taken[name] <= per_video:
            found.append((name, frame))
    return found[:k]


def _search(
    walks: Walks, query: NDArray[np.float32], model: StoredModel = MODEL, **options: object
) -> tuple[Neighbour, ...]:
    settings: dict[str, object] = {"k": 5, "per_video": 1, **options}
    return nearest_frames(
        walks.tables.table(model),
        model,
        walks.tables.listed(model),
        query,
        **settings,  # type: ignore[arg-type]
    )


def _named(found: tuple[Neighbour, ...]) -> Found:
    return [(one.video.name, one.frame) for one in found]


def _queries() -> NDArray[np.float32]:
    return np.random.default_rng(99).normal(scale=3, size=(8, MODEL.dims)).astype(np.float32)


@pytest.mark.parametrize(("k", "per_video"), [(1, 1), (5, 1), (5, 2), (30, 4), (7, None)])
def test_the_nearest_frames_are_found_in_order(walks: Walks, k: int, per_video: int | None) -> None:
    for query in _queries():
        found = _search(walks, query, k=k, per_video=per_video)
        assert _named(found) == _brute(walks, query, k, per_video)
        for one in found:
            embeddings = walks.embeddings[[v.name for v in walks.videos].index(one.video.name)]
            wanted = ((query - embeddings[one.frame]) ** 2).sum()
            assert one.distance == pytest.approx(wanted, rel=1e-4)
            assert one.seconds == pytest.approx(one.frame / 10)


def test_fewer_come_back_where_there_are_fewer(walks: Walks) -> None:
    assert len(_search(walks, _queries()[0], k=50)) == len(walks.videos)


def test_videos_that_must_not_be_found_are_not(walks: Walks) -> None:
    without = [video.content for video in walks.videos[:11]]
    found = _search(walks, _queries()[0], without=without, per_video=None, k=9)
    assert {one.video.name for one in found} == {walks.videos[11].name}
    assert _search(walks, _queries()[0], without=[v.content for v in walks.videos]) == ()


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        (Filter(videos=["walk's 3", "walk's 7"]), lambda v, _: v.name in ("walk's 3", "walk's 7")),
        (Filter(start=0.5, end=1.2), lambda _, s: 0.5 <= s <= 1.2),
        (Filter(metadata={"parity": "odd"}), lambda v, _: v.metadata["parity"] == "odd"),
        (
            Filter(metadata={"parity": "even", "who": "O'Brien"}, end=2.0),
            lambda v, s: v.metadata["parity"] == "even" and s <= 2,
        ),
        (Filter(metadata={"who": "nobody"}), lambda _v, _s: False),
    ],
)
def test_only_frames_that_meet_the_conditions_are_found(
    walks: Walks, condition: Filter, allowed: object
) -> None:
    for query in _queries():
        found = _search(walks, query, condition=condition, per_video=3)
        assert _named(found) == _brute(walks, query, 5, 3, allowed)


@pytest.fixture
def indexed(walks: Walks, monkeypatch: pytest.MonkeyPatch) -> StoredModel:
    """The model with an index, although there are few frames."""
    monkeypatch.setattr(index, "EXACT_BELOW", 100)
    monkeypatch.setattr(search, "EXACT_BELOW", 100)
    report = maintained_index(walks.tables.table(MODEL), MODEL)
    assert report is not None
    return MODEL.model_copy(update={"index": report})


def test_few_frames_need_no_index(walks: Walks) -> None:
    assert maintained_index(walks.tables.table(MODEL), MODEL) is None
    assert walks.tables.table(MODEL).lance.list_indices() == []


def test_the_index_reaches_the_recall_that_it_states(walks: Walks, indexed: StoredModel) -> None:
    report = indexed.index
    assert report is not None
    assert report.recall >= 0.99
    assert 0 < report.probes <= report.partitions
    hits = [
        len(set(_named(_search(walks, query, indexed, k=10, per_video=None, exact=False)))
            & set(_brute(walks, query, 10, None)))
        for query in np.concatenate(walks.embeddings)[::7]
    ]  # fmt: skip
    assert np.mean(hits) / 10 >= 0.95


def test_the_stated_recall_falls_when_few_partitions_are_searched(
    walks: Walks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "EXACT_BELOW", 100)
    monkeypatch.setattr(index, "WANTED_RECALL", 0.0)
    monkeypatch.setattr(index, "_FIRST_PROBES", 1)
    report = maintained_index(walks.tables.table(MODEL), MODEL)
    assert report is not None
    assert report.probes == 1
    assert report.recall < 0.9


def test_with_an_index_conditions_still_hold_and_nothing_is_missed(
    walks: Walks, indexed: StoredModel
) -> None:
    for query in _queries():
        found = _search(walks, query, indexed, condition=Filter(videos=["walk's 3"]), k=3,
                        per_video=None, exact=False)  # fmt: skip
        assert _named(found) == _brute(walks, query, 3, None, lambda v, _: v.name == "walk's 3")
        assert len(_search(walks, query, indexed, k=12, exact=False)) == 12


def test_an_index_that_is_outgrown_is_made_anew(
    walks: Walks, indexed: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count()
    make = index._make
    monkeypatch.setattr(index, "_make", lambda *a: (next(made), make(*a))[1])
    table = walks.tables.table(MODEL)
    assert maintained_index(table, indexed) == indexed.index
    assert next(made) == 0
    small = indexed.index.model_copy(update={"rows": 10})  # type: ignore[union-attr]
    assert maintained_index(table, indexed.model_copy(update={"index": small})) == indexed.index
    assert next(made) == 2


@pytest.mark.parametrize(
    ("query", "told"),
    [(np.zeros(7), "same model"), (np.zeros((2, 8)), "same model"), (np.full(8, np.nan), "finite")],
)
def test_a_query_that_does_not_fit_is_one_sentence(
    walks: Walks, query: NDArray[np.float32], told: str
) -> None:
    with pytest.raises(StoreError, match=told):
        _search(walks, query)
    with pytest.raises(StoreError, match="at least 1"):
        _search(walks, _queries()[0], k=0)
