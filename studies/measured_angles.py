"""Question: how far off are the angles and distances that `inphase measure` reads from one camera,
by view, from landmarks in the picture (2-D) and in space (3-D)? Write-up: docs/studies/angles.md.

    PYTHONPATH=benchmarks python studies/measured_angles.py [--people 6]

Draws people who lift a weight (`inphase draw --action lift`), each filmed at the same time from
eight sides, and compares each angle in every frame with the true one, which the drawing knows.
*Gaps* are frames in which a landmark is not visible enough, so that nothing is reported. *Near*
and *far* are the two sides of the body as seen from the camera. Errors that are the same in two
videos cancel out in their difference, so its error is given, too: of two people at the same moment
of the lift, filmed from the same side or from different sides. Results go into
studies/results/measured_angles.csv and measured_differences.csv.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, show, this_command, write_rows
from rich.console import Console
from rich.progress import track

from inphase.applications.measurement.quantities import (
    ANGLES,
    NEEDS,
    geometry,
    measured,
    view_of,
)
from inphase.models.pose import PoseNetwork, video_landmarks
from inphase.synthetic.lift import Lift
from inphase.synthetic.person import joints
from inphase.synthetic.scene import Canvas
from inphase.synthetic.warp import Warp
from inphase.video import VideoWriter

RESULTS = Path(__file__).parent / "results" / "measured_angles.csv"
DIFFERENCES = RESULTS.with_name("measured_differences.csv")
# Radians around the person: at π/2 the camera sees the left side.
VIEWS = {
    "front": (0.0,),
    "three-quarter front": (np.pi / 4, -np.pi / 4),
    "side": (np.pi / 2, -np.pi / 2),
    "three-quarter back": (3 * np.pi / 4, -3 * np.pi / 4),
    "back": (np.pi,),
}
FPS, FRAMES, SIZE = 30, 45, (360, 480)
TABLE = {"quantity": "", "view": "", "side": "", "frames": "", "gaps": ".2f", "median_2d": ".2f",
         "p90_2d": ".2f", "median_3d": ".2f", "p90_3d": ".2f", "hidden_3d": ".2f"}  # fmt: skip
OF_DIFFERENCES = {"quantity": "", "views": "", "pairs": "", "median_2d": ".2f", "p90_2d": ".2f",
                  "median_3d": ".2f", "p90_3d": ".2f"}  # fmt: skip
STATES = np.linspace(0, 1, FRAMES)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Errors:
    """Of one quantity in one video: errors (frames,), NaN in gaps; and without gaps, in 3-D."""

    quantity: str
    person: int
    view: str
    recognized: bool
    side: str
    states: Array
    flat: Array
    deep: Array
    everywhere: Array


def main() -> None:
    """Draw, measure, compare, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    console = Console(stderr=True)
    network = PoseNetwork()
    jobs = [
        (person, view, turn)
        for person in range(arguments.people)
        for view, turns in VIEWS.items()
        for turn in turns
    ]
    found: list[Errors] = []
    for person, view, turn in track(jobs, "Measuring", console=console):
        found += errors(arguments.seed, person, view, turn, network)
    rows = list(summaries(found))
    about = {"machine": processor(), "command": this_command()}
    write_rows(RESULTS, [{**row, **about} for row in rows])
    show(rows, TABLE)
    differences = list(of_differences(found))
    write_rows(DIFFERENCES, [{**row, **about} for row in differences])
    show(differences, OF_DIFFERENCES)
    console.print(f"View recognized: {np.mean([one.recognized for one in found]):.2f}")


def errors(
    seed: int, person: int, view: str, turn: float, network: PoseNetwork
) -> Iterator[Errors]:
    """Film one person from one side, and compare what is measured with the truth."""
    generator = np.random.default_rng([seed, person])
    lift = Lift.draw(generator)
    states = Warp.draw(generator, duration=(FRAMES - 1) / FPS).state(np.arange(FRAMES) / FPS)
    camera = lift.camera(generator, mirror=False, turn=turn)
    canvas = Canvas(SIZE, camera, light=np.array([0.6, 0.9, 0.7]))
    lift.paint_background(canvas, generator)
    background = canvas.image
    with TemporaryDirectory() as folder:
        path = Path(folder) / "filmed.mp4"
        with VideoWriter(path, fps=FPS, size=SIZE) as writer:
            for state in states:
                canvas.paper(background.copy())
                lift.paint(canvas, float(state))
                writer.write(canvas.finished())
        landmarks = video_landmarks(path, network=network).landmarks
    true = truth(lift, states)
    flat, deep = (measured(landmarks, in_depth=deep) for deep in (False, True))
    seen = landmarks.copy()
    seen[..., 3] = 1.0
    everywhere = measured(seen)
    for name in NEEDS:
        yield Errors(
            name,
            person,
            view,
            view_of(landmarks).startswith(view),
            side_of(name, turn),
            states,
            *(one[name] - true[name] for one in (flat, deep, everywhere)),
        )


def truth(lift: Lift, states: Array) -> dict[str, Array]:
    """The true values of everything that is measured."""
    drawn = [joints(lift.posture(float(state))) for state in states]
    # Drawn with y upwards; measured with y downwards.
    turn = np.array([1.0, -1.0, 1.0])
    names = {part for needed in NEEDS.values() for part in needed}
    return geometry({name: np.array([at[name] for at in drawn]) * turn for name in names})


def side_of(name: str, turn: float) -> str:
    """Whether a quantity is on the side of the body that the camera sees."""
    side = name.rpartition("_")[2]
    across = np.sin(turn)
    if side not in ("left", "right"):
        return "–"
    if abs(across) < 0.1:
        return "both"
    return "near" if (side == "left") == (across > 0) else "far"


def summaries(found: list[Errors]) -> Iterator[dict[str, object]]:
    """A row for each quantity without its side, each view, and each side; and for all views."""
    kinds: dict[tuple[str, str, str], list[Errors]] = {}
    for one in found:
        quantity = one.quantity.removesuffix("_left").removesuffix("_right")
        keys = {(quantity, one.view, one.side), (quantity, "all", "all")}
        if one.quantity in ANGLES:
            keys.add(("all angles", one.view, "all"))
            keys.add(("all angles", "all", "all"))
            speed = speed_errors(one)
            kinds.setdefault(("speed (° per second)", one.view, "all"), []).append(speed)
            kinds.setdefault(("speed (° per second)", "all", "all"), []).append(speed)
        for key in keys:
            kinds.setdefault(key, []).append(one)
    for (quantity, view, side), some in sorted(kinds.items()):
        flat, deep, everywhere = (
            np.concatenate([getattr(one, name) for one in some])
            for name in ("flat", "deep", "everywhere")
        )
        hidden = everywhere[np.isnan(deep) & np.isfinite(everywhere)]
        yield {
            "quantity": quantity,
            "view": view,
            "side": side,
            "frames": len(deep),
            "gaps": float(np.isnan(deep).mean()),
            "median_2d": _quantile(flat, 0.5),
            "p90_2d": _quantile(flat, 0.9),
            "median_3d": _quantile(deep, 0.5),
            "p90_3d": _quantile(deep, 0.9),
            "hidden_3d": _quantile(hidden, 0.5),
        }


def speed_errors(one: Errors) -> Errors:
    """The errors of the speed: the change of the errors, because both are differences in time."""
    flat, deep, everywhere = (
        np.gradient(errors) * FPS for errors in (one.flat, one.deep, one.everywhere)
    )
    return replace(one, flat=flat, deep=deep, everywhere=everywhere)


def of_differences(found: list[Errors]) -> Iterator[dict[str, object]]:
    """A row for each quantity and kind of pair: the error of the difference of two people."""
    kinds: dict[tuple[str, str], list[tuple[Array, Array]]] = {}
    for name in NEEDS:
        some = [one for one in found if one.quantity == name]
        curves = [[np.interp(STATES, one.states, by) for by in (one.flat, one.deep)]
                  for one in some]  # fmt: skip
        quantity = name.removesuffix("_left").removesuffix("_right")
        for (one, mine), (other, others) in itertools.combinations(
            zip(some, curves, strict=True), 2
        ):
            if one.person == other.person:
                continue
            flat, deep = (a - b for a, b in zip(mine, others, strict=True))
            keys = []
            if one.view != other.view:
                keys = [(quantity, "different")]
            elif one.side == other.side:
                keys = [(quantity, "the same"), (quantity, f"both {one.view}")]
            for key in keys:
                kinds.setdefault(key, []).append((flat, deep))
    for (quantity, views), pairs in sorted(kinds.items()):
        flat, deep = (np.concatenate(part) for part in zip(*pairs, strict=True))
        yield {
            "quantity": quantity,
            "views": views,
            "pairs": len(pairs),
            "median_2d": _quantile(flat, 0.5),
            "p90_2d": _quantile(flat, 0.9),
            "median_3d": _quantile(deep, 0.5),
            "p90_3d": _quantile(deep, 0.9),
        }


def _quantile(errors: Array, share: float) -> float:
    known = np.abs(errors[np.isfinite(errors)])
    return float(np.quantile(known, share)) if len(known) else float("nan")


if __name__ == "__main__":
    main()
