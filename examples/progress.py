"""Progress and XIRL's reward of a video, frame by frame as a robot's loop would ask for them.

python examples/progress.py try.mp4 demonstrations/ runs/sweep/model
"""

import sys

import inphase
from inphase.video import VideoReader

video, demonstrations, model = sys.argv[1:]
signal = inphase.ProgressSignal(model, inphase.embed(demonstrations, model))
signal.restart()
for time, frame in VideoReader(video):
    told = signal.update(frame, time=time)
    print(f"{time:6.2f} s  progress {told.progress:.2f}  reward {told.reward:.2f}")
