"""What a LeRobot dataset says of itself: its cameras, its episodes, and where each of them lies.

Versions 2.0 and 2.1 have one file an episode; version 3.0 has many episodes a file. The layout is
that of `meta/info.json` and of the files that it names.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inphase.data.json_files import read_json
from inphase.data.text_files import read_text
from inphase.errors import CollectionError
from inphase.overwriting import protect
from inphase.video.span import Span

if TYPE_CHECKING:
    import pyarrow as pa

INFO = Path("meta/info.json")
_VERSIONS = ("v2.0", "v2.1", "v3.0")
_FIELD = re.compile(r"\{(\w+)(?::0?(\d{1,2})d?)?\}")
# Where the files of each version are, if meta/info.json does not say.
DATA_PATHS = {
    2: "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
    3: "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet",
}
VIDEO_PATHS = {
    2: "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
    3: "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4",
}
# More than any set has: a damaged file may claim any number.
_MOST_ROWS = 100_000_000
_MOST_EPISODES = 1_000_000


@dataclass(frozen=True)
class Episode:
    """One episode.

    Attributes:
        index: its number in the dataset.
        length: number of frames.
        tasks: what is done in it, in words.
        first: number in the dataset of its first frame.
        data: the parquet file that holds its rows.
        videos: by camera, its video: a file or a span of one.
    """

    index: int
    length: int
    tasks: tuple[str, ...]
    first: int
    data: Path
    videos: Mapping[str, Path]

    @property
    def name(self) -> str:
        """As LeRobot names its file in version 2: `episode_000012`."""
        return f"episode_{self.index:06d}"


@dataclass(frozen=True)
class RobotDataset:
    """A LeRobot dataset.

    Attributes:
        folder: of the dataset.
        version: of its layout: v2.0, v2.1 or v3.0.
        info: the content of `meta/info.json`.
        cameras: keys of the cameras that are stored as videos.
        episodes: in order.
    """

    folder: Path
    version: str
    info: Mapping[str, Any]
    cameras: tuple[str, ...]
    episodes: tuple[Episode, ...]

    @property
    def fps(self) -> float:
        """Frames per second."""
        return float(self.info["fps"])

    def camera(self, name: str) -> str:
        """The key of a camera, from the key or its last part: `top` for `observation.images.top`.

        Raises:
            CollectionError: there is no such camera.
        """
        found = [key for key in self.cameras if name in (key, short_name(key))]
        if len(found) != 1:
            raise CollectionError(
                f"{self.folder} has no camera `{name}`; it has {', '.join(self.cameras)}."
            )
        return found[0]

    def split(self, episode: Episode) -> str | None:
        """The split that an episode belongs to; None if the dataset states none."""
        splits = self.info.get("splits")
        for name, span in splits.items() if isinstance(splits, dict) else ():
            found = re.fullmatch(r"(\d{1,12}):(\d{1,12})", str(span))
            if found and int(found[1]) <= episode.index < int(found[2]):
                return str(name)
        return None

    def table(self, episode: Episode) -> "pa.Table":
        """The rows of an episode in order: times, states, actions.

        Raises:
            CollectionError: they cannot be read, or are not as many as the episode has frames.
        """
        table = read_parquet(episode.data, episode=episode.index)
        if table.num_rows != episode.length:
            raise CollectionError(
                f"{episode.data} has {table.num_rows} rows of episode {episode.index}, which has "
                f"{episode.length} frames."
            )
        return table


def is_robot_dataset(folder: Path) -> bool:
    """Whether a folder holds a LeRobot dataset."""
    return (folder / INFO).is_file()


def short_name(camera: str) -> str:
    """The last part of a camera's key: `top` of `observation.images.top`."""
    return camera.rpartition(".")[2]


def open_robot_dataset(folder: str | Path) -> RobotDataset:
    """Read what a LeRobot dataset says of itself. Its videos are not opened.

    Raises:
        CollectionError: it is no such dataset, of another version, damaged, or without videos.
    """
    folder = Path(folder)
    place = folder / INFO
    if not place.is_file():
        raise CollectionError(f"{folder} is no LeRobot dataset: it has no {INFO}.")
    protect(place)
    info = read_json(place)
    version = info.get("codebase_version")
    if version not in _VERSIONS:
        raise CollectionError(
            f"{place}: version {version} of LeRobot's datasets cannot be read; convert it to "
            f"{_VERSIONS[-1]}."
        )
    fps, features = info.get("fps"), info.get("features")
    if not isinstance(fps, (int, float)) or not 0 < fps <= 100_000:
        raise CollectionError(f"{place}: `fps` must be a positive number.")
    if not isinstance(features, dict):
        raise CollectionError(f"{place} names no features.")
    kinds = {key: one.get("dtype") for key, one in features.items() if isinstance(one, dict)}
    cameras = tuple(key for key, kind in kinds.items() if kind == "video")
    if not cameras:
        pictures = "its pictures are single images" if "image" in kinds.values() else "no camera"
        raise CollectionError(f"{folder} has no videos: {pictures}; convert it to videos first.")
    read = _episodes_v2 if version != "v3.0" else _episodes_v3
    episodes = tuple(sorted(read(folder, info, cameras), key=lambda episode: episode.index))
    if not episodes:
        raise CollectionError(f"{folder} has no episodes.")
    return RobotDataset(folder, version, info, cameras, episodes)


def fill_in(template: str, fields: Mapping[str, Any]) -> str:
    """A template of `meta/info.json` with its `{name:03d}` filled in."""

    def filled(found: re.Match[str]) -> str:
        value = fields.get(found[1], found[0])
        return f"{value:0{int(found[2] or 1)}d}" if isinstance(value, int) else str(value)

    return _FIELD.sub(filled, template)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file.

    Raises:
        CollectionError: it cannot be read.
    """
    protect(path)
    lines = []
    for number, line in enumerate(read_text(path, kind="JSON Lines").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CollectionError(f"{path}, line {number} is not JSON.") from error
        if not isinstance(one, dict):
            raise CollectionError(f"{path}, line {number} is not a JSON object.")
        lines.append(one)
    return lines


def read_parquet(
    path: Path, *, columns: list[str] | None = None, episode: int | None = None
) -> "pa.Table":
    """Read a parquet file, or the rows of one episode.

    Raises:
        CollectionError: it cannot be read, or has no such column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    protect(path)
    filters = None if episode is None else [("episode_index", "=", episode)]
    try:
        if pq.read_metadata(path).num_rows > _MOST_ROWS:
            raise CollectionError(f"{path} claims more than {_MOST_ROWS} rows.")
        return pq.read_table(path, columns=columns, filters=filters, partitioning=None)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CollectionError(f"{path} cannot be read: {reason}.") from error


def _episodes_v2(
    folder: Path, info: Mapping[str, Any], cameras: tuple[str, ...]
) -> Iterator[Episode]:
    size = info.get("chunks_size", 1000)
    place = folder / "meta/episodes.jsonl"
    first = 0
    lines = read_lines(place)
    for line in sorted(lines, key=lambda line: _number(line, "episode_index", place)):
        index, length = _number(line, "episode_index", place), _number(line, "length", place)
        fields = {"episode_chunk": index // max(1, int(size)), "episode_index": index}
        videos = {
            key: _place(folder, info, "video_path", VIDEO_PATHS[2], {**fields, "video_key": key})
            for key in cameras
        }
        data = _place(folder, info, "data_path", DATA_PATHS[2], fields)
        yield Episode(index, length, _texts(line.get("tasks")), first, data, videos)
        first += length


def _episodes_v3(
    folder: Path, info: Mapping[str, Any], cameras: tuple[str, ...]
) -> Iterator[Episode]:
    files = sorted((folder / "meta/episodes").glob("*/*.parquet"))
    if not files:
        raise CollectionError(f"{folder} has no meta/episodes.")
    own = ["chunk_index", "file_index", "from_timestamp"]
    columns = [
        *("episode_index", "length", "tasks", "dataset_from_index"),
        *("data/chunk_index", "data/file_index"),
        *(f"videos/{key}/{name}" for key in cameras for name in own),
    ]
    for file in files:
        table = read_parquet(file, columns=columns)
        absent = [name for name in columns if name not in table.column_names]
        if absent or table.num_rows > _MOST_EPISODES:
            told = f"no column `{absent[0]}`" if absent else "too many episodes"
            raise CollectionError(f"{file} has {told}.")
        for row in table.to_pylist():
            fields = {
                name: _number(row, f"data/{name}", file) for name in ("chunk_index", "file_index")
            }
            length = _number(row, "length", file)
            videos = {}
            for key in cameras:
                at = {name: _number(row, f"videos/{key}/{name}", file) for name in own[:2]}
                whole = _place(folder, info, "video_path", VIDEO_PATHS[3], {**at, "video_key": key})
                start = row[f"videos/{key}/from_timestamp"]
                if not isinstance(start, (int, float)) or not 0 <= start < 1e9:
                    raise CollectionError(f"{file}: a `from_timestamp` is no time.")
                videos[key] = Span(whole, start, start + max(1, length) / float(info["fps"])).path
            yield Episode(
                _number(row, "episode_index", file),
                length,
                _texts(row["tasks"]),
                _number(row, "dataset_from_index", file),
                _place(folder, info, "data_path", DATA_PATHS[3], fields),
                videos,
            )


def _place(
    folder: Path, info: Mapping[str, Any], kind: str, usual: str, fields: Mapping[str, Any]
) -> Path:
    """The file that a template of `meta/info.json` names, inside the dataset."""
    relative = Path(fill_in(str(info.get(kind) or usual), fields))
    if relative.is_absolute() or ".." in relative.parts:
        raise CollectionError(f"{folder / INFO}: `{kind}` leads out of the dataset.")
    return folder / relative


def _number(row: Mapping[str, Any], name: str, place: Path) -> int:
    value = row.get(name)
    if not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise CollectionError(f"{place}: `{name}` must be a number, not {value!r}.")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
