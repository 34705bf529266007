"""Videos in, one synchronized video out, in five lines.

python examples/synchronize.py swings/ me together.mp4
"""

import sys

import inphase

videos, reference, output = sys.argv[1:]
run = inphase.train(videos, "runs/example")
embeddings = inphase.embed(videos, run.encoder)
inphase.synchronize(embeddings, reference=reference).save(output)
print(f"Wrote {output}")
