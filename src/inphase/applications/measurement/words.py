"""What was measured, in sentences."""

from collections.abc import Mapping, Sequence

from inphase.applications.measurement.curves import Departure, Difference
from inphase.applications.measurement.quantities import ANGLES
from inphase.applications.measurement.tempo import Tempo

_MORE_LESS = {
    "elbow": ("straighter", "more bent"),
    "knee": ("straighter", "more bent"),
    "hip": ("straighter", "more bent"),
    "shoulder": ("further from the trunk", "closer to the trunk"),
    "trunk_lean": ("further from upright", "closer to upright"),
    "hands_apart": ("further apart", "closer together"),
    "feet_apart": ("further apart", "closer together"),
    "hand_height": ("higher", "lower"),
    "hip_height": ("higher", "lower"),
}
# An event is named alone within this share of the reference, otherwise with its neighbour.
_NEAR = 0.04


def size(quantity: str, amount: float) -> str:
    """The size of an amount with its unit, such as `32°`."""
    if quantity in ANGLES:
        return f"{abs(amount):.0f}°"
    return f"{abs(amount):.2f} torso lengths"


def comparison(quantity: str, amount: float) -> str:
    """`32° straighter`."""
    kind = quantity.removesuffix("_left").removesuffix("_right")
    return f"{size(quantity, amount)} {_MORE_LESS[kind][0 if amount > 0 else 1]}"


def moment(seconds: float, events: Mapping[str, float], duration: float) -> str:
    """`1.84 s (impact)`, or between which key events, by the reference's time."""
    at = f"{seconds:.2f} s"
    if not events:
        return at
    nearest = min(events, key=lambda name: abs(events[name] - seconds))
    if abs(events[nearest] - seconds) <= _NEAR * duration:
        return f"{at} ({nearest})"
    before = [name for name in events if events[name] < seconds]
    after = [name for name in events if events[name] > seconds]
    if not before:
        return f"{at} (before {after[0]})"
    if not after:
        return f"{at} (after {before[-1]})"
    return f"{at} (between {before[-1]} and {after[0]})"


def most_different(
    found: Sequence[Difference], reference: str, events: Mapping[str, float], duration: float
) -> str:
    """Where a video differs most from the reference; angles come first.

    Args:
        found: of one video, at least one.
        reference: name of the reference.
        events: seconds of the reference's key events.
        duration: of the reference, in seconds.
    """
    angles = [one for one in found if one.quantity in ANGLES]
    ranked = sorted(angles or found, key=lambda one: -abs(one.amount) / one.margin)
    one = ranked[0]
    at = moment(one.seconds, events, duration)
    if not one.certain:
        return (
            f"{one.video}: no {'angle' if angles else 'distance'} differs from {reference} by more "
            f"than one camera can tell; the largest difference is in {one.quantity}, "
            f"{size(one.quantity, one.amount)} at {at}, and about {size(one.quantity, one.margin)} "
            "may be error."
        )
    of = "" if one.of_reference == one.quantity else f"{one.of_reference} "
    return (
        f"{one.video}: {one.quantity} is {comparison(one.quantity, one.amount)} than {of}in "
        f"{reference} at {at}; about {size(one.quantity, one.margin)} of it may be error."
    )


def outside(
    found: Sequence[Departure], video: str, events: Mapping[str, float], duration: float
) -> str:
    """Where a video leaves the band of the typical ones furthest."""
    certain = [one for one in found if one.certain]
    if not certain:
        return f"{video}: nothing leaves the band of the typical videos by more than may be error."
    one = certain[0]
    more = f" (and {len(certain) - 1} more in .json)" if len(certain) > 1 else ""
    edge = "above the highest" if one.excess > 0 else "below the lowest"
    return (
        f"{video}: {one.quantity} is {size(one.quantity, one.excess)} {edge} typical "
        f"values at {moment(one.peak, events, duration)}{more}."
    )


def tempo_of(video: str, tempo: Tempo) -> str:
    """The spans and ratios: `me: start to top 0.90 s, top to impact 0.30 s (3.00 : 1)`."""
    spans = [
        f"{name} {'not known' if span is None else f'{span:.2f} s'}"
        for name, span in tempo.spans().items()
    ]
    ratios = [f"{ratio:.2f} : 1" for ratio in tempo.ratios().values() if ratio is not None]
    told = f" ({', '.join(ratios)})" if ratios else ""
    source = "; events placed by the alignment" if tempo.guessed else ""
    return f"{video}: {', '.join(spans)}{told}{source}."
