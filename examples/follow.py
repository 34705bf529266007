"""Follow a growing file, or a camera, along a reference.

python examples/follow.py recording.ts pro.mp4 runs/swing/model
"""

import sys

from inphase.applications.following import follow

query, reference, model = sys.argv[1:4]
for frame in follow(query, reference, model, look_back=1.0):
    print(f"{frame.time:.2f} s: {frame.reference_time:.2f} s, confidence {frame.confidence:.2f}")
