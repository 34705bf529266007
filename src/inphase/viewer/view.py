"""All of `inphase view`: from videos to a page that is served or exported."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from inphase.alignment import AlignmentOptions
from inphase.applications.synchronization.mirroring import looks_at_poses, mirror_images
from inphase.applications.synchronization.synchronize import most_typical
from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.errors import Skipped
from inphase.models import Encoder, embed
from inphase.models.pose import Place
from inphase.models.within_video import Features
from inphase.training import TrainingConfig
from inphase.training.choosing import choose_model
from inphase.viewer.export import export_page
from inphase.viewer.export_folder import check_export_folder
from inphase.viewer.opening import kept_files, open_documents
from inphase.viewer.people import People
from inphase.viewer.server import open_place, serve
from inphase.viewer.shelf import Shelf


def view(
    videos: Collection | str | Path | Sequence[str | Path],
    model: Encoder | str | Path | None = None,
    *,
    export: str | Path | None = None,
    reference: str | None = None,
    labels: str | Path | None = None,
    alignment: str | Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    open_browser: bool = True,
    features: Features = "auto",
    fit: bool | None = None,
    subjects: Mapping[str, Place] | None = None,
    config: TrainingConfig | None = None,
    overrides: Sequence[str] = (),
    options: AlignmentOptions = AlignmentOptions(),
    cache: str | Path | None = None,
    console: Console | None = None,
    say: Callable[[str], object] = print,
    report: Callable[[Sequence[Skipped]], object] | None = None,
) -> tuple[Skipped, ...]:
    """Show videos in step in the browser until Ctrl-C, or export the page to a folder.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        model: an encoder, or its model folder; by default poses if people are seen, otherwise one
            fitted to these videos first and kept.
        export: folder to write the page to, instead of serving it.
        reference: name of the video whose pace is kept at the start; by default the most typical,
            as in [`synchronize`][inphase.synchronize].
        labels: a labels.json to read key events from and save them to; by default the videos'
            own, or `labels.json` next to them.
        alignment: a file to read corrected matches from and save them to; by default
            `alignment.json` next to the labels.
        host: address to listen on. For a host other than loopback, the link contains a token.
        port: to listen on; 0 for any free one.
        open_browser: whether to open the page in the browser.
        features: what is compared if no model is given; see
            [`choose_model`][inphase.choose_model].
        fit: whether to fit an encoder if no model is given.
        config: for fitting an encoder.
        overrides: changes to the preset, for fitting an encoder.
        subjects: by name of the video, whom to follow.
        options: of each alignment.
        cache: folder for features, embeddings and browser copies; by default the user's cache.
        console: where progress bars go; by default nowhere.
        say: called with each sentence for the user.
        report: called with the skipped videos before the page is served.

    Returns:
        The videos that could not be read.

    Raises:
        InphaseError: something is missing or wrong; most errors are found before fitting.
    """
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    if export is not None:
        check_export_folder(Path(export), [video.path for video in collection])
    # Before minutes of fitting, check that all files exist and the port is free.
    kept_files(collection, labels=labels, alignment=alignment)
    name = collection[reference].name if reference is not None else None
    place = open_place(host, port) if export is None else None
    if model is None:
        model = choose_model(
            collection,
            features=features,
            fit=fit,
            config=config,
            overrides=overrides,
            subjects=subjects,
            cache=cache,
            console=console,
            say=say,
        )
    kept = Path(cache) if cache is not None else cache_folder()
    embeddings = embed(collection, model, subjects=subjects, cache=kept, console=console)
    images = mirror_images(
        collection, embeddings, model, subjects=subjects, cache=kept, console=console
    )
    if name is None:
        name = most_typical(embeddings, options)
    people = People(collection, model, kept) if looks_at_poses(model) else None
    documents = open_documents(
        embeddings,
        collection,
        mirror_images=images,
        reference=name,
        labels=labels,
        alignment=alignment,
        options=options,
        people=people,
    )
    shelf = kept / "viewer"
    skipped = embeddings.skipped
    if place is None:
        assert export is not None
        skipped += tuple(export_page(documents, Path(export), cache=shelf, console=console))
        say(f"Wrote {export}")
    if report is not None:
        report(skipped)
    if place is not None:
        say(f"Corrected matches are saved in {documents.alignment_file}")
        say(f"Key events are saved in {documents.labels.path}")
        serve(
            documents,
            Shelf(documents.viewed, shelf),
            place,
            open_browser=open_browser,
            on_ready=lambda: say(f"Open {place.address} (stop with Ctrl-C)"),
        )
    return skipped
