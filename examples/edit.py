"""Write a synchronization for an editing program, and tell how many cuts it takes.

python examples/edit.py runs/swing/model together.otio me.mp4 pro.mp4
"""

import sys

import inphase
from inphase.applications.synchronization.writers import edit_plan

model, output, *videos = sys.argv[1:]
result = inphase.synchronize(inphase.embed(videos, model))
for error in (0, 1, 2, 5):
    print(f"{edit_plan(result, error=error).cuts} cuts for an error of {error} frames")
result.save(output, cut_error=2)
