"""Arguments that several verbs share, and how they end."""

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer
from rich.console import Console

from inphase.errors import ConfigError, Skipped

if TYPE_CHECKING:
    from inphase.data import Collection
    from inphase.models import Embeddings
    from inphase.models.pose import Place
    from inphase.results.formats import Formats

R = TypeVar("R")

Videos = Annotated[
    list[str],
    typer.Argument(
        metavar="VIDEOS",
        help="Video files, folders, globs, a labels.json, or a list of paths (.txt or .csv).",
        show_default=False,
    ),
]
Split = Annotated[
    str | None,
    typer.Option(help="Use only this split of a labelled set, e.g. train.", show_default=False),
]
Model = Annotated[
    Path | None,
    typer.Option(
        help="Model folder of a trained encoder [default: poses, if people are seen].",
        show_default=False,
    ),
]
# The store's own constant would load numpy and pyarrow just to ask for help.
DEFAULT_STORE = Path("inphase-store")
StoreFolder = Annotated[Path, typer.Option("--store", help="Store folder.")]
Metadata = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="Metadata of the videos to add or search, e.g. coach=anna. Repeatable.",
        show_default=False,
    ),
]
Preset = Annotated[
    str, typer.Option(help="Training settings: quick, poses, penn_action or pouring.")
]
FitPreset = Annotated[
    str | None,
    typer.Option(
        help="Fit an encoder with these settings: quick, poses, penn_action or pouring [default: "
        "poses if people are seen, otherwise quick].",
        show_default=False,
    ),
]
Override = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one setting, e.g. steps=1000 or encoder.context_gap=0.5. Repeatable.",
        show_default=False,
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        help="Folder for what is kept between runs: features, embeddings, fitted models "
        "[default: the user's cache folder].",
        show_default=False,
    ),
]
Features = Annotated[
    Literal["auto", "pose", "appearance"],
    typer.Option(
        help="What to compare: the poses of people, or the whole picture; auto looks for people."
    ),
]
Fit = Annotated[
    bool | None,
    typer.Option(
        "--fit/--no-fit",
        help="Fit an encoder to these videos first, and keep it for next time [default: only if "
        "the whole picture is compared].",
        show_default=False,
    ),
]
Mirror = Annotated[
    Literal["auto", "never", "always"],
    typer.Option(
        help="Align each query also as its mirror image and keep the better alignment, for "
        "left-handers among right-handers; auto first looks at a few frames whether any need it.",
    ),
]
Subject = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=X,Y@SECONDS",
        help="Whom to follow in a video with several people: the one at pixel X,Y at that time "
        "[default: the largest who moves]. Repeatable.",
        show_default=False,
    ),
]
AlignmentFile = Annotated[
    Path | None,
    typer.Option(
        "--alignment",
        help="Alignment file (from `inphase view` or `synchronize -o X.json`) whose corrected "
        "matches are kept.",
        show_default=False,
    ),
]

At = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MARK",
        help="Match the videos by marks alone, at once and without a model: a key event marked in "
        "each video (in labels.json or in `inphase view`), such as impact, or seconds in each, "
        "such as me=1.84,pro=2.1. Each video keeps its own speed; with several marks it is "
        "stretched evenly between them. Repeatable.",
        show_default=False,
    ),
]
AnchorAt = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MARK",
        help="Align the videos so that marks coincide; written as for --at. Repeatable.",
        show_default=False,
    ),
]

Distance = Annotated[
    Literal["squared_euclidean", "cosine"], typer.Option(help="Distance between embeddings.")
]
# How two videos are aligned: the fields of AlignmentOptions as options of a verb.
_ALIGNMENT: dict[str, Any] = {
    "distance": Distance,
    "window": Annotated[
        float | None,
        typer.Option(
            help="How far a match may lie from the diagonal, as a fraction (0..1) of the shorter "
            "video [default: no limit].",
            show_default=False,
        ),
    ],
    "max_slope": Annotated[
        int | None,
        typer.Option(
            help="How many frames one video may advance while the other stands still "
            "[default: no limit].",
            show_default=False,
        ),
    ],
    "open_begin": Annotated[
        bool,
        typer.Option("--open-begin", help="Let one video start partway through the longer one."),
    ],
    "open_end": Annotated[
        bool, typer.Option("--open-end", help="Let one video end partway through the longer one.")
    ],
    "open_in": Annotated[
        Literal["reference", "query"],
        typer.Option(
            help="The longer video: with --open-begin or --open-end, some of its frames may stay "
            "unmatched."
        ),
    ],
}
_FPS = Annotated[
    float | None,
    typer.Option(
        "--fps",
        min=0.01,
        max=100_000,
        help="Frames per second of folders of images and of raw streams, which state no times "
        "[default: that of their labels, otherwise 25].",
        show_default=False,
    ),
]
_CAMERA = Annotated[
    str | None,
    typer.Option(
        "--camera",
        metavar="KEY",
        help="The camera of a LeRobot dataset, e.g. observation.images.top or top [default: all; "
        "they are views of one event].",
        show_default=False,
    ),
]
_DEFAULTS = {"distance": "squared_euclidean", "open_in": "reference", "open_begin": False,
             "open_end": False}  # fmt: skip


def with_alignment(*names: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a verb the alignment options, passed together as its argument `how`.

    Args:
        names: the options it takes; by default all.
    """

    def decorate(verb: Callable[..., R]) -> Callable[..., R]:
        chosen = names or tuple(_ALIGNMENT)

        @functools.wraps(verb)
        def with_options(**given: Any) -> R:
            # Imported here because it loads numba, which --help does not need.
            from inphase.alignment import AlignmentOptions

            how = AlignmentOptions(**{name: given.pop(name) for name in chosen})
            return verb(**given, how=how)

        signature = inspect.signature(verb)
        own = [one for one in signature.parameters.values() if one.name != "how"]
        added = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=_DEFAULTS.get(name),
                annotation=_ALIGNMENT[name],
            )
            for name in chosen
        ]
        with_options.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
        with_options.__annotations__ = {
            **{one.name: one.annotation for one in (*own, *added)},
            "return": signature.return_annotation,
        }
        del with_options.__wrapped__
        return with_options

    return decorate


def with_reading(verb: Callable[..., R]) -> Callable[..., R]:
    """Give a verb the options of how videos are read: `--fps` and `--camera`."""
    signature = inspect.signature(verb)

    @functools.wraps(verb)
    def with_option(*, fps: float | None = None, camera: str | None = None, **given: Any) -> R:
        from inphase.data.lerobot.cameras import choose_camera
        from inphase.video import rates

        rates.assume_rate(fps)
        choose_camera(camera)
        return verb(**given)

    own = list(signature.parameters.values())
    options = {"fps": _FPS, "camera": _CAMERA}
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in options.items()
    ]
    with_option.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    with_option.__annotations__ = {**verb.__annotations__, **options}
    del with_option.__wrapped__
    return with_option


def output(formats: "Formats", *, more: str = "") -> Any:
    """The option `-o` of a verb, whose help lists the formats of its result.

    Args:
        formats: of the result.
        more: appended to the help.
    """
    told = f"{formats.help()} {more}".strip()
    return typer.Option("--output", "-o", help=told, show_default=False)


def model_or_poses(
    collection: "Collection",
    model: Path | None,
    *,
    subjects: "Mapping[str, Place] | None" = None,
) -> Path:
    """The given model folder, or that of poses if people are seen.

    Args:
        collection: the videos.
        model: the given folder.
        subjects: by name of the video, whom to follow.

    Raises:
        ConfigError: no model was given, and no people are seen.
    """
    if model is not None:
        return model
    from inphase.training.choosing import choose_model

    return choose_model(
        collection, fit=False, subjects=subjects, console=console(), say=console().print
    )


def mirror_images(
    mirror: str,
    collection: "Collection",
    embeddings: "Embeddings",
    model: Path,
    *,
    subjects: "Mapping[str, Place] | None" = None,
    cache: Path | None = None,
) -> "Embeddings | tuple[()]":
    """The videos embedded as seen in a mirror, as far as `--mirror` asks for them."""
    from inphase.applications.synchronization import mirroring
    from inphase.cache import cache_folder

    if mirror == "never":
        return ()
    if mirror == "always":
        return embed(collection, model, subjects=subjects, mirrored=True, cache=cache)
    return mirroring.mirror_images(
        collection,
        embeddings,
        model,
        subjects=subjects,
        cache=cache or cache_folder(),
        console=console(),
    )


REPEATED = "Repeatable."
_NUMBER = r"\d{1,9}(?:\.\d{0,9})?"


def embed(
    collection: "Collection",
    model: Path,
    *,
    subjects: "Mapping[str, Place] | None" = None,
    mirrored: bool = False,
    cache: Path | None = None,
) -> "Embeddings":
    """Embed videos for a verb, using embeddings from the cache if possible.

    Args:
        collection: the videos.
        model: the model folder.
        subjects: by name of the video, whom to follow.
        mirrored: as seen in a mirror.
        cache: folder of the cache; by default the user's.
    """
    from inphase.cache import cache_folder
    from inphase.models import embed as embed_videos

    return embed_videos(
        collection,
        model,
        mirrored=mirrored,
        subjects=subjects,
        cache=cache or cache_folder(),
        console=console(),
    )


def choice(
    model: Path | None,
    features: str,
    fit: bool | None,
    preset: str | None,
    override: Sequence[str] | None,
) -> dict[str, Any]:
    """The arguments of `choose_model` that these options give.

    Raises:
        ConfigError: there is nothing to choose, because a model is given.
    """
    asked = features != "auto" or fit is not None or preset is not None or bool(override)
    if model is not None and asked:
        raise ConfigError(
            "--features, --fit, --preset and --set choose a model: leave them out with --model."
        )
    chosen: dict[str, Any] = {"features": features, "fit": fit}
    if preset is not None:
        from inphase.training.config import load_config

        chosen["config"] = load_config(preset, overrides=override or ())
    elif override:
        chosen["overrides"] = override
    return chosen


def subjects(given: Sequence[str] | None, collection: "Collection") -> "dict[str, Place] | None":
    """Parse `NAME=X,Y@SECONDS` words; None without any.

    Raises:
        ConfigError: a word has another form.
        CollectionError: there is no such video.
    """
    from inphase.models.pose import Place

    chosen: dict[str, Place] = {}
    told_of = pairs(given, "--subject")
    if len(told_of) < len(given or ()):
        raise ConfigError("--subject: give each video only once.")
    for name, told in told_of.items():
        found = re.fullmatch(rf"({_NUMBER}),({_NUMBER})@({_NUMBER})", told)
        if found is None:
            raise ConfigError(
                f"--subject: write NAME=X,Y@SECONDS, such as me=320,240@1.5, not `{name}={told}`."
            )
        x, y, seconds = map(float, found.groups())
        chosen[collection[name].name] = Place(x, y, seconds)
    return chosen or None


def console() -> Console:
    """Where progress and warnings go: standard error."""
    return Console(stderr=True, emoji=False)


def table_console() -> Console:
    """Where tables go: standard output, at full width if it is not a terminal.

    Cells are shown as they are: file names have brackets and colons that are no markup.
    """
    width = None if Console().is_terminal else 1000
    return Console(width=width, markup=False, emoji=False)


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """Parse `KEY=VALUE` words into a mapping.

    Raises:
        ConfigError: a word has no `=`.
    """
    for one in given or ():
        if "=" not in one.strip("="):
            raise ConfigError(f"{option}: write KEY=VALUE, not `{one}`.")
    return dict(one.split("=", 1) for one in given or ())


def screen() -> Console:
    """Where results go: standard output."""
    return Console(emoji=False)


def conclude(skipped: Sequence[Skipped]) -> int:
    """List what was skipped and return the exit code: 0, or 1 if anything was skipped."""
    if not skipped:
        return 0
    warnings = console()
    warnings.print(f"[yellow]Skipped {len(skipped)}:[/yellow]")
    for one in skipped:
        warnings.print(f"  {one.name}: {one.reason}", markup=False, highlight=False)
    return 1
