"""All ordered pairs of videos: the metrics of each, in the right place."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment import AlignmentOptions, align
from inphase.evaluation.metrics import event_alignment_error, kendalls_tau, time_stretch
from inphase.evaluation.pairs import compare_pairs, stretch_pairs
from tests.evaluation.conftest import MakeVideo


def error_of(
    mapping: NDArray[np.int64], a: tuple[int, int], b: tuple[int, int], times: NDArray[np.float64]
) -> NDArray[np.float64]:
    return event_alignment_error(mapping, a, query_events=b, query_times=times).share


def test_each_pair_is_in_its_place(make_video: MakeVideo) -> None:
    marks = [(5, 12), (9, 20), (14, 19)]
    videos = [
        make_video(str(i), frames=20 + 5 * i, events=events, noise=0.4, seed=i)
        for i, events in enumerate(marks)
    ]
    pairs = compare_pairs(videos, stride=2)
    stretched = stretch_pairs(videos)
    for i, a in enumerate(videos):
        for j, b in enumerate(videos):
            if i == j:
                assert np.isnan(pairs.tau_b[i, j])
                assert np.isnan(pairs.dtw.share[i, j]).all()
                continue
            tau = kendalls_tau(a.embeddings, b.embeddings, stride=2)
            assert (pairs.tau_b[i, j], pairs.tau_a[i, j]) == (tau.tau_b, tau.tau_a)
            for errors, mapping in (
                (pairs.dtw, align(a.embeddings, b.embeddings).query_frames),
                (
                    pairs.nearest,
                    align(
                        a.embeddings, b.embeddings, AlignmentOptions(method="nearest")
                    ).query_frames,
                ),
                (stretched, time_stretch(len(a.times), len(b.times))),
            ):
                np.testing.assert_array_equal(
                    errors.share[i, j], error_of(mapping, marks[i], marks[j], b.times)
                )
                np.testing.assert_array_equal(errors.predicted[i, j], mapping[list(marks[i])])


def test_perfect_embeddings_put_events_where_they_are(make_video: MakeVideo) -> None:
    videos = [make_video("a", events=(5, 25)), make_video("b", events=(12, 18))]
    pairs = compare_pairs(videos)
    assert np.nanmax(pairs.nearest.frames) <= 1
    assert np.nanmin(stretch_pairs(videos).frames) > 4


def test_an_event_that_one_video_lacks_is_not_scored_for_its_pairs(make_video: MakeVideo) -> None:
    videos = [
        make_video("a"),
        make_video("b", events=(10, np.nan)),
        make_video("c", events=(np.nan, np.nan)),
    ]
    pairs = compare_pairs(videos)
    known = np.isfinite(pairs.dtw.share)
    assert known[0, 1].tolist() == known[1, 0].tolist() == [True, False]
    assert not known[2].any()
    assert not known[:, 2].any()
    assert (pairs.dtw.predicted[~known] == -1).all()


def test_options_reach_the_alignment(make_video: MakeVideo) -> None:
    videos = [make_video("a", events=(3, 5)), make_video("b", events=(24, 27))]
    free, held = compare_pairs(videos), compare_pairs(videos, options=AlignmentOptions(window=0.1))
    assert np.nanmean(held.dtw.frames) > np.nanmean(free.dtw.frames) + 5
    cosine = compare_pairs(videos, options=AlignmentOptions(distance="cosine"))
    assert np.nanmean(cosine.dtw.frames) != pytest.approx(np.nanmean(free.dtw.frames))


def test_an_event_that_an_open_end_leaves_out_takes_the_nearest_match(
    make_video: MakeVideo,
) -> None:
    long, short = make_video("long", frames=40, events=(2, 38)), make_video("short")
    # The short one shows only the middle of the long one.
    middle = slice(15, 25)
    part = type(short)(
        name="part",
        times=short.times[:10],
        embeddings=long.embeddings[middle],
        events=np.array([0.0, 9.0]),
        phases=None,
    )
    pairs = compare_pairs([long, part], options=AlignmentOptions(open_begin=True, open_end=True))
    np.testing.assert_array_equal(pairs.dtw.predicted[0, 1], [0, 9])
