"""Comparing curves: what differs most, what leaves the band, what is left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.measurement.curves import (
    MeasuredVideo,
    bands,
    departures,
    differences,
    lasting,
)
from inphase.applications.measurement.quantities import ANGLES, NEEDS, margin
from inphase.applications.verdict import Verdict

SECONDS: NDArray[np.float64] = np.arange(40) / 20


def video(name: str, *, mirrored: bool = False, **curves: float) -> MeasuredVideo:
    """A video with constant curves: 100 unless told otherwise."""
    values = {one: np.full(40, curves.get(one, 100.0)) for one in NEEDS}
    still = {one: np.zeros(40) for one in ANGLES}
    verdict = Verdict(name, True, ())
    return MeasuredVideo(
        name, Path(f"{name}.mp4"), "side left", mirrored, verdict, SECONDS + 1, values, still
    )


def most(reference: MeasuredVideo, other: MeasuredVideo) -> dict[str, float]:
    found = differences(reference, other, SECONDS, in_depth=True)
    return {one.of_reference: one.amount for one in found if one.amount}


def test_the_largest_difference_is_found_where_it_is() -> None:
    me, pro = video("me"), video("pro")
    me.values["elbow_left"][20:26] += 32
    found = {one.quantity: one for one in differences(pro, me, SECONDS, in_depth=True)}
    one = found["elbow_left"]
    assert one.amount == 32
    assert 1.0 <= one.seconds < 1.3
    assert one.own_seconds == pytest.approx(one.seconds + 1)
    assert one.certain
    assert not found["elbow_right"].certain


def test_a_landmark_that_jumps_for_a_moment_is_no_difference() -> None:
    me, pro = video("me"), video("pro")
    me.values["knee_left"][7] += 90
    assert most(pro, me) == {}


def test_a_mirrored_performer_is_compared_with_the_other_side() -> None:
    lefty = video("lefty", mirrored=True, elbow_left=70)
    assert most(video("pro"), lefty) == {"elbow_right": -30}
    (one,) = (d for d in differences(video("pro"), lefty, SECONDS, in_depth=True) if d.amount)
    assert one.quantity == "elbow_left"


def test_what_is_doubtful_or_hidden_is_never_compared() -> None:
    me, pro = video("me"), video("pro")
    me.values["elbow_left"][20:30] += 50
    doubtful = replace(me, verdict=Verdict("me", True, ((0.9, 1.6),)))
    assert most(pro, doubtful) == {}
    assert not list(differences(pro, replace(me, verdict=Verdict("me", False, ())), SECONDS,
                                in_depth=True))  # fmt: skip
    me.values["elbow_left"][18:32] = np.nan
    assert most(pro, me) == {}


def test_the_mirror_image_of_a_view_is_the_same_view() -> None:
    lefty = replace(video("lefty", mirrored=True), view="side right")
    one = next(differences(video("pro"), lefty, SECONDS, in_depth=True))
    other = next(differences(video("pro"), video("me"), SECONDS, in_depth=True))
    assert one.margin == other.margin


def test_from_another_side_less_can_be_told() -> None:
    me = video("me", knee_left=120)
    (same,) = (d for d in differences(video("pro"), me, SECONDS, in_depth=True) if d.amount)
    front = replace(me, view="front")
    (other,) = (d for d in differences(video("pro"), front, SECONDS, in_depth=True) if d.amount)
    assert same.margin < other.margin
    assert same.certain
    assert not other.certain


def test_the_band_holds_the_middle_of_the_typical_videos_and_needs_three() -> None:
    typical = [video(f"t{one}", hip_left=float(one)) for one in range(11)]
    band = bands(typical, SECONDS)["hip_left"]
    assert (band.low[5], band.median[5], band.high[5]) == (1, 5, 9)
    assert np.isnan(bands(typical[:2], SECONDS)["hip_left"].low).all()
    gone = [replace(one, verdict=Verdict(one.name, True, ((0.0, 1.0),))) for one in typical]
    assert np.isnan(bands(gone, SECONDS)["hip_left"].low[:20]).all()


def test_where_a_video_leaves_the_band() -> None:
    typical = [video(f"t{one}") for one in range(4)]
    me = video("me")
    me.values["elbow_left"][10:20] += 40
    me.values["knee_left"][30:36] -= 5
    found = list(departures(me, bands(typical, SECONDS), ["side left"], SECONDS, in_depth=True))
    assert [(one.quantity, one.excess, one.certain) for one in found] == [
        ("elbow_left", 40, True),
        ("knee_left", -5, False),
    ]
    assert found[0].start == pytest.approx(0.5, abs=0.06)
    assert found[0].end == pytest.approx(0.95, abs=0.06)


def test_a_running_median_keeps_gaps() -> None:
    curve = np.array([1.0, 1, np.nan, 9, 1, 1, 1, 1])
    found = lasting(curve, np.arange(8) / 20)
    assert np.isnan(found).tolist() == [False, False, True, *[False] * 5]
    assert found[4] == 1


def test_every_quantity_has_a_margin() -> None:
    for name in NEEDS:
        assert margin(name, same_view=True, in_depth=True) > 0
