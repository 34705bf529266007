"""The progress of episodes as the table that LeRobot's training reads."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from inphase.applications.episodes.result import EpisodesProgress
from inphase.atomic import replacing


def parquet(result: EpisodesProgress, path: Path) -> None:
    """Write one row per frame: `index`, `episode_index`, `frame_index`, `progress_sparse`.

    These are the columns that `sample_weighting: rabc` of LeRobot reads; a frame whose progress
    is not known has NaN, which it passes over.
    """
    lengths = [len(episode.progress) for episode in result.episodes]
    frames = np.concatenate([np.arange(length) for length in lengths])
    firsts = np.repeat([episode.first for episode in result.episodes], lengths)
    table = pa.table(
        {
            "index": pa.array(firsts + frames, pa.int64()),
            "episode_index": pa.array(
                np.repeat([episode.index for episode in result.episodes], lengths), pa.int64()
            ),
            "frame_index": pa.array(frames, pa.int64()),
            "progress_sparse": pa.array(
                np.concatenate([episode.progress for episode in result.episodes]).astype(np.float32)
            ),
        }
    )
    with replacing(path) as beside:
        pq.write_table(table, beside)
