"""`inphase synchronize`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inphase.applications.synchronization import EDIT_SUFFIXES, FORMATS
from inphase.cli import marks, options, verdict
from inphase.cli.clip import with_clip
from inphase.errors import ConfigError

if TYPE_CHECKING:
    from inphase.alignment import AlignmentOptions
    from inphase.applications.synchronization.clip import Clip
    from inphase.applications.synchronization.result import Synchronization
    from inphase.data import Collection
    from inphase.models.pose import PoseTracks


@options.with_reading
@options.with_alignment()
@with_clip
def synchronize(
    videos: options.Videos,
    output: Annotated[Path, options.output(FORMATS, more="With --separate, a folder.")],
    reference: Annotated[
        str | None,
        typer.Option(
            help="Name of the video whose pace and sound are kept [default: the most typical].",
            show_default=False,
        ),
    ] = None,
    joint: Annotated[
        bool,
        typer.Option(
            "--joint",
            help="Align all videos with their mean course instead of with the reference, so that "
            "the matches between any two agree; for many videos.",
        ),
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Model folder of a trained encoder [default: poses if people are seen, otherwise "
            "fit one to these videos first and keep it for next time].",
            show_default=False,
        ),
    ] = None,
    features: options.Features = "auto",
    fit: options.Fit = None,
    subject: options.Subject = None,
    mirror: options.Mirror = "auto",
    at: options.At = None,
    anchor: options.AnchorAt = None,
    flip: Annotated[
        bool,
        typer.Option("--flip", help="Show mirrored performances the same way round."),
    ] = False,
    mark_doubt: Annotated[
        bool,
        typer.Option("--mark-doubt", help="Mark where a match is doubtful, in the picture."),
    ] = False,
    separate: Annotated[
        bool,
        typer.Option(
            "--separate", help="Write each query to its own file, retimed to the reference."
        ),
    ] = False,
    alignment: options.AlignmentFile = None,
    strict: verdict.Strict = False,
    width: Annotated[
        int,
        typer.Option(
            min=64,
            max=20_000,
            help="Maximum width of the picture, in pixels; with --aspect, its shorter side is that "
            "of 16:9.",
            rich_help_panel="The clip",
        ),
    ] = 1920,
    cut_error: Annotated[
        int,
        typer.Option(
            min=0,
            help="For editing programs: how many frames a piece of constant speed may be off. A "
            "larger value gives fewer cuts.",
        ),
    ] = 2,
    split: options.Split = None,
    preset: options.FitPreset = None,
    override: options.Override = None,
    cache: options.Cache = None,
    *,
    how: "AlignmentOptions",
    clip: "Clip",
) -> int:
    """Play videos of the same action in step, at the pace of one of them.

    Example: `inphase synchronize swings/*.mp4 --reference me -o together.mp4`

    Without any model, by one moment marked in each video:
    `inphase synchronize me.mp4 pro.mp4 --at me=1.84,pro=2.1 -o together.mp4`

    A clip to send: `inphase synchronize me.mp4 pro.mp4 --layout overlay --slow 1.2-1.6:0.25 -o x`
    """
    from inphase.data import Collection
    from inphase.results.places import check_folder

    console = options.console()
    collection = Collection.open(videos, split=split)
    sources = [video.path for video in collection]
    if separate:
        check_folder(output, sources)
        _check_plain(clip)
    else:
        output = FORMATS.named(output)
        FORMATS.check_output(output, sources)
    # Check that it exists before spending minutes on fitting.
    name = None if reference is None else collection[reference].name
    # Only now, because they are slow to import.
    from inphase.applications.synchronization.edit_plan import check_edit_list
    from inphase.applications.synchronization.synchronize import check_count
    from inphase.applications.synchronization.synchronize import synchronize as match
    from inphase.data.labels_beside import with_labels_beside

    check_count(len(collection), collection.skipped)
    labelled = with_labels_beside(collection)
    events = {video.name: video.events for video in labelled}
    clip.check(events=labelled.events, videos=len(collection))
    if output.suffix == ".edl" and not separate:
        check_edit_list(output, sources if name is None else [collection[name].path])
    if at:
        from inphase.applications.synchronization.by_marks import synchronize_by_marks

        others = {"model": model, "fit": fit, "preset": preset, "joint": joint, "set": override}
        marks.check_alone({**others, "alignment": alignment, "anchor": anchor}, how)
        result = synchronize_by_marks(collection, marks.read(at, collection), reference=name)
        skipped = collection.skipped
    else:
        anchors = marks.anchors(alignment, anchor, collection)
        chosen = options.choice(model, features, fit, preset, override)
        subjects = options.subjects(subject, collection)
        if model is None:
            from inphase.training.choosing import choose_model

            model = choose_model(
                collection,
                subjects=subjects,
                **chosen,
                cache=cache,
                console=console,
                say=typer.echo,
            )
        embeddings = options.embed(collection, model, subjects=subjects, cache=cache)
        images = options.mirror_images(
            mirror, collection, embeddings, model, subjects=subjects, cache=cache
        )
        result = match(
            embeddings,
            reference=name,
            mirror_images=images,
            anchors=anchors,
            joint=joint,
            console=console,
            options=how,
        )
        skipped = embeddings.skipped
    if reference is None:
        typer.echo(
            f"The reference is {result.reference.name}, the {'first' if at else 'most typical'} "
            "video."
        )
    if result.rests_on:
        typer.echo(result.rests_on)
    mirrored = [query.name for query in result.queries if query.mirrored]
    if mirrored:
        typer.echo(f"Matched as seen in a mirror: {', '.join(mirrored)}")
    if separate:
        written = result.save_separate(output, flip=flip, mark_doubt=mark_doubt, console=console)
        for path in written:
            typer.echo(f"Wrote {path}")
    else:
        result.save(
            output,
            width=width,
            flip=flip,
            mark_doubt=mark_doubt,
            cut_error=cut_error,
            clip=clip,
            events=events.get(result.reference.name),
            tracks=_tracks(collection, subject, cache),
            console=console,
        )
        typer.echo(f"Wrote {output}")
        if output.suffix in EDIT_SUFFIXES:
            _print_cuts(result, cut_error)
    helps = [verdict.CORRECT, verdict.SUBJECT]
    unsure = verdict.say_verdict(result.verdicts(), strict=strict, helps=helps)
    return max(unsure, options.conclude(skipped))


def _check_plain(clip: "Clip") -> None:
    """Refuse the options of a clip where each video is written whole.

    Raises:
        ConfigError: one is given.
    """
    changed = clip.model_dump(exclude_defaults=True)
    if changed:
        names = {"start": "from", "end": "to"}
        first = next(iter(changed))
        raise ConfigError(
            f"--separate writes each video whole, as it is: leave it out, or --"
            f"{names.get(first, first)}."
        )


def _tracks(
    collection: "Collection", subject: Sequence[str] | None, cache: Path | None
) -> "PoseTracks":
    """What finds the people that the options name."""
    from inphase.cache import cache_folder
    from inphase.models.pose import PoseTracks

    places = options.subjects(subject, collection) or {}
    return PoseTracks(
        (cache or cache_folder()) / "landmarks",
        subjects={collection[name].path: place for name, place in places.items()},
    )


def _print_cuts(result: "Synchronization", cut_error: int) -> None:
    """Print how many cuts each query has in an editing program."""
    from inphase.applications.synchronization.writers import edit_plan

    plan = edit_plan(result, error=cut_error)
    for track in plan.tracks[1:]:
        typer.echo(f"{track.name}: {len(track.segments) - 1} cuts")
    typer.echo(f"{plan.cuts} cuts in all, no frame off by more than {cut_error}")
