"""Collections of videos, key-event labels, clip sampling, augmentation, synthetic videos."""

from inphase.data.annotations import (
    AnnotatedVideo,
    Annotations,
    event_frames,
    phases,
    read_annotations,
)
from inphase.data.augmentation import Augmentation
from inphase.data.captions import Cue, read_captions, write_captions
from inphase.data.collection import LABELS_FILE, Collection, Video
from inphase.data.content import content_hash
from inphase.data.labels import Labels, VideoLabels, read_labels
from inphase.data.phase_labels import phases_of
from inphase.data.recordings import Recording, read_recording, write_recording
from inphase.data.sampling import (
    context_indices,
    resample,
    same_instants,
    sample_positives,
    sample_strided,
    sample_uniform,
)
from inphase.data.synthetic import ACTIONS, EVENTS, SyntheticVideo, correspondence, draw
from inphase.data.synthetic_collection import read_truth, write_collection
from inphase.data.synthetic_deviation import DEVIATIONS, DeviatingVideo, deviate, planted
from inphase.data.synthetic_warp import corresponding_frames

__all__ = [
    "ACTIONS",
    "DEVIATIONS",
    "EVENTS",
    "LABELS_FILE",
    "AnnotatedVideo",
    "Annotations",
    "Augmentation",
    "Collection",
    "Cue",
    "DeviatingVideo",
    "Labels",
    "Recording",
    "SyntheticVideo",
    "Video",
    "VideoLabels",
    "content_hash",
    "context_indices",
    "correspondence",
    "corresponding_frames",
    "deviate",
    "draw",
    "event_frames",
    "phases",
    "phases_of",
    "planted",
    "read_annotations",
    "read_captions",
    "read_labels",
    "read_recording",
    "read_truth",
    "resample",
    "same_instants",
    "sample_positives",
    "sample_strided",
    "sample_uniform",
    "write_captions",
    "write_collection",
    "write_recording",
]
