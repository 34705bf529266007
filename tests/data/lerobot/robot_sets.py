"""LeRobot datasets in versions 2.1 and 3.0, written by nothing but PyAV and pyarrow."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from av.video.stream import VideoStream
from numpy.typing import NDArray

TOP, WRIST = "observation.images.top", "observation.images.wrist"
_DATA = {
    "v2.1": "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
    "v3.0": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
}
_VIDEO = {
    "v2.1": "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
    "v3.0": "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
}


def write_set(
    folder: Path,
    version: str,
    videos: Mapping[str, Sequence[Path]],
    lengths: Sequence[int],
    *,
    fps: float = 25,
    size: tuple[int, int] = (64, 48),
    tasks: Sequence[str] = ("pick up the bottle",),
    states: Sequence[NDArray[np.float32]] | None = None,
) -> Path:
    """Pack videos of single episodes; episode i shows task i modulo their number.

    Args:
        folder: to fill.
        version: v2.1 or v3.0.
        videos: by camera, one video an episode.
        lengths: frames of each episode.
        fps: frames per second.
        size: (width, height) of the pictures.
        tasks: in words.
        states: (length, 2) of each episode; by default the frame's number and its square.
    """
    count = len(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    if states is None:
        states = [
            np.stack([np.arange(n), np.arange(n) ** 2 / 100], axis=1).astype(np.float32)
            for n in lengths
        ]
    tables = [
        _rows(index, lengths[index], int(starts[index]), index % len(tasks), states[index], fps)
        for index in range(count)
    ]
    rows: list[dict[str, Any]] = [
        {"episode_index": i, "tasks": [tasks[i % len(tasks)]], "length": lengths[i]}
        for i in range(count)
    ]
    _put(folder / "meta/info.json", json.dumps(_info(version, videos, lengths, fps, size, tasks)))
    if version == "v2.1":
        for index, table in enumerate(tables):
            at = {"episode_chunk": 0, "episode_index": index}
            _parquet(folder / _DATA[version].format(**at), table)
            for camera, files in videos.items():
                place = folder / _VIDEO[version].format(**at, video_key=camera)
                _put(place, files[index].read_bytes())
        told = [{"task_index": i, "task": task} for i, task in enumerate(tasks)]
        _put(folder / "meta/tasks.jsonl", "\n".join(map(json.dumps, told)))
        _put(folder / "meta/episodes.jsonl", "\n".join(map(json.dumps, rows)))
        stats = [{"episode_index": i, "stats": _stats([t])} for i, t in enumerate(tables)]
        _put(folder / "meta/episodes_stats.jsonl", "\n".join(map(json.dumps, stats)))
        return folder
    at = {"chunk_index": 0, "file_index": 0}
    _parquet(folder / _DATA[version].format(**at), pa.concat_tables(tables))
    for camera, files in videos.items():
        place = folder / _VIDEO[version].format(**at, video_key=camera)
        join(files, place, fps)
        for index, row in enumerate(rows):
            row[f"videos/{camera}/chunk_index"] = row[f"videos/{camera}/file_index"] = 0
            row[f"videos/{camera}/from_timestamp"] = float(starts[index]) / fps
            row[f"videos/{camera}/to_timestamp"] = float(starts[index + 1]) / fps
    for index, row in enumerate(rows):
        row["dataset_from_index"] = int(starts[index])
        row["dataset_to_index"] = int(starts[index + 1])
        for name in ("data", "meta/episodes"):
            row[f"{name}/chunk_index"] = row[f"{name}/file_index"] = 0
    _parquet(folder / "meta/episodes/chunk-000/file-000.parquet", pa.Table.from_pylist(rows))
    named = pa.table({"task_index": np.arange(len(tasks)), "task": list(tasks)})
    named = named.replace_schema_metadata({"pandas": json.dumps(_INDEX)})
    _parquet(folder / "meta/tasks.parquet", named)
    _put(folder / "meta/stats.json", json.dumps(_stats(tables)))
    return folder


# Pandas takes the column `task` for the index, as LeRobot does.
_INDEX = {
    "index_columns": ["task"],
    "column_indexes": [],
    "columns": [
        {
            "name": "task_index", "field_name": "task_index", "pandas_type": "int64",
            "numpy_type": "int64", "metadata": None,
        },
        {
            "name": "task", "field_name": "task", "pandas_type": "unicode",
            "numpy_type": "object", "metadata": None,
        },
    ],
}  # fmt: skip


def join(files: Sequence[Path], path: Path, fps: float) -> None:
    """Copy the packets of several videos behind each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = Fraction(fps).limit_denominator(1001)
    with av.open(str(path), "w") as new:
        copy: VideoStream | None = None
        frames = 0
        for file in files:
            with av.open(str(file)) as old:
                stream = old.streams.video[0]
                copy = copy or new.add_stream_from_template(stream, opaque=True)
                packets = [packet for packet in old.demux(stream) if packet.size]
                assert stream.time_base is not None
                first = min(packet.pts for packet in packets if packet.pts is not None)
                moved = round(frames / rate / stream.time_base) - first
                for packet in packets:
                    assert packet.pts is not None
                    assert packet.dts is not None
                    packet.stream = copy
                    packet.pts += moved
                    packet.dts += moved
                    new.mux(packet)
                frames += len(packets)


def _info(
    version: str,
    videos: Mapping[str, Sequence[Path]],
    lengths: Sequence[int],
    fps: float,
    size: tuple[int, int],
    tasks: Sequence[str],
) -> dict[str, Any]:
    picture = {
        "dtype": "video",
        "shape": [size[1], size[0], 3],
        "names": ["height", "width", "channels"],
        "info": {"video.fps": fps, "video.codec": "av1", "has_audio": False},
    }
    numbers = {"dtype": "float32", "shape": [2], "names": ["a", "b"]}
    whole = {"dtype": "int64", "shape": [1], "names": None}
    return {
        "codebase_version": version,
        "robot_type": "drawn",
        "total_episodes": len(lengths),
        "total_frames": sum(lengths),
        "total_tasks": len(tasks),
        **({"total_chunks": 1, "total_videos": len(lengths)} if version == "v2.1" else {}),
        "chunks_size": 1000,
        "fps": int(fps),
        "splits": {"train": f"0:{len(lengths)}"},
        "data_path": _DATA[version],
        "video_path": _VIDEO[version],
        "features": {
            **dict.fromkeys(videos, picture),
            "observation.state": numbers,
            "action": numbers,
            "timestamp": {"dtype": "float32", "shape": [1], "names": None},
            **dict.fromkeys(("frame_index", "episode_index", "index", "task_index"), whole),
        },
    }


def _rows(
    episode: int, length: int, first: int, task: int, states: NDArray[np.float32], fps: float
) -> pa.Table:
    numbers = pa.FixedSizeListArray.from_arrays(states.reshape(-1), 2)
    return pa.table(
        {
            "observation.state": numbers,
            "action": numbers,
            "timestamp": (np.arange(length) / fps).astype(np.float32),
            "frame_index": np.arange(length),
            "episode_index": np.full(length, episode),
            "index": first + np.arange(length),
            "task_index": np.full(length, task),
        }
    )


def _stats(tables: Sequence[pa.Table]) -> dict[str, Any]:
    whole = pa.concat_tables(tables)
    values = np.stack(whole["action"].to_numpy(zero_copy_only=False))
    one = {
        "min": values.min(0).tolist(),
        "max": values.max(0).tolist(),
        "mean": values.mean(0).tolist(),
        "std": values.std(0).tolist(),
        "count": [len(values)],
    }
    return {"action": one, "observation.state": one}


def _put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _parquet(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
