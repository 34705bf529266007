"""Make the pictures of docs/tutorial.md from the files that its commands wrote.

python scripts/pictures/tutorial.py FOLDER_OF_THE_TUTORIAL
"""

import csv
import sys
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from inphase.video import VideoReader

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SHARES = (0.53, 0.655)  # of the grid's length
WIDTH = 1000


def main() -> None:
    """Paste two moments of the grid below each other, and plot the confidences."""
    folder = Path(sys.argv[1])
    reader = VideoReader(folder / "together.mp4")
    shown = [Image.fromarray(reader[int(share * len(reader))]) for share in SHARES]
    width, height = shown[0].size
    picture = Image.new("RGB", (width, len(shown) * height))
    for row, moment in enumerate(shown):
        picture.paste(moment, (0, row * height))
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    picture.quantize(256).save(IMAGES / "tutorial_grid.png", optimize=True)

    with (folder / "alignment.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(8, 2.8), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for query in dict.fromkeys(row["query"] for row in rows):
        own = [row for row in rows if row["query"] == query]
        times, confidence = (
            [float(row[key]) for row in own] for key in ("reference_time", "confidence")
        )
        axes.plot(times, confidence, label=query)
        print(f"{query}: mean confidence {np.mean(confidence):.2f}")
    axes.set(xlabel="time in the reference (seconds)", ylabel="confidence", ylim=(0, 1))
    axes.legend()
    path = IMAGES / "tutorial_confidence.png"
    figure.savefig(path, dpi=110)
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main()
