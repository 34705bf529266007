"""Question: does the confidence of an alignment tell whether it is right? Answer: within limits. On
most sets, alignments with a mean below 0.4 are off by 1.5 to 2.7 times as much as the others; but
many that are off have a higher one. Written up in docs/studies/confidence.md.

    PYTHONPATH=benchmarks python studies/confidence.py DATA [--model MODEL] [--split test]

Aligns every pair of videos, both ways, by an encoder, or by default by poses, and compares the mean
confidence with the mean error of the key events. The area under the ROC curve (AUROC) is that of
the confidence as a detector of pairs that are off by more than 5 or 10 % of the length. Results go
into studies/results/confidence.csv, and what the reliability diagram shows into confidence_bins.csv
beside it: of the pairs in each tenth of the confidence, how many are off by more than 5 %.
"""

from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from result_tables import processor, read_rows, replace_rows, show, this_command, write_rows
from rich.console import Console
from sklearn.metrics import roc_auc_score

from inphase.alignment import align, trust
from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.evaluation.metrics import event_alignment_error
from inphase.models import embed
from inphase.training.choosing import choose_model

RESULTS = Path(__file__).parent / "results" / "confidence.csv"
BINS = RESULTS.with_name("confidence_bins.csv")
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "reliability.png"
# Fewer pairs in a bin say nothing.
FEWEST = 10
TABLE = {"data": "", "split": "", "features": "", "pairs": "", "auroc_5": ".2f", "auroc_10": ".2f",
         "unreliable": ".2f", "error_unreliable": ".3f", "error_reliable": ".3f",
         "off_unreliable": ".2f", "off_reliable": ".2f"}  # fmt: skip


def main() -> None:
    """Align, compare, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("--model", type=Path, help="folder; by default poses")
    parser.add_argument("--split", help="by default all videos")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    collection = Collection.open(arguments.data)
    if arguments.split:
        collection = collection.split(arguments.split)
    model = arguments.model or choose_model(collection, features="pose", console=console)
    videos = list(embed(collection, model, cache=cache_folder(), console=console))
    events = {
        video.name: np.minimum(
            [collection[video.name].events[event] for event in collection.events],
            len(video.times) - 1,
        )
        for video in videos
    }
    confidence, error = [], []
    for reference in videos:
        for query in videos:
            if query is reference:
                continue
            alignment = align(reference.embeddings, query.embeddings)
            off = event_alignment_error(
                alignment.query_frames,
                events[reference.name],
                query_events=events[query.name],
                query_times=query.times,
            )
            confidence.append(trust(alignment.confidence))
            error.append(float(off.share.mean()))
    sure = np.array([one.confidence for one in confidence])
    flagged = ~np.array([one.reliable for one in confidence])
    errors = np.array(error)
    row: dict[str, object] = {
        "data": arguments.data.name,
        "split": arguments.split or "all",
        "features": "appearance" if arguments.model else "poses",
        "pairs": len(errors),
        "unreliable": float(flagged.mean()),
    }
    for name, limit in (("auroc_5", 0.05), ("auroc_10", 0.1)):
        wrong = errors > limit
        both = 0 < wrong.mean() < 1
        row[name] = float(roc_auc_score(wrong, -sure)) if both else float("nan")
    for name, chosen in (("unreliable", flagged), ("reliable", ~flagged)):
        some = errors[chosen]
        row[f"error_{name}"] = float(some.mean()) if len(some) else float("nan")
        row[f"off_{name}"] = float((some > 0.05).mean()) if len(some) else float("nan")
    about = {"machine": processor(), "command": this_command()}
    replace_rows(RESULTS, [{**row, **about}], by=("data", "split", "features"))
    place = {key: row[key] for key in ("data", "split", "features")}
    bins = [
        {**place, "confidence": index / 10 + 0.05, "pairs": len(some), "off_5": some.mean()}
        for index in range(10)
        if len(some := errors[np.clip(sure * 10, 0, 9).astype(int) == index] > 0.05)
    ]
    kept = [old for old in read_rows(BINS) if any(old[key] != place[key] for key in place)]
    write_rows(BINS, [*kept, *bins])
    draw()
    show([row], TABLE)


def draw() -> None:
    """The reliability diagram: share of pairs that are off, by their confidence."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    lines: dict[str, list[tuple[float, float]]] = {}
    for row in read_rows(BINS):
        if int(row["pairs"]) >= FEWEST:
            name = f"{row['data']}, {row['features']}"
            lines.setdefault(name, []).append((float(row["confidence"]), float(row["off_5"])))
    for name, points in lines.items():
        style = "o-" if name.endswith("poses") else "s--"
        axes.plot(*np.array(sorted(points)).T, style, label=name, markersize=4)
    axes.axvline(0.4, color="grey", linewidth=1)
    axes.annotate("unreliable", (0.39, 1.0), ha="right", color="grey")
    axes.set(
        xlabel="mean confidence of a pair",
        ylabel="share of pairs off by more than 5 %",
        xlim=(0, 1),
        ylim=(0, 1.05),
    )
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    figure.savefig(PICTURE, dpi=110)
    Image.open(PICTURE).convert("RGB").quantize(64).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
