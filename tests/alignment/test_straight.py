"""Straight courses through marks, and sections between anchors that nothing else is known of."""

import numpy as np
import pytest

from inphase.alignment import align
from inphase.alignment.straight import staircase, straight, straightened


def test_one_mark_is_an_offset() -> None:
    assert straight([0.0, 1.0, 2.0], [(1.0, 3.5)]) == pytest.approx([2.5, 3.5, 4.5])


def test_two_marks_stretch_what_is_between_and_keep_real_speed_beyond() -> None:
    course = straight([0.0, 1.0, 2.0, 3.0, 4.0], [(1.0, 1.0), (3.0, 5.0)])
    assert course == pytest.approx([0, 1, 3, 5, 6])


def test_only_a_doubtful_section_becomes_a_line() -> None:
    frames = np.array([0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 11, 12, 13, 14])
    confidence = np.repeat([0.8, 0.1, 0.8], 5).astype(np.float32)
    found = straightened(
        frames, confidence, 15, [(5, 5), (10, 10)], pace=1.0, open_ends=(False, False)
    )
    assert found[:5].tolist() == [0] * 5
    assert found[5:10].tolist() == [5, 6, 7, 8, 9]
    assert found[10:].tolist() == [10, 11, 12, 13, 14]


def test_beyond_the_anchors_the_line_is_between_real_speed_and_the_ends() -> None:
    frames, confidence = np.zeros(21, np.int64), np.zeros(21, np.float32)
    closed, open_ended = (
        straightened(frames, confidence, 41, [(10, 10)], pace=1.0, open_ends=(False, is_open))
        for is_open in (False, True)
    )
    assert closed[[0, 10, 20]].tolist() == [0, 10, 30]
    assert open_ended[[10, 20]].tolist() == [10, 20]
    fast = straightened(frames, confidence, 41, [(10, 10)], pace=2.0, open_ends=(False, True))
    assert fast[15] == 20


def test_frames_without_a_match_still_have_none() -> None:
    frames = np.array([-1, -1, 2, 3, -1])
    found = straightened(
        frames, np.zeros(5, np.float32), 5, [(2, 2)], pace=1.0, open_ends=(True, True)
    )
    assert found.tolist() == [-1, -1, 2, 3, -1]


def test_a_staircase_goes_frame_by_frame_through_the_matches() -> None:
    rows, columns = staircase(np.array([-1, 2, 2, 5, -1]))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        (1, 2), (2, 2), (3, 3), (3, 4), (3, 5),
    ]  # fmt: skip


def test_where_nothing_looks_alike_the_alignment_follows_the_anchors() -> None:
    generator = np.random.default_rng(0)
    noise, other = (generator.normal(size=(40, 64)).astype(np.float32) for _ in range(2))
    found = align(noise, other, anchors=[(5, 8), (30, 25)])
    between = np.interp(np.arange(5, 31), [5, 30], [8, 25])
    assert np.abs(found.query_frames[5:31] - between).max() <= 0.5
    steps = np.diff(found.path.reference), np.diff(found.path.query)
    assert all(((step == 0) | (step == 1)).all() for step in steps)
    # That it is a guess stays visible.
    assert found.confidence[10:20].mean() < 0.3


def test_where_frames_look_alike_anchors_change_only_what_is_near() -> None:
    course = np.linspace(0, 1, 50)[:, None].astype(np.float32)
    slow = (np.linspace(0, 1, 50) ** 2)[:, None].astype(np.float32)
    free = align(course, slow).query_frames
    frame = int(free[20])
    held = align(course, slow, anchors=[(20, frame)]).query_frames
    assert np.abs(held - free).max() <= 1
