"""Embed a video with an exported network: ONNX Runtime and a video reader, no PyTorch.

inphase export runs/swing/model -o swing.onnx
python examples/onnx.py swing.onnx me.mp4 me.npy
"""

import sys

import numpy as np
import onnxruntime

from inphase.data import context_indices
from inphase.video import VideoReader

network, video, output = sys.argv[1:]
session = onnxruntime.InferenceSession(network)
about = session.get_modelmeta().custom_metadata_map
_, context, size, _, _ = session.get_inputs()[0].shape
offsets = [float(part) for part in about["inphase.context_seconds"].split(", ")]
gap = offsets[1] - offsets[0] if context > 1 else 0.0
# Any program that scales the whole picture to the network's size will do in the reader's place.
reader = VideoReader(video, size=(size, size))
chosen = context_indices(
    reader.times,
    np.arange(len(reader.times)),
    context_frames=context,
    gap=gap,
    centred=context > 1 and offsets[-1] > 0,
)
frames = np.stack(list(reader.frames(range(len(reader.times)))))
# In one call, because a model may subtract what stands still in the whole video.
(embeddings,) = session.run(None, {"frames": frames[chosen]})
np.save(output, embeddings)
print(f"Wrote {embeddings.shape[0]} embeddings of {embeddings.shape[1]} numbers to {output}")
