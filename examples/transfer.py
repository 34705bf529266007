"""Captions, labels or sensor data of one video, carried over to all others of a folder.

python examples/transfer.py me.srt swings/ runs/swing/model captioned/
"""

import sys

import inphase

labels, videos, model, output = sys.argv[1:]
sources = inphase.read_annotations(labels)
paths = [videos, *(str(source.video.path) for source in sources)]
result = inphase.transfer(sources, inphase.embed(paths, model))
for path in result.save(output):
    print(f"Wrote {path}")
