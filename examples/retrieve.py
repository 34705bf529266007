"""The same moment in all videos of a folder, as a contact sheet.

python examples/retrieve.py swings/ runs/swing/model swings/me.mp4@1.2 same_moment.png
"""

import sys

import inphase

videos, model, query, output = sys.argv[1:]
store = inphase.Store("inphase-store", create=True)
store.add(videos, model)
result = inphase.retrieve(query, store, k=5)
result.save(output)
for one in result.neighbours[0]:
    print(f"{one.video.name} at {one.seconds:.2f} s, distance {one.distance:.3g}")
