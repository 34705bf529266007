"""A model folder on disk: `model.safetensors`, `config.yaml` and a card, `README.md`.

No pickle is ever loaded from one.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
import yaml
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import ConfigError, ModelError
from inphase.models.config import EncoderConfig
from inphase.models.model_card import model_card
from inphase.models.pose.weight_files import BLAZEPOSE, pose_version
from inphase.overwriting import protect
from inphase.settings import parse_settings, read_yaml

FORMAT_VERSION = 1
INPUTS = "inputs.yaml"
"""Beside a model folder, in its run: content hashes of the videos it was fitted on, by name."""
# A line for each video.
LONGEST_INPUTS = 50_000_000
WEIGHTS, CONFIG, CARD = "model.safetensors", "config.yaml", "README.md"
_PICKLES = {".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib"}


def write_model_folder(
    folder: Path,
    tensors: Mapping[str, NDArray[Any]],
    *,
    config: EncoderConfig,
    told: str,
) -> None:
    """Write a model folder; an existing one is replaced as a whole.

    Args:
        told: how it was trained and on what, for the card.

    Raises:
        ModelError: a weight is not a finite number.
        OutputError: the folder cannot be written.
    """
    _check_finite(tensors, folder)
    # The path of the base network's initial weights is of no use on another machine.
    settings = config.model_dump(mode="json", exclude={"weights"})
    with replacing(folder) as beside:
        beside.mkdir()
        # Through bytes, because safetensors' own writer does not say that the disk is full.
        (beside / WEIGHTS).write_bytes(safetensors.numpy.save(dict(tensors)))
        document = yaml.safe_dump(
            {"format_version": FORMAT_VERSION, "encoder": settings}, sort_keys=False
        )
        (beside / CONFIG).write_text(document, encoding="utf-8")
        (beside / CARD).write_text(model_card(folder.name, config, told), encoding="utf-8")


def read_model_folder(folder: Path) -> tuple[EncoderConfig, dict[str, NDArray[Any]]]:
    """Read the configuration and weights of a model folder.

    Raises:
        ModelError: the folder or a file in it is missing, it holds a pickle, the weights are not
            safetensors or not finite, or a newer inphase wrote it.
        ConfigError: the configuration has an unknown key or a wrong value.
    """
    if not folder.is_dir():
        raise ModelError(f"The model folder {folder} does not exist.")
    protect(folder, whole=True)
    pickles = sorted(file.name for file in folder.iterdir() if file.suffix.lower() in _PICKLES)
    if pickles:
        raise ModelError(
            f"{folder} holds {pickles[0]}, which may be a pickle and run code when loaded; "
            f"a model folder holds its weights as {WEIGHTS} only, as Encoder.save writes it."
        )
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} is not a model folder: it has no {name}.")
    return _read_config(folder / CONFIG), _read_tensors(folder / WEIGHTS)


def _read_config(file: Path) -> EncoderConfig:
    document = read_yaml(file)
    version = document.pop("format_version", None)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ModelError(f"{file} has no valid `format_version` (given: {version!r}).")
    if version > FORMAT_VERSION:
        raise ModelError(
            f"{file} has format {version}, written by a newer inphase; this one reads up to "
            f"{FORMAT_VERSION}: `pip install --upgrade inphase`."
        )
    settings = document.pop("encoder", None)
    if document or not isinstance(settings, dict):
        odd = next(iter(document), None)
        reason = f"unknown key `{odd}`" if odd is not None else "`encoder` must hold settings"
        raise ConfigError(f"{file}: {reason}; valid keys: format_version, encoder.")
    return parse_settings(EncoderConfig, settings, source=str(file))


def _read_tensors(file: Path) -> dict[str, NDArray[Any]]:
    try:
        tensors: dict[str, NDArray[Any]] = safetensors.numpy.load_file(file)
    except (KeyError, TypeError) as error:  # a type that numpy does not have
        raise ModelError(f"{file} has weights of a type that no encoder has: {error}.") from error
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelError(f"{file} is not a complete safetensors file: {error}.") from error
    _check_finite(tensors, file)
    return tensors


def _check_finite(tensors: Mapping[str, NDArray[Any]], place: Path) -> None:
    for name, tensor in tensors.items():
        if np.issubdtype(tensor.dtype, np.floating) and not np.isfinite(tensor).all():
            raise ModelError(
                f"The weights of {place} are not all finite numbers (`{name}`): its training has "
                "diverged or a file is damaged; train the model again."
            )


def fitted_on(folder: Path) -> frozenset[str]:
    """Content hashes of the videos that a model was fitted on; none if no run folder tells.

    Raises:
        ConfigError: the run's list cannot be read.
    """
    file = folder.parent / INPUTS
    if not file.is_file():
        return frozenset()
    return frozenset(map(str, read_yaml(file, most=LONGEST_INPUTS).values()))


def sees_poses(folder: Path) -> bool:
    """Whether the model in a folder looks at poses.

    Raises:
        ModelError, ConfigError: its configuration cannot be used.
    """
    return _read_config(folder / CONFIG).base_network == BLAZEPOSE


def embedding_fingerprint(config: EncoderConfig, tensors: Mapping[str, NDArray[Any]]) -> str:
    """sha256 of everything that determines an encoder's embeddings."""
    without = {"pretrained", "weights", "train_base", "dropout", "feature_noise"}
    # A model from before there was a choice stays the same.
    if config.embedder == "convolutions":
        without.add("embedder")
    if config.embedder != "transformer":
        without |= {"transformer_layers", "transformer_width", "attention_heads", "positions"}
    if not config.unit_length:
        without.add("unit_length")
    settings = config.model_dump(exclude=without)
    if config.base_network == BLAZEPOSE:
        settings["poses"] = pose_version()
    return fingerprint(settings, tensors)


def fingerprint(config: Mapping[str, object], tensors: Mapping[str, NDArray[Any]]) -> str:
    """sha256 of settings and weights, whatever their order."""
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {describe(tensor)}".encode())
        digest.update(tensor.tobytes())
    return digest.hexdigest()


def describe(tensor: NDArray[Any]) -> str:
    """Type and shape, such as `float32 (64, 3)`."""
    return f"{tensor.dtype} {tensor.shape}"
