"""Time-contrastive networks (single view) on one screen, without the trainer.

As examples/tcc.py, with another objective: every frame is drawn with a positive, another frame of
the same video at most five frames away, and is to be nearer to it than to any other frame's:

    python examples/tcn.py

For two cameras that film the same event, the positive is the frame of the other camera at the same
instant (``inphase.data.same_instants``); nothing else changes.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch

from inphase.alignment import align
from inphase.data import context_indices, sample_positives, sample_uniform
from inphase.models import Encoder, EncoderConfig, FrameEmbedder
from inphase.objectives import ClipEmbeddings, TimeContrastive
from inphase.synthetic import corresponding_frames, read_truth, write_collection
from inphase.video import VideoReader

VIDEOS, FRAMES, STEPS = 4, 20, 150
config = EncoderConfig(image_size=128, conv_width=32, fc_width=64, context_gap=0.3)
encoder = Encoder(config, seed=0)

# A frozen base network sees each frame once.
folder = Path(tempfile.mkdtemp()) / "swing"
maps, times = [], []
for video in write_collection(folder, action="swing", count=8, size=(160, 120)):
    reader = VideoReader(video.path, size=(config.image_size,) * 2)
    features = FrameEmbedder(encoder).maps(frame for _, frame in reader)
    maps.append(torch.stack(list(features)).clone())
    times.append(reader.times)


def stacked(video: int, indices: np.ndarray) -> torch.Tensor:
    """The maps of some frames and their context, (frames, k, channels, height, width)."""
    k, gap = config.context_frames, config.context_gap
    return maps[video][context_indices(times[video], indices, context_frames=k, gap=gap)]


objective = TimeContrastive(window=5)
optimizer = torch.optim.Adam(encoder.embedder.parameters(), lr=1e-3, weight_decay=1e-5)
generator = np.random.default_rng(0)
for step in range(1, STEPS + 1):
    chosen = generator.choice(len(maps), VIDEOS, replace=False)
    anchors, positives, masks, paired = [], [], [], []
    for video in chosen:
        indices, mask = sample_uniform(len(times[video]), FRAMES, generator)
        other, there = sample_positives(indices, len(times[video]), 5, generator)
        anchors.append(indices)
        positives.append(other)
        masks.append(mask)
        paired.append(there & mask)  # padding has no positive
    both = zip([*chosen, *chosen], [*anchors, *positives], strict=True)
    embeddings = encoder.embed_features(torch.cat([stacked(v, i) for v, i in both]))
    own, near = embeddings.view(2, VIDEOS, FRAMES, -1)
    clips = ClipEmbeddings(
        embeddings=own,
        times=torch.tensor(
            np.stack([times[v][i] for v, i in zip(chosen, anchors, strict=True)])
        ).float(),
        lengths=torch.tensor([times[v][-1] for v in chosen]).float(),
        mask=torch.tensor(np.stack(masks)),
        positives=near,
        paired=torch.tensor(np.stack(paired)),
    )
    loss = objective(clips)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(f"step {step}: loss {loss.item():.3f} (constant embeddings: {np.log(FRAMES):.3f})")

# The generator knows which frame shows the same moment: how far off is the alignment?
truth = [state for _, state in read_truth(folder).values()]
with torch.inference_mode():
    reference, query = (
        encoder.embed_features(stacked(v, np.arange(len(times[v])))).numpy() for v in (0, 1)
    )
off = np.abs(align(reference, query).query_frames - corresponding_frames(truth[0], truth[1]))
print(f"median error {np.median(off):.0f} frames of {len(query)}")
