"""Write what a version leaves on disk, small, for the tests of later versions.

Run once for each version, with that version: `python tests/released/write_files.py 0.1`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from inphase.applications.anchors import Anchors
from inphase.applications.synchronization.synchronize import synchronize
from inphase.models import Encoder, EncoderConfig
from inphase.models.embedding_cache import EmbeddingCache
from inphase.models.embeddings import EmbeddedVideo
from inphase.store.catalogue import StoredModel
from inphase.store.commits import write_video
from inphase.store.shard_files import PartWriter, write_failed
from inphase.store.table import StoredVideo
from inphase.store.tables import Tables
from inphase.synthetic import write_collection
from inphase.training import TrainingConfig, train

SETTINGS = TrainingConfig(
    encoder={
        "image_size": 32, "conv_width": 1, "fc_width": 1, "embedding_size": 2, "context_gap": 0.25
    },
    fps=6, videos_per_batch=2, frames_per_clip=4, augmented_copies=1, steps=2, checkpoint_every=1,
)  # fmt: skip


def write_files(folder: Path) -> None:
    """Write videos, a run with its cache, a model folder, a store, shards and an alignment file."""
    videos = write_collection(
        folder / "videos", action="pouring", count=2, fps=6, size=(32, 32), duration_range=(1, 1.2)
    )
    run = train(videos, folder / "run", config=SETTINGS, cache=folder / "cache")
    # It is written again from the checkpoint; the frozen base network would be large.
    shutil.rmtree(run.model)
    shutil.rmtree(run.folder / "tensorboard", ignore_errors=True)
    poses = EncoderConfig(base_network="blazepose", conv_width=1, fc_width=1, embedding_size=2)
    Encoder(poses, seed=0).save(folder / "model")
    model = StoredModel(fingerprint="f" * 64, folder="", dims=2)
    tables = Tables(folder / "store", create=True)
    shard = folder / "shards" / "1-of-1"
    shard.mkdir(parents=True)
    parts = PartWriter(shard, "")
    embedded = []
    for number, video in enumerate(videos):
        values = np.arange(10, dtype=np.float32).reshape(5, 2) + number
        times = np.arange(5) / 6
        path = Path(f"/videos/{video.name}.mp4")
        stored = StoredVideo(video.name, path, f"{number:064d}", "f" * 64, 5, 5 / 6, {})
        write_video(tables, model, stored, times, values)
        parts.add(stored, "", times, values)
        embedded.append(EmbeddedVideo(video.name, path, times, values))
    parts.flush()
    write_failed(shard, [("broken", Path("/videos/broken.mp4"), "it is broken.")])
    one, other = embedded
    anchors = Anchors().with_pair(one, other, [(1, 2)])
    synchronize(embedded, reference=one.name, anchors=anchors).save(folder / "alignment.json")
    EmbeddingCache(folder / "cache" / "embeddings", "f" * 64).keep(
        videos.videos[0].path, embedded[0].embeddings
    )


if __name__ == "__main__":
    target = Path(__file__).parent / sys.argv[1]
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place))
        shutil.copytree(place, target)
