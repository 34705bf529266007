"""Align all videos of a folder together, and map any of them to any other.

python examples/joint.py swings/ runs/swing/model
"""

import sys

import inphase
from inphase.alignment import joint_align

folder, model = sys.argv[1:]
videos = list(inphase.embed(folder, model))
joint = joint_align([video.embeddings for video in videos])
print(f"The most typical video is {videos[joint.medoid].name}.")
middle = joint.mapping(joint.medoid, 0)[len(videos[joint.medoid].times) // 2]
print(f"What it shows halfway, {videos[0].name} shows at {videos[0].times[middle]:.2f} s.")
