"""Draws docs/images/robot.png: two demonstrations of a robot, above each moment its match.

    inphase train ../shared/data/robot_g1_bottle --split train -o run
    inphase embed ../shared/data/robot_g1_bottle --split test --model run/model -o test.npz
    python scripts/pictures/robot.py ../shared/data/robot_g1_bottle test.npz

The videos are under the MIT licence (YifanTian07/G1-policy-train).
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inphase.alignment import align
from inphase.data import Collection
from inphase.video import VideoReader

PAIR = ("episode_000066", "episode_000074")
MOMENTS, SIZE, GAP = 9, (176, 132), 18


def main() -> None:
    """Align the pair and paste its frames."""
    collection, embeddings = Collection.open(sys.argv[1]), np.load(sys.argv[2])
    reference, query = (VideoReader(collection[name].path, size=SIZE) for name in PAIR)
    matched = align(*(embeddings[name] for name in PAIR)).query_frames
    picture = Image.new("RGB", (MOMENTS * (SIZE[0] + 4) - 4, 2 * (SIZE[1] + GAP)), "white")
    draw = ImageDraw.Draw(picture)
    moments = np.linspace(0.03, 0.93, MOMENTS) * len(reference)
    for column, frame in enumerate(moments.astype(int).tolist()):
        x = column * (SIZE[0] + 4)
        for row, (reader, index) in enumerate(((reference, frame), (query, int(matched[frame])))):
            y = row * (SIZE[1] + GAP)
            picture.paste(Image.fromarray(reader[index]), (x, y + GAP))
            draw.text((x + 2, y + 3), f"{reader.times[index]:.1f} s", fill="black")
    picture.save(Path(__file__).parents[2] / "docs" / "images" / "robot.png", optimize=True)


if __name__ == "__main__":
    main()
