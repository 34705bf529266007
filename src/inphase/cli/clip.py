"""The options of a clip: what it shows, and how fast."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import typer

R = TypeVar("R")
_PANEL = "The clip"


def _option(name: str, help_text: str, *, metavar: str | None = None) -> Any:
    return typer.Option(
        name, help=help_text, metavar=metavar, show_default=False, rich_help_panel=_PANEL
    )


# As in the fields of Clip, under the names of the options.
_MOMENT = "SECONDS|EVENT"
_OPTIONS: dict[str, Any] = {
    "layout": Annotated[
        Literal["grid", "row", "column", "overlay", "swipe", "difference"],
        typer.Option(
            help="Pictures beside each other, or on each other with the bodies in the same place.",
            rich_help_panel=_PANEL,
        ),
    ],
    "aspect": Annotated[
        str | None,
        _option(
            "--aspect",
            "Shape of the whole picture, e.g. 9:16 or 1:1 for phones [default: what the videos "
            "need].",
            metavar="W:H",
        ),
    ],
    "start": Annotated[
        str | None,
        _option(
            "--from",
            "Where the clip starts: seconds of the reference, or one of its key events.",
            metavar=_MOMENT,
        ),
    ],
    "end": Annotated[
        str | None,
        _option("--to", "Where it ends, with the frame of a key event.", metavar=_MOMENT),
    ],
    "speed": Annotated[
        float,
        typer.Option(min=0.05, max=8, help="0.5 is half as fast.", rich_help_panel=_PANEL),
    ],
    "slow": Annotated[
        list[str] | None,
        _option(
            "--slow",
            "Slow motion from 0.3 s before to 0.3 s after a moment (impact:0.25), or between two "
            "(1.2-1.6:0.25, top-impact:0.25). Frames are repeated, never invented; the sound keeps "
            "its pitch. Repeatable.",
            metavar="WHEN:SPEED",
        ),
    ],
    "hold": Annotated[
        list[str] | None,
        _option(
            "--hold",
            "Let the picture stand still at a moment, for 1 s or as long as told (impact:2). "
            "Repeatable.",
            metavar=f"{_MOMENT}[:SECONDS]",
        ),
    ],
    "crop": Annotated[
        Literal["subject"] | None,
        _option("--crop", "subject: show only the person, and follow them."),
    ],
    "skeleton": Annotated[
        bool,
        typer.Option("--skeleton", help="Draw the person's joints.", rich_help_panel=_PANEL),
    ],
    "trail": Annotated[
        list[str] | None,
        _option(
            "--trail",
            "Draw the path of a landmark: wrists, right_wrist, left_ankle, nose, ... Repeatable.",
            metavar="LANDMARK",
        ),
    ],
}
_DEFAULTS = {"layout": "grid", "speed": 1.0, "skeleton": False}


def with_clip(verb: Callable[..., R]) -> Callable[..., R]:
    """Give a verb the options of a clip, passed together as its argument `clip`."""

    @functools.wraps(verb)
    def with_options(**given: Any) -> R:
        # Imported here because pydantic is slow to load, and --help does not need it.
        from inphase.applications.synchronization.clip import Clip
        from inphase.settings import parse_settings

        told = {name: given.pop(name) for name in _OPTIONS}
        clip = parse_settings(
            Clip,
            {name: value for name, value in told.items() if value is not None},
            source="The clip",
        )
        return verb(**given, clip=clip)

    signature = inspect.signature(verb)
    own = [one for one in signature.parameters.values() if one.name != "clip"]
    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_DEFAULTS.get(name),
            annotation=annotation,
        )
        for name, annotation in _OPTIONS.items()
    ]
    with_options.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    with_options.__annotations__ = {**verb.__annotations__, **_OPTIONS}
    del with_options.__wrapped__
    return with_options
