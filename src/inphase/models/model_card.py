"""The card of a model: what it is, how it was trained, how well it does, how to use it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from inphase.errors import ModelError
from inphase.models.config import EncoderConfig

TRAINED = "## How it was trained"
_MADE_OF = "## What it is made of"
_NOT_STATED = "Not stated."
_LARGEST = 1_000_000
# Of evaluation.json; a later one may mean something else by the same names.
_REPORT_VERSION = 1


def model_card(name: str, config: EncoderConfig, told: str) -> str:
    """The README.md of a model folder.

    Args:
        name: of the folder.
        config: of the encoder.
        told: how it was trained and on what.
    """
    return _card(name, config, told, scores="", use=f'inphase.Encoder.load("{name}")')


def shared_card(
    repository: str,
    config: EncoderConfig,
    told: str,
    *,
    licence: str | None,
    evaluation: Path | None,
) -> str:
    """The README.md of a model on the Hub, with the metadata that the Hub reads.

    Args:
        repository: its name there.
        config: of the encoder.
        told: how it was trained and on what.
        licence: its name as the Hub writes it, such as `apache-2.0`.
        evaluation: what `inphase evaluate -o` wrote: the folder or its evaluation.json.

    Raises:
        ModelError: the evaluation cannot be read.
    """
    about: dict[str, Any] = {"library_name": "inphase", "pipeline_tag": "feature-extraction"}
    if licence is not None:
        about["license"] = licence
    about["tags"] = ["inphase", "video", "video-alignment", "temporal-cycle-consistency"]
    use = f"""encoder = inphase.Encoder.from_pretrained("{repository}")
embeddings = inphase.embed("swings/", encoder)
inphase.synchronize(embeddings).save("together.mp4")"""
    scores = "" if evaluation is None else _scores(evaluation)
    body = _card(repository.rpartition("/")[2], config, told, scores=scores, use=use)
    licensed = licence or "Not stated; ask whoever published this model."
    return f"---\n{yaml.safe_dump(about, sort_keys=False)}---\n\n{body}\n## Licence\n\n{licensed}\n"


def trained_as(card: str) -> str:
    """How a model was trained, as its card tells."""
    told = card.partition(f"{TRAINED}\n")[2].partition(f"\n{_MADE_OF}")[0].strip()
    return "" if told == _NOT_STATED else told


def read_card(path: Path) -> str:
    """The text of a card; empty if there is none or it is no text."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _card(name: str, config: EncoderConfig, told: str, *, scores: str, use: str) -> str:
    return f"""# {name}

An inphase encoder: it embeds each frame of a video as {config.embedding_size} numbers, so that
the same moment of an action lands at the same point in every video of it.

{TRAINED}

{told.strip() or _NOT_STATED}

{_MADE_OF}

Base network {config.base_network} ({config.train_base}), {config.image_size}×{config.image_size}
pixels, {config.context_frames} context frames {config.context_gap} s apart.
{scores}
## How to use it

```python
import inphase

{use}
```
"""


def _scores(evaluation: Path) -> str:
    # Only now, because reading a model needs none of it.
    from inphase.data.json_files import read_json
    from inphase.errors import CollectionError

    file = evaluation / "evaluation.json" if evaluation.is_dir() else evaluation
    try:
        report = read_json(file, most=50 * _LARGEST)
        if report.get("format_version") != _REPORT_VERSION:
            raise ModelError(f"{file} is not an evaluation that this inphase can read.")
        rows = [_row(figures) for figures in report["methods"]["model"].values()]
        videos, labels = len(report["test"]), Path(report["labels"])
        warnings = [str(one) for one in report.get("warnings", ())]
    except CollectionError as error:
        raise ModelError(str(error)) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelError(f"{file} is not what `inphase evaluate -o` writes.") from error
    data = labels.parent.name if labels.name == "labels.json" else labels.name
    told = "\n".join(row for row in rows if row)
    warned = "".join(f"\n- {' '.join(one.split())}" for one in warnings)
    return f"""
## How well it does

`inphase evaluate` on the {videos} test videos of {data or "the labelled videos"}; intervals of 95 %
over independent groups of them, from six groups on.
{warned}

| score | value | interval | notes |
|---|---|---|---|
{told}
"""


def _row(figures: Mapping[str, Any]) -> str:
    """A row of the table; empty for a score without a value."""
    if figures["value"] is None:
        return ""
    low, high = figures["low"], figures["high"]
    interval = "" if low is None or high is None else f"{float(low):.3f} to {float(high):.3f}"
    value = f"{float(figures['value']):.3f} {figures['unit']}".strip()
    cells = (str(figures["title"]), value, interval, str(figures["note"]))
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "/") for cell in cells) + " |"
