"""Project high-dimensional embeddings to a plane: t-SNE, PCA or UMAP."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inphase.errors import ConfigError, ModelError, VideoError, hint

Method = Literal["tsne", "pca", "umap", "opentsne"]
PERPLEXITY = 30.0
_FEWEST = 4


def project(
    embeddings: NDArray[np.float32],
    *,
    added: NDArray[np.float32] | None = None,
    method: Method = "tsne",
    perplexity: float = PERPLEXITY,
    seed: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project embeddings to a plane, keeping near ones near each other.

    Source: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008.

    Args:
        embeddings: (n, dims), which shape the map.
        added: (m, dims), which are placed in the map without changing it.
        method: `tsne` (scikit-learn), `opentsne` or `umap` (separate packages), or `pca`, which is
            deterministic and preserves distances.
        perplexity: of t-SNE, or the neighbours of UMAP: how many points count as near. At most a
            third of all points is used.
        seed: random seed.

    Returns:
        (n, 2) and (m, 2).

    Raises:
        ConfigError: the method is unknown, its package is not installed, or it cannot add points.
        ModelError: embeddings are not finite, or all the same.
        VideoError: there are fewer than four embeddings.
    """
    check_method(method, adds=added is not None)
    if perplexity <= 0:
        raise ConfigError(f"The perplexity must be above 0; it is {perplexity:g}.")
    if len(embeddings) < _FEWEST:
        raise VideoError(
            f"The videos have {len(embeddings)} frames in all; a map needs at least {_FEWEST}."
        )
    base = _prepared(embeddings)
    extra = _prepared(added if added is not None else embeddings[:0])
    if np.ptp(base, axis=0).max() == 0:
        raise ModelError("All frames have the same embedding: train the model longer.")
    near = min(perplexity, (len(base) - 1) / 3)
    mapped: Any = _map(method, near, seed)
    if method == "tsne":
        return np.asarray(mapped.fit_transform(base), dtype=np.float64), np.empty((0, 2))
    fitted = mapped.fit(base)
    if method == "opentsne":
        points = fitted
    elif method == "umap":
        points = fitted.embedding_
    else:
        points = fitted.transform(base)
    places = fitted.transform(extra) if len(extra) else np.empty((0, 2))
    return np.asarray(points, dtype=np.float64), np.asarray(places, dtype=np.float64)


def check_method(method: str, *, adds: bool = False) -> None:
    """Refuse a method that is missing or cannot add videos, before minutes of embedding.

    Args:
        method: its name.
        adds: whether videos will be added to a map.

    Raises:
        ConfigError: it is unknown, its package is not installed, or it cannot add videos.
    """
    if method not in get_args(Method):
        raise ConfigError(f"There is no method `{method}`; {hint(method, get_args(Method))}")
    if adds and method == "tsne":
        raise ConfigError(
            "scikit-learn's t-SNE cannot add videos to a map; use opentsne, umap or pca."
        )
    try:
        if method == "umap":
            import umap  # noqa: F401
        elif method == "opentsne":
            import openTSNE  # noqa: F401
    except ImportError as error:
        package = {"umap": "umap-learn", "opentsne": "openTSNE"}[method]
        raise ConfigError(
            f"The method {method} needs {package}; install it with `pip install {package}`, or "
            "use tsne or pca."
        ) from error


def _map(method: Method, near: float, seed: int) -> Any:
    # Imported here because all are slow to import.
    if method == "tsne":
        from sklearn.manifold import TSNE

        return TSNE(perplexity=near, init="pca", random_state=seed)
    if method == "opentsne":
        import openTSNE

        return openTSNE.TSNE(perplexity=near, random_state=seed)
    if method == "umap":
        import umap

        return umap.UMAP(n_neighbors=max(2, round(near)), random_state=seed, n_jobs=1)
    from sklearn.decomposition import PCA

    return PCA(2, svd_solver="full")


def _prepared(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    if not np.isfinite(embeddings).all():
        raise ModelError("Some embeddings are not finite numbers: train the model again.")
    if embeddings.shape[1] == 1:  # a plane needs two dimensions
        return np.pad(embeddings, ((0, 0), (0, 1)))
    return embeddings
