"""From a collection to the viewer's documents, and where its labels and corrections are kept."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from inphase.alignment import AlignmentOptions
from inphase.applications.anchors import Anchors, read_alignment_file
from inphase.data import LABELS_FILE, Collection
from inphase.data.labels_beside import home_of, with_labels
from inphase.errors import AlignmentError, ConfigError
from inphase.models import EmbeddedVideo, Embeddings
from inphase.models.model_folder import WEIGHTS
from inphase.overwriting import place_of
from inphase.viewer.documents import Documents
from inphase.viewer.label_file import LabelFile
from inphase.viewer.people import People
from inphase.viewer.videos import viewed

ALIGNMENT_FILE = "alignment.json"


def split_models(given: Sequence[str], model: Path | None) -> tuple[list[str], Path | None]:
    """Separate run and model folders from videos.

    Args:
        given: files, folders, globs.
        model: a model or run folder given separately.

    Returns:
        The videos to open, and the model folder, None if there is none.

    Raises:
        ConfigError: there are two models, or a model alone.
    """
    found = [Path(one).expanduser() for one in given if _model_in(Path(one).expanduser())]
    sources = [one for one in given if Path(one).expanduser() not in found]
    models = [*([model] if model is not None else []), *found]
    if len(models) > 1:
        raise ConfigError(f"{models[0]} and {models[1]} are both models; give one.")
    if not sources:
        raise ConfigError(f"{models[0]} does not contain its videos: give them too.")
    return sources, (_model_in(models[0]) or models[0]) if models else None


def _model_in(path: Path) -> Path | None:
    return next((p for p in (path, path / "model") if (p / WEIGHTS).is_file()), None)


def open_documents(
    embeddings: Embeddings,
    collection: Collection,
    *,
    mirror_images: Iterable[EmbeddedVideo] = (),
    reference: str | None = None,
    labels: str | Path | None = None,
    alignment: str | Path | None = None,
    options: AlignmentOptions = AlignmentOptions(),
    people: People | None = None,
) -> Documents:
    """Make the viewer's documents of a collection.

    Args:
        embeddings: of the collection's videos that can be read.
        collection: of the embedded videos.
        mirror_images: the same videos embedded as seen in a mirror: each query is aligned as it is
            and mirrored, and the better alignment is shown.
        reference: name of the video whose pace is kept at the start; by default the first.
        labels: a labels.json to read key events from and save them to; by default the collection's
            own, or `labels.json` next to its videos (in the working directory if they have no
            common folder).
        alignment: an alignment file to read anchors from and save them to; by default
            `alignment.json` next to the labels.
        options: of each alignment.
        people: lets the page choose whom to follow, if the videos are compared by poses.

    Raises:
        AlignmentError: the reference is not among the videos, or the anchors do not belong to
            them.
        CollectionError: the labels cannot be read.
        ConfigError: labels and alignment are the same file.
        VideoError: a video can no longer be read.
    """
    labels_file, alignment_file = kept_files(collection, labels=labels, alignment=alignment)
    described = viewed(
        embeddings,
        with_labels(collection, labels_file),
        mirror_images=mirror_images,
        reference=reference,
        title=_title(collection),
        options=options,
    )
    anchors = _anchors(alignment_file, embeddings)
    return Documents(
        described,
        anchors=anchors,
        alignment_file=alignment_file,
        labels=LabelFile(labels_file, described.videos),
        people=people,
    )


def kept_files(
    collection: Collection,
    *,
    labels: str | Path | None = None,
    alignment: str | Path | None = None,
) -> tuple[Path, Path]:
    """Where key events and anchors are kept; errors in them are raised before any work.

    Args:
        collection: the videos.
        labels: see `open_documents`.
        alignment: see `open_documents`.

    Raises:
        AlignmentError: the alignment file is not one.
        CollectionError: the labels cannot be read.
        ConfigError: labels and alignment are the same file.
    """
    home = home_of(collection)
    labels_file = Path(labels) if labels is not None else home / _labels_name(collection)
    alignment_file = Path(alignment) if alignment is not None else home / ALIGNMENT_FILE
    if place_of(labels_file) == place_of(alignment_file):
        raise ConfigError(
            f"{labels_file} cannot hold both labels and corrected matches: give two files."
        )
    with_labels(collection, labels_file)
    if alignment_file.exists():
        read_alignment_file(alignment_file)
    return labels_file, alignment_file


def _anchors(path: Path, embeddings: Embeddings) -> Anchors:
    """The anchors in the file, checked to fit their videos."""
    if not path.exists():
        return Anchors(source=str(path))
    anchors = read_alignment_file(path)
    videos = {video.name: video for video in embeddings}
    for reference, query in dict.fromkeys((one.reference, one.query) for one in anchors.all):
        if {reference, query} <= videos.keys():
            if reference == query:
                raise AlignmentError(f"{path} matches {query} with itself.")
            anchors.between(videos[reference], videos[query])
    return anchors


def _labels_name(collection: Collection) -> str:
    source = Path(collection.source)
    return source.name if source.suffix.lower() == ".json" else LABELS_FILE


def _title(collection: Collection) -> str:
    source = Path(collection.source)
    named = source.parent if source.name == LABELS_FILE else source
    return named.absolute().name if named.exists() else "inphase"
