"""Write a LeRobot dataset whose episodes are chosen frames of another's."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.data.lerobot.dataset import (
    DATA_PATHS,
    INFO,
    VIDEO_PATHS,
    Episode,
    RobotDataset,
    fill_in,
)
from inphase.data.lerobot.statistics import Statistics, joined, of_pictures, of_table
from inphase.errors import CollectionError
from inphase.video import VideoReader, VideoWriter

if TYPE_CHECKING:
    import pyarrow as pa

# Episodes share a file until it has this many frames; a folder has this many files.
_FRAMES_A_FILE, _FILES_A_FOLDER = 20_000, 1000
# As in LeRobot: training reads frames at random.
_KEY_EVERY = 2
_PICTURES_LOOKED_AT = 30


Chosen = tuple[Episode, NDArray[np.int64]]
"""An episode, and (new frames,) its frames to take."""


def write_frames_of(
    dataset: RobotDataset,
    chosen: Sequence[Chosen],
    folder: str | Path,
    *,
    advance: Callable[[int], object] | None = None,
) -> None:
    """Write a dataset in the version of another: all cameras, states and actions.

    Its times are even. Statistics are computed anew; the pictures are H.264.

    Args:
        dataset: the frames are of.
        chosen: episodes, each with (new frames,) its frames to take, ascending; repeats are
            allowed.
        folder: to write.
        advance: called with the number of pictures just written.

    Raises:
        CollectionError: the rows or videos of an episode are not as many as its frames.
        VideoError: a video cannot be read.
        OutputError: the folder cannot be written.
    """
    with replacing(folder) as beside:
        beside.mkdir()
        _Writing(dataset, beside, advance or (lambda _: None)).write(chosen)


class _Writing:
    def __init__(
        self, dataset: RobotDataset, folder: Path, advance: Callable[[int], object]
    ) -> None:
        self._dataset = dataset
        self._folder = folder
        self._advance = advance
        self._major = 3 if dataset.version == "v3.0" else 2
        self._sizes: dict[str, tuple[int, int]] = {}
        self._rows: list[dict[str, Any]] = []
        self._statistics: list[dict[str, Statistics]] = []
        self._frames = 0

    def write(self, chosen: Sequence[Chosen]) -> None:
        for number, part in enumerate(self._parts(chosen)):
            self._write_part(number, part)
        write = self._meta_v3 if self._major == 3 else self._meta_v2
        write()
        put_json(self._folder / INFO, self._info(len(chosen)))

    def _parts(self, chosen: Sequence[Chosen]) -> Iterator[list[Chosen]]:
        """Episodes that share a file: several in version 3, one in version 2."""
        part: list[Chosen] = []
        for one in chosen:
            frames = sum(len(frames) for _, frames in (*part, one))
            if part and (frames > _FRAMES_A_FILE or self._major == 2):
                yield part
                part = []
            part.append(one)
        yield part

    def _write_part(self, number: int, part: Sequence[Chosen]) -> None:
        chunk, file = divmod(number, _FILES_A_FOLDER)
        fields = {"chunk_index": chunk, "file_index": file}
        fields |= {"episode_chunk": chunk, "episode_index": number}
        cameras = self._dataset.cameras
        looks = {
            camera: self._write_video(
                self._folder / fill_in(VIDEO_PATHS[self._major], {**fields, "video_key": camera}),
                camera,
                part,
            )
            for camera in cameras
        }
        tables, since = [], 0
        for index, (episode, frames) in enumerate(part):
            table, count = self._table(episode, frames), len(frames)
            own = of_table(table) | {camera: looks[camera][index] for camera in cameras}
            span = (since / self._dataset.fps, (since + count) / self._dataset.fps)
            place = {"chunk_index": chunk, "file_index": file}
            videos = place | dict(zip(("from_timestamp", "to_timestamp"), span, strict=True))
            self._rows.append(
                {
                    "episode_index": len(self._rows),
                    "tasks": list(episode.tasks),
                    "length": count,
                    **{f"data/{name}": value for name, value in place.items()},
                    **{f"videos/{c}/{name}": v for c in cameras for name, v in videos.items()},
                    "dataset_from_index": self._frames,
                    "dataset_to_index": self._frames + count,
                    "meta/episodes/chunk_index": 0,
                    "meta/episodes/file_index": 0,
                }
            )
            self._statistics.append(own)
            tables.append(table)
            since += count
            self._frames += count
        put_tables(self._folder / fill_in(DATA_PATHS[self._major], fields), tables)

    def _table(self, episode: Episode, frames: NDArray[np.int64]) -> "pa.Table":
        """The rows of an episode's new frames, with times and numbers of their own."""
        import pyarrow as pa

        table = self._dataset.table(episode).take(pa.array(frames))
        count = len(frames)
        own = {
            "timestamp": np.arange(count) / self._dataset.fps,
            "frame_index": np.arange(count),
            "episode_index": np.full(count, len(self._rows)),
            "index": self._frames + np.arange(count),
        }
        for name, values in own.items():
            place = table.schema.get_field_index(name)
            if place < 0:
                raise CollectionError(f"{episode.data} has no column `{name}`.")
            kind = table.schema.field(place)
            table = table.set_column(place, kind, pa.array(values).cast(kind.type, safe=False))
        return table

    def _write_video(self, path: Path, camera: str, part: Sequence[Chosen]) -> list[Statistics]:
        """The pictures of one camera, end to end; returns the statistics of each episode's."""
        found = []
        with ExitStack() as stack:
            writer: VideoWriter | None = None
            for episode, frames in part:
                size = self._sizes.get(camera)
                reader = stack.enter_context(VideoReader(episode.videos[camera], size=size))
                if len(reader) < episode.length:
                    raise CollectionError(
                        f"{reader.info.path} has {len(reader)} frames; its episode has "
                        f"{episode.length}."
                    )
                if size is None:
                    width, height = reader.size
                    self._sizes[camera] = (width + width % 2, height + height % 2)
                    reader = VideoReader(episode.videos[camera], size=self._sizes[camera])
                if writer is None:
                    writer = stack.enter_context(
                        VideoWriter(
                            path,
                            fps=self._dataset.fps,
                            size=self._sizes[camera],
                            key_every=_KEY_EVERY,
                        )
                    )
                step = max(1, len(frames) // _PICTURES_LOOKED_AT)
                looked_at = []
                for index, picture in enumerate(reader.frames(frames.tolist())):
                    writer.write(picture)
                    self._advance(1)
                    if index % step == 0:
                        looked_at.append(picture[::4, ::4])
                found.append(of_pictures(looked_at))
        return found

    def _meta_v2(self) -> None:
        meta, kept = self._folder / "meta", ("episode_index", "tasks", "length")
        rows = [{name: row[name] for name in kept} for row in self._rows]
        put_lines(meta / "episodes.jsonl", rows)
        put_lines(
            meta / "episodes_stats.jsonl",
            [
                {"episode_index": index, "stats": {key: one.plain() for key, one in own.items()}}
                for index, own in enumerate(self._statistics)
            ],
        )
        self._copy(Path("meta/tasks.jsonl"))

    def _meta_v3(self) -> None:
        import pyarrow as pa

        for row, own in zip(self._rows, self._statistics, strict=True):
            for key, one in own.items():
                row |= {f"stats/{key}/{name}": value for name, value in one.plain().items()}
        meta = self._folder / "meta"
        put_tables(meta / "episodes/chunk-000/file-000.parquet", [pa.Table.from_pylist(self._rows)])
        whole = {
            key: joined([own[key] for own in self._statistics]).plain()
            for key in self._statistics[0]
        }
        put_json(meta / "stats.json", whole)
        self._copy(Path("meta/tasks.parquet"))

    def _copy(self, place: Path) -> None:
        source = self._dataset.folder / place
        if not source.is_file():
            raise CollectionError(f"{self._dataset.folder} has no {place}.")
        (self._folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, self._folder / place)

    def _info(self, episodes: int) -> dict[str, Any]:
        info = dict(self._dataset.info)
        features = dict(info["features"])
        for camera, (width, height) in self._sizes.items():
            codec = {"video.codec": "h264", "video.pix_fmt": "yuv420p", "has_audio": False}
            size = {"video.height": height, "video.width": width, "video.fps": self._dataset.fps}
            old = features[camera]
            names = old.get("names") or ["height", "width", "channels"]
            lengths = {"height": height, "width": width}
            shape = [lengths.get(str(name).removesuffix("s"), 3) for name in names]
            features[camera] = old | {"shape": shape, "info": {**codec, **size}}
        if episodes != len(self._dataset.episodes):
            info["splits"] = {"train": f"0:{episodes}"}
        if "total_videos" in info:
            info["total_videos"] = episodes * len(self._dataset.cameras)
        if "total_chunks" in info:
            info["total_chunks"] = -(-episodes // _FILES_A_FOLDER)
        return info | {
            "codebase_version": "v3.0" if self._major == 3 else "v2.1",
            "features": features,
            "total_episodes": episodes,
            "total_frames": self._frames,
            "chunks_size": _FILES_A_FOLDER,
            "data_path": DATA_PATHS[self._major],
            "video_path": VIDEO_PATHS[self._major],
        }


def put_json(path: Path, content: Any) -> None:
    """Write a JSON file into a folder that is being made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=4), encoding="utf-8")


def put_lines(path: Path, rows: Sequence[Any]) -> None:
    """Write a JSON Lines file into a folder that is being made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def put_tables(path: Path, tables: "Sequence[pa.Table]") -> None:
    """Write a parquet file into a folder that is being made, with a row group a table."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)
