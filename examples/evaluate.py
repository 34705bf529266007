"""Score two seeds of an encoder on synthetic videos whose key events are known, and compare them.

python examples/evaluate.py
"""

import tempfile
from pathlib import Path

import inphase
from inphase.evaluation import compare
from inphase.synthetic import write_collection
from inphase.training import load_config

folder = Path(tempfile.mkdtemp(prefix="inphase-evaluate-"))
videos = write_collection(folder / "pouring", action="pouring", count=12, test_share=0.5)
for seed in range(2):
    config = load_config(overrides=["steps=100", f"seed={seed}"])
    run = inphase.train(videos.split("train"), folder / f"seed{seed}", config=config)
    result = inphase.evaluate(run.model, videos)
    print(f"seed {seed}: key events are {result['event_error_share']:.3f} of the length off")
    result.save(folder / f"seed{seed}" / "evaluation")

together = inphase.evaluate([folder / "seed0", folder / "seed1"], videos)
for warning in together.warnings:
    print(f"Warning: {warning}")
print(f"Wrote {together.save(folder / 'report')[-1]}")

for score in compare([folder / "seed0", folder / "seed1"]).scores:
    if score.key in ("event_error_share", "tau_b"):
        (difference,) = score.differences
        print(f"{score.title}: {difference.difference:+.3f}, p = {difference.p:.2f}")
