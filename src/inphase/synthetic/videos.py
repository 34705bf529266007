"""Synthetic videos of actions with known pace, key events and correspondence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inphase.synthetic import lift as synthetic_lift
from inphase.synthetic import pick_place as synthetic_pick_place
from inphase.synthetic import pouring as synthetic_pouring
from inphase.synthetic import swing as synthetic_swing
from inphase.synthetic.lift import Lift
from inphase.synthetic.pick_place import PickPlace
from inphase.synthetic.pouring import Pouring
from inphase.synthetic.scene import Camera, Canvas
from inphase.synthetic.sound import pouring_sound
from inphase.synthetic.swing import Swing
from inphase.synthetic.warp import Warp, corresponding_frames, event_frames
from inphase.video import Audio

VIEWS = ("a", "b")


class _Scene(Protocol):
    def camera(self, generator: np.random.Generator, *, mirror: bool, turn: float) -> Camera: ...

    def paint_background(self, canvas: Canvas, generator: np.random.Generator) -> None: ...

    def paint(self, canvas: Canvas, state: float) -> None: ...


_SCENES: Mapping[str, Callable[[np.random.Generator], _Scene]] = {
    "pouring": Pouring.draw,
    "swing": Swing.draw,
    "pick_place": PickPlace.draw,
    "lift": Lift.draw,
}
ACTIONS = tuple(_SCENES)
EVENTS: Mapping[str, Mapping[str, float]] = {
    "pouring": synthetic_pouring.EVENTS,
    "swing": synthetic_swing.EVENTS,
    "pick_place": synthetic_pick_place.EVENTS,
    "lift": synthetic_lift.EVENTS,
}
"""State at which each key event of an action happens, in order."""


@dataclass(frozen=True, eq=False)
class SyntheticVideo:
    """A video that is drawn when its frames are requested.

    Attributes:
        name: action, seed and view.
        action: one of `ACTIONS`.
        times: (frames,) seconds, from 0.
        state: (frames,) progress of the action at each frame, from 0 to 1, strictly increasing.
            Frames of two videos of one action show the same moment when their states are equal.
        events: the first frame at or after each key event, in order.
        view: which camera, `"a"` or `"b"`.
        audio: sound as long as the video; None for an action without sound.
        fps: frames per second.
        size: (width, height).
    """

    name: str
    action: str
    times: NDArray[np.float64]
    state: NDArray[np.float64]
    events: Mapping[str, int]
    view: str
    audio: Audio | None
    fps: float
    size: tuple[int, int]
    _seed: int

    def __len__(self) -> int:
        return len(self.times)

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """Draw the frames, (H, W, 3) RGB, one by one; the same every time."""
        return self.at(self.state)

    def at(self, states: NDArray[np.float64]) -> Iterator[NDArray[np.uint8]]:
        """Draw the performance at any of its states, (H, W, 3) RGB."""
        scene = _SCENES[self.action](_generator(self._seed, self.action, "scene"))
        whole = _generator(self._seed, self.action, "sides")
        mirror = (whole.random() < 0.5) == (self.view == "a")
        turn = 0.0 if self.view == "a" else float(whole.choice([-1, 1]) * whole.uniform(0.4, 0.6))
        generator = _generator(self._seed, self.action, f"view {self.view}")
        camera = scene.camera(generator, mirror=mirror, turn=turn)
        light = np.array([generator.choice([-0.6, 0.6]), 0.9, 0.7])
        canvas = Canvas(self.size, camera, light=light)
        scene.paint_background(canvas, generator)
        background = canvas.image
        for state in states:
            canvas.paper(background.copy())
            scene.paint(canvas, float(state))
            yield canvas.finished()


def draw(
    action: str,
    *,
    seed: int,
    fps: float = 25,
    size: tuple[int, int] = (160, 120),
    duration_range: tuple[float, float] = (2.5, 5.0),
    view: str | None = None,
) -> SyntheticVideo:
    """Make a synthetic video.

    The seed determines who performs, with what, where, how long and at what pace, and also the
    sound and the two cameras. The same seed with another view gives the same performance, mirrored
    and from another direction and distance.

    Args:
        action: one of `ACTIONS`.
        seed: at least 0.
        fps: frames per second.
        size: (width, height) in pixels.
        duration_range: shortest and longest duration in seconds.
        view: `"a"` or `"b"`; None is `"a"`.

    Raises:
        ValueError: there is no such action or view, or the video would have fewer than 2 frames.
    """
    if action not in ACTIONS:
        raise ValueError(f"action must be one of {', '.join(ACTIONS)}, not {action}.")
    if view not in (None, *VIEWS):
        raise ValueError(f"view must be a or b, not {view}.")
    generator = _generator(seed, action, "pace")
    frames = round(generator.uniform(*duration_range) * fps)
    if frames < 2:
        raise ValueError("a synthetic video needs at least two frames: raise the duration or fps.")
    # The last frame shows the end of the action, and is on screen for one frame's time.
    warp = Warp.draw(generator, duration=(frames - 1) / fps)
    times = np.arange(frames) / fps
    state = warp.state(times)
    state[-1] = 1.0
    return SyntheticVideo(
        name=f"{action}_{seed:03d}" + (f"_{view}" if view else ""),
        action=action,
        times=times,
        state=state,
        events=event_frames(state, EVENTS[action]),
        view=view or "a",
        audio=_sound(seed, warp, frames / fps) if action == "pouring" else None,
        fps=fps,
        size=size,
        _seed=seed,
    )


def correspondence(reference: SyntheticVideo, query: SyntheticVideo) -> NDArray[np.int64]:
    """The exact alignment of two videos of one action.

    Returns:
        (reference frames,) the query frame whose state is nearest, ascending.

    Raises:
        ValueError: the videos show different actions.
    """
    if reference.action != query.action:
        raise ValueError(f"{reference.name} and {query.name} show different actions.")
    return corresponding_frames(reference.state, query.state)


def _sound(seed: int, warp: Warp, duration: float) -> Audio:
    pouring = Pouring.draw(_generator(seed, "pouring", "scene"))
    begin, end = warp.time(np.array(pouring.running))
    return pouring_sound(
        lambda times: pouring.resonance(warp.state(times)),
        duration=duration,
        running=(float(begin), float(end)),
        generator=_generator(seed, "pouring", "sound"),
    )


def _generator(seed: int, action: str, purpose: str) -> np.random.Generator:
    """A random stream for each purpose: a change in one does not affect the others."""
    return np.random.default_rng([seed, *f"{action} {purpose}".encode()])
