"""Cut a video of repetitions into clips, without a model.

python examples/cut.py pushups.mp4 clips/
"""

import sys

import inphase

video, folder = sys.argv[1:3]
found = inphase.cut_videos(video)
(cuts,) = found.cuts
print(f"{cuts.count} repetitions, {cuts.period:.2f} s each")
for clip in found.save(folder):
    print(clip)
