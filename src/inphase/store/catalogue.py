"""store.json: which models' embeddings a store holds, and how each model's index is searched."""

from pathlib import Path

from pydantic import Field

from inphase.atomic import replacing
from inphase.errors import ConfigError, StoreError
from inphase.settings import Settings, parse_settings, read_yaml

FORMAT_VERSION = 1
CATALOGUE = "store.json"


class IndexReport(Settings):
    """An approximate index, and how well it finds what an exact search finds.

    Attributes:
        rows: frames that it was trained on.
        partitions: number of parts into which it divides the embeddings.
        probes: number of partitions that are searched; as few as reach the wanted recall.
        recall: fraction of the true `neighbours` nearest frames of other videos that it found.
        neighbours: number of nearest frames searched for.
        queries: number of stored frames used as queries.
    """

    rows: int = Field(ge=0, le=10**12)
    partitions: int = Field(ge=1, le=10**6)
    probes: int = Field(ge=1, le=10**6)
    recall: float = Field(ge=0, le=1)
    neighbours: int = Field(ge=1, le=10**6)
    queries: int = Field(ge=0, le=10**9)


class StoredModel(Settings):
    """A model whose embeddings are in a store.

    Attributes:
        fingerprint: sha256 of everything that determines an embedding.
        folder: its model folder when it last added videos; empty if it had none.
        dims: dimensions of an embedding.
        index: of its embeddings, if there are enough of them to need one.
    """

    fingerprint: str
    folder: str
    dims: int = Field(ge=1, le=10**5)
    index: IndexReport | None = None

    @property
    def table(self) -> str:
        """Name of its table. Each model has its own, as their embeddings cannot be compared."""
        return f"frames-{self.fingerprint[:16]}"

    def __str__(self) -> str:
        return f"{self.folder or 'without a folder'} ({self.fingerprint[:8]})"


class Catalogue(Settings):
    """All models of a store.

    Attributes:
        format_version: of the store.
        models: in the order in which they were added.
    """

    format_version: int = Field(FORMAT_VERSION, ge=1, le=10**6)
    models: tuple[StoredModel, ...] = ()

    def find(self, fingerprint: str) -> StoredModel | None:
        """The model with this fingerprint, if the store has its embeddings."""
        return next((model for model in self.models if model.fingerprint == fingerprint), None)

    def with_model(self, model: StoredModel) -> "Catalogue":
        """A copy with this model added, or replacing its older entry."""
        if self.find(model.fingerprint) is None:
            return self.model_copy(update={"models": (*self.models, model)})
        models = (model if m.fingerprint == model.fingerprint else m for m in self.models)
        return self.model_copy(update={"models": tuple(models)})

    def without(self, fingerprint: str) -> "Catalogue":
        """A copy without a model."""
        models = tuple(model for model in self.models if model.fingerprint != fingerprint)
        return self.model_copy(update={"models": models})


def read_catalogue(folder: Path) -> Catalogue:
    """Read the catalogue of a store.

    Raises:
        StoreError: it cannot be read, or a newer inphase wrote it.
    """
    path = folder / CATALOGUE
    try:
        values = read_yaml(path)  # JSON is YAML
        version = values.get("format_version")
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise StoreError(
                f"{path} is of format {version}, written by a newer inphase; this one reads up to "
                f"{FORMAT_VERSION}: `pip install --upgrade inphase`."
            )
        return parse_settings(Catalogue, values, source=str(path))
    except ConfigError as error:
        raise StoreError(f"The store {folder} is damaged: {error}") from error


def write_catalogue(folder: Path, catalogue: Catalogue) -> None:
    """Write the catalogue of a store atomically.

    Raises:
        OutputError: it cannot be written.
    """
    with replacing(folder / CATALOGUE, in_place=True) as beside:
        beside.write_text(catalogue.model_dump_json(indent=1) + "\n", encoding="utf-8")
