"""The multi-view pouring set in its public layout: videos by split, labels in microseconds."""

import re
from dataclasses import replace
from pathlib import Path

from inphase.data.collection import Collection, Video
from inphase.data.formats.convert import Conversion, convert_marks
from inphase.data.formats.marks import Marks, Mistake
from inphase.data.formats.tcc_json import read_tcc_json
from inphase.errors import CollectionError

# Supplementary material of TCC: four key events, five phases.
POURING_EVENTS = (
    "hand_touches_bottle",
    "liquid_starts_exiting",
    "pouring_complete",
    "bottle_back_on_table",
)
# Number of videos in the released code's splits.
POURING_COUNTS = {"train": 70, "val": 14, "test": 32}
_SPLITS = tuple(POURING_COUNTS)
# A bare number counts as a camera only if it is 0 or 1.
_VIEW = re.compile(r"^(?P<group>.+?)[_-](?:(?:view|cam(?:era)?)(?P<view>\d)|(?P<bare>[01]))$", re.I)


def is_pouring(root: Path) -> bool:
    """Whether a folder has the set's layout: `videos/` with split folders, and `labels/`."""
    videos = root / "videos"
    return (root / "labels").is_dir() and any((videos / split).is_dir() for split in _SPLITS)


def read_pouring(root: str | Path) -> Conversion:
    """Read `videos/{train,val,test}/NAME.mp4` and `labels/**/*.json`.

    Source: Sermanet et al., "Time-Contrastive Networks", ICRA 2018 (the videos); Dwibedi et al.,
    CVPR 2019 (key events, splits). Two views of one performance, `NAME_view0` and `NAME_view1`
    (or `NAME_0` and `NAME_1`), share a group; labels of either, or of `NAME`, apply to both.

    Args:
        root: the folder that contains `videos` and `labels`.

    Returns:
        The labels, split as published, and every mistake found.

    Raises:
        CollectionError: the folder has another layout, no videos or no labels.
    """
    root = Path(root)
    if not is_pouring(root):
        raise CollectionError(
            f"{root} is not a pouring set: it needs videos/train (val, test) and labels/ with JSON "
            "files of segments in microseconds."
        )
    files = sorted((root / "labels").rglob("*.json"))
    if not files:
        raise CollectionError(f"{root / 'labels'} contains no JSON files.")
    told: dict[str, Marks] = {}
    mistakes: list[Mistake] = []
    for file in files:
        marks, wrong = read_tcc_json(file, events=POURING_EVENTS)
        told |= marks
        mistakes += wrong
    videos: list[Video] = []
    marks_of: dict[str, Marks] = {}
    used: set[str] = set()
    for split in _SPLITS:
        folder = root / "videos" / split
        if not folder.is_dir():
            continue
        for video in Collection.open(folder):
            own = video.path.stem
            if own in marks_of:
                mistakes.append(Mistake(own, "it is in two splits; the first is kept."))
                continue
            group, view = _group_and_view(own)
            videos.append(replace(video, name=own))
            other_views = [name for name in told if _group_and_view(name)[0] == group]
            for name in (own, group, *other_views):
                if name in told:
                    used.add(name)
                    marks_of[own] = replace(
                        told[name], split=split, group=group, view=view, action="pouring"
                    )
                    break
    mistakes += [
        Mistake(name, f"there is no such video under {root / 'videos'}.")
        for name in told
        if name not in used
    ]
    collection = Collection(videos=tuple(videos), events=POURING_EVENTS, source=str(root))
    found = convert_marks(marks_of, collection, events=POURING_EVENTS, mistakes=mistakes)
    published = {("pouring", split): count for split, count in POURING_COUNTS.items()}
    return replace(found, published=published)


def _group_and_view(name: str) -> tuple[str, str | None]:
    match = _VIEW.match(name)
    return (match["group"], match["view"] or match["bare"]) if match else (name, None)
