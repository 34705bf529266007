"""Question: from which side, at which speed and in which mirror do poses still match the same
moments, where the truth is known? Write-up: docs/studies/poses.md.

    PYTHONPATH=benchmarks python studies/drawn_people.py [--people 2]

Draws people who lift a weight (`inphase draw --action lift`) and aligns each with one who is filmed
from the front at speed 1, by poses without fitting. The others are filmed from four sides, at
speeds from 1 to 16, each as they are and mirrored, and stand still for up to a third of the video
before and after. The error is the distance between the frame of the reference and the frame that
really shows the state of the matched one, in frames of the reference; beside it stands plain
time-stretching. Also how far the angles of the joints are off, by side. Results go into
studies/results/drawn_people.csv.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from rich.progress import track

from inphase.alignment import AlignmentOptions
from inphase.applications.synchronization.mirroring import better_match
from inphase.data import Collection
from inphase.evaluation.metrics import time_stretch
from inphase.models import embed
from inphase.models.pose import PoseTracks
from inphase.models.pose.features import PARTS, angles, body
from inphase.synthetic.lift import Lift
from inphase.synthetic.person import joints
from inphase.synthetic.scene import Camera, Canvas
from inphase.synthetic.warp import Warp
from inphase.training.choosing import choose_model
from inphase.video import VideoWriter

RESULTS = Path(__file__).parent / "results" / "drawn_people.csv"
TABLE = {"by": "", "value": "", "videos": "", "median": ".2f", "p90": ".2f", "stretched": ".2f",
         "mirror_found": ".2f", "angle_error": ".1f"}  # fmt: skip
SIDES = {"front": 0.0, "left": np.pi / 2, "back": np.pi, "right": -np.pi / 2}
SPEEDS = (1, 2, 4, 8, 16)
FPS, SECONDS, SIZE = 30, 1.5, (240, 180)
JOINTS = ("elbow", "knee", "hip", "shoulder")


@dataclass(frozen=True)
class Performance:
    """One drawn video: who, from which side, how slow, mirrored or not; its state at each frame."""

    name: str
    person: int
    side: str
    speed: int
    mirrored: bool
    states: NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What one video gave: errors in frames of the reference, of poses and of time-stretching."""

    of: Performance
    errors: NDArray[np.float64]
    stretched: NDArray[np.float64]
    taken_mirrored: bool
    angles: NDArray[np.float64]


def main() -> None:
    """Draw, align, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--people", type=int, default=2, help="videos of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    console = Console(stderr=True)
    with TemporaryDirectory() as folder:
        made = list(performances(arguments.people, arguments.seed))
        for one in track(made, "Drawing", console=console):
            film(one, Path(folder) / f"{one.name}.mp4", arguments.seed)
        found = measured(Path(folder), {one.name: one for one in made}, arguments.seed, console)
    rows = [summary("all", "", found)]
    for by in ("side", "speed", "mirrored"):
        values = dict.fromkeys(getattr(one.of, by) for one in found)
        rows += [
            summary(by, str(value), [one for one in found if getattr(one.of, by) == value])
            for value in values
        ]
    about = {"machine": processor(), "command": this_command()}
    replace_rows(RESULTS, [{**row, **about} for row in rows], by=("by", "value"))
    show(rows, TABLE)


def performances(people: int, seed: int) -> Iterator[Performance]:
    """The reference, and the others."""
    generator = np.random.default_rng([seed, 1])
    yield Performance("reference", 0, "front", 1, False, states(generator, 1, still=0))
    kinds = itertools.product(range(people), SIDES, SPEEDS, (False, True))
    for number, (_, side, speed, mirrored) in enumerate(kinds, start=1):
        name = f"{number:03d}"
        yield Performance(name, number, side, speed, mirrored, states(generator, speed, still=0.3))


def states(generator: np.random.Generator, speed: int, *, still: float) -> NDArray[np.float64]:
    """The state at each frame, with stillness of up to this share before and after."""
    frames = round(FPS * SECONDS * speed)
    warp = Warp.draw(generator, duration=(frames - 1) / FPS)
    moving = warp.state(np.arange(frames) / FPS)
    before, after = (generator.uniform(0, still, 2) * frames).astype(int)
    return np.concatenate([np.zeros(before), moving, np.ones(after)])


def film(one: Performance, path: Path, seed: int) -> None:
    """Draw a video."""
    generator = np.random.default_rng([seed, 2, one.person])
    lift = Lift.draw(generator)
    camera: Camera = lift.camera(generator, mirror=one.mirrored, turn=SIDES[one.side])
    canvas = Canvas(SIZE, camera, light=np.array([0.6, 0.9, 0.7]))
    lift.paint_background(canvas, generator)
    background = canvas.image
    with VideoWriter(path, fps=FPS, size=SIZE) as writer:
        for state in one.states:
            canvas.paper(background.copy())
            lift.paint(canvas, float(state))
            writer.write(canvas.finished())


def measured(
    folder: Path, made: dict[str, Performance], seed: int, console: Console
) -> list[Measured]:
    """Align all with the reference."""
    collection = Collection.open(folder)
    model = choose_model(collection, features="pose", cache=folder / "cache", console=console)
    plain = embed(collection, model, cache=folder / "cache", console=console)
    images = embed(collection, model, mirrored=True, cache=folder / "cache", console=console)
    in_mirror = {image.name: image for image in images}
    reference = next(video for video in plain if video.name == "reference")
    truth = made["reference"].states
    tracks = PoseTracks(folder / "cache" / "landmarks")
    found = []
    for query in (video for video in plain if video.name != "reference"):
        one = made[query.name]
        taken, alignment = better_match(reference, query, in_mirror[query.name], AlignmentOptions())
        landmarks = tracks.track(query.path).landmarks
        found.append(
            Measured(
                one,
                _away(truth, one.states[alignment.query_frames]),
                _away(truth, one.states[time_stretch(len(truth), len(one.states))]),
                taken.mirrored,
                _angle_errors(one, landmarks, seed),
            )
        )
    return found


def _away(truth: NDArray[np.float64], shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many frames of the reference lie between each of its frames and what is shown there."""
    frames = np.arange(len(truth))
    away: NDArray[np.float64] = np.abs(np.interp(shown, truth, frames) - frames)
    return away


def _angle_errors(
    one: Performance, landmarks: NDArray[np.float32], seed: int
) -> NDArray[np.float64]:
    """(frames, 8) degrees between the angles that were found and the true ones."""
    generator = np.random.default_rng([seed, 2, one.person])
    lift = Lift.draw(generator)
    places = []
    for state in one.states:
        at = joints(lift.posture(float(state)))
        places.append([at[part] for part in PARTS])
    true = angles(np.array(places))
    if one.mirrored:
        true = true[:, [1, 0, 3, 2, 5, 4, 7, 6]]
    return np.degrees(np.abs(angles(body(landmarks)) - true))


def summary(by: str, value: str, found: list[Measured]) -> dict[str, object]:
    """One row of the table: the median and 90th percentile of all frames of these videos."""
    errors = np.concatenate([one.errors for one in found])
    return {
        "by": by,
        "value": value,
        "videos": len(found),
        "median": float(np.median(errors)),
        "p90": float(np.quantile(errors, 0.9)),
        "stretched": float(np.median(np.concatenate([one.stretched for one in found]))),
        "mirror_found": float(np.mean([one.taken_mirrored == one.of.mirrored for one in found])),
        "angle_error": float(np.median(np.concatenate([one.angles.ravel() for one in found]))),
    }


if __name__ == "__main__":
    main()
