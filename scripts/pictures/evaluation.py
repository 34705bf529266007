"""Save the picture of docs/how-to/evaluate.md: cost matrices of three pairs of synthetic videos.

python examples/evaluate.py && python scripts/pictures/evaluation.py FOLDER_THAT_IT_NAMES
"""

import io
import sys
from pathlib import Path

from PIL import Image

import inphase
from inphase.evaluation import EvaluationOptions
from inphase.evaluation.report.pictures import draw_cost_matrix, telling_pairs

TARGET = Path(__file__).parents[2] / "docs" / "images" / "evaluation.png"

folder = Path(sys.argv[1])
options = EvaluationOptions(shortcuts=False)
run = inphase.evaluate(folder / "seed0", folder / "pouring", options=options).runs[0]
(action,), (pairs,) = run.actions, run.pairs
drawn = [
    draw_cost_matrix(action.test[i], action.test[j], events=action.events)
    for i, j in telling_pairs(pairs.dtw).values()
]
parts = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in drawn]
whole = Image.new("RGB", (sum(part.width for part in parts), parts[0].height), "white")
left = 0
for part in parts:
    whole.paste(part, (left, 0))
    left += part.width
TARGET.parent.mkdir(exist_ok=True)
whole.quantize(256).save(TARGET, optimize=True)
print(f"Wrote {TARGET}")
