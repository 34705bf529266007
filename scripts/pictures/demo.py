"""Save the README's picture: one frame of the demo's video.

make demo && .venv/bin/python scripts/pictures/demo.py
"""

from pathlib import Path

from PIL import Image

from inphase.video import VideoReader

ROOT = Path(__file__).parents[2]
SHARE = 0.6  # of the video's length: the glasses are half full
WIDTH = 1000

reader = VideoReader(ROOT / "demo" / "synchronized.mp4")
picture = Image.fromarray(reader[int(SHARE * len(reader))])
picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
# A palette is a third of the size, and the drawings have few colours.
picture.quantize(256).save(ROOT / "docs" / "images" / "demo.png", optimize=True)
