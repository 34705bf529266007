"""Cut a video of repetitions into clips, without a model.

python examples/cut.py pushups.mp4 clips/
"""

import sys

import inphase
from inphase.models.plain_features import PlainEmbedder

video, folder = sys.argv[1:3]
cuts = inphase.cut(PlainEmbedder(fps=15).embed(video), alike=0.7)
print(f"{cuts.count} repetitions, {cuts.period:.2f} s each")
for clip in cuts.save(folder):
    print(clip)
