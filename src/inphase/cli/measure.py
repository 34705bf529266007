"""`inphase measure`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.measurement import FORMATS
from inphase.cli import marks, options, verdict

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions
    from inphase.data import Collection
    from inphase.models import EmbeddedVideo


@options.with_reading
@options.with_alignment()
def measure(
    videos: options.Videos,
    output: Annotated[list[Path], options.output(FORMATS, more=options.REPEATED)],
    reference: Annotated[
        str | None,
        typer.Option(
            help="Name of the video that the others are compared with, over its time [default: "
            "the most typical; with --at the first].",
            show_default=False,
        ),
    ] = None,
    typical: Annotated[
        list[str] | None,
        typer.Option(
            "--typical",
            metavar="VIDEOS...",
            help="Good videos, as many as you like up to the next option: their median and 10 to "
            "90 % at each moment are the band of typical values. Repeatable.",
            show_default=False,
        ),
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SECONDS",
            help="A key event in the reference, for the tempo, such as impact=1.84 [default: those "
            "of labels.json]. Repeatable.",
            show_default=False,
        ),
    ] = None,
    in_picture: Annotated[
        bool,
        typer.Option(
            "--in-picture",
            help="Measure in the plane of the picture instead of in space: better if the camera "
            "looks squarely from the side, misleading if it does not.",
        ),
    ] = False,
    model: options.Model = None,
    at: options.At = None,
    anchor: options.AnchorAt = None,
    alignment: options.AlignmentFile = None,
    subject: options.Subject = None,
    mirror: options.Mirror = "auto",
    width: Annotated[
        int, typer.Option(min=400, max=20_000, help="Width of the .png, in pixels.")
    ] = 1600,
    strict: verdict.Strict = False,
    split: options.Split = None,
    cache: options.Cache = None,
    *,
    how: "AlignmentOptions",
) -> int:
    """Measure joint angles, their speeds, distances and tempo, and compare at the same moments.

    Says where each video differs most from the reference, and by how much one camera may err.
    Left and right are the person's own.

    Example: `inphase measure me.mp4 pro.mp4 --reference pro -o numbers.png -o numbers.csv`
    """
    from inphase.data import Collection

    good = typical or []
    console = options.console()
    collection = Collection.open([*videos, *good], split=split)
    for path in output:
        FORMATS.check_output(path, [video.path for video in collection])
    name = None if reference is None else collection[reference].name
    opened = Collection.open(good) if good else ()
    names = tuple(collection[str(one.path)].name for one in opened)
    # Only now, because they are slow to import.
    from inphase.applications.measurement.measure import check_typical
    from inphase.applications.measurement.measure import measure as measured
    from inphase.applications.synchronization.by_marks import alone, synchronize_by_marks
    from inphase.applications.synchronization.synchronize import synchronize
    from inphase.cache import cache_folder
    from inphase.models.pose import PoseTracks

    check_typical(len(names))
    subjects = options.subjects(subject, collection)
    skipped = collection.skipped
    if at:
        marks.check_alone({"model": model, "alignment": alignment, "anchor": anchor}, how)
        result = synchronize_by_marks(collection, marks.read(at, collection), reference=name)
    elif len(collection) == 1:
        result = alone(collection.videos[0])
    else:
        anchors = marks.anchors(alignment, anchor, collection)
        model = options.model_or_poses(collection, model, subjects=subjects)
        embeddings = options.embed(collection, model, subjects=subjects, cache=cache)
        result = synchronize(
            embeddings,
            reference=name,
            mirror_images=options.mirror_images(
                mirror, collection, embeddings, model, subjects=subjects, cache=cache
            ),
            anchors=anchors,
            options=how,
            console=console,
        )
        skipped = embeddings.skipped
    places = {collection[name].path: place for name, place in (subjects or {}).items()}
    found = measured(
        result,
        events=_events(collection, result.reference, event),
        typical=names,
        in_depth=not in_picture,
        tracks=PoseTracks((cache or cache_folder()) / "landmarks", subjects=places),
        console=console,
    )
    if reference is None and len(collection) > 1:
        typer.echo(f"Compared with {result.reference.name}; --reference chooses another video.")
    for sentence in (*filter(None, [result.rests_on]), *found.sentences()):
        typer.echo(sentence)
    for path in output:
        found.save(path, width=width, console=console)
        typer.echo(f"Wrote {path}")
    helps = [verdict.CORRECT, verdict.SUBJECT]
    unsure = verdict.say_verdict(result.verdicts(), strict=strict, helps=helps)
    return max(unsure, options.conclude(skipped))


def _events(
    collection: "Collection", reference: "EmbeddedVideo", given: list[str] | None
) -> "Mapping[str, Mapping[str, float]]":
    """Seconds of the key events of each video; of the reference those that are given, if any."""
    from inphase.applications.marks import marked_seconds
    from inphase.errors import ConfigError
    from inphase.video import probe

    found = dict(marked_seconds(collection))
    told = {}
    for name, word in options.pairs(given, "--event").items():
        try:
            told[name] = float(word)
        except ValueError:
            told[name] = -1.0
        if not 0 <= told[name] < float("inf"):
            raise ConfigError(
                f"--event: write NAME=SECONDS, such as impact=1.84, not `{name}={word}`."
            )
    if told:
        lasts = probe(reference.path).duration
        late = [name for name, at in told.items() if at > lasts]
        if late:
            raise ConfigError(
                f"--event {late[0]}={told[late[0]]:g} is outside {reference.name}, which lasts "
                f"{lasts:.2f} s."
            )
        found[reference.name] = dict(sorted(told.items(), key=lambda one: one[1]))
    return found
