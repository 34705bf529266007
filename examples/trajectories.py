"""How each video of a folder runs through the embedding space, as a plot and as a page.

python examples/trajectories.py swings/ runs/swing/model trajectories
"""

import sys

import inphase

videos, model, output = sys.argv[1:]
embeddings = inphase.embed(videos, model)
result = inphase.trajectories(embeddings, seed=0)
result.save(f"{output}.png")
result.save(f"{output}.html")
print(f"Wrote {output}.png and {output}.html")
