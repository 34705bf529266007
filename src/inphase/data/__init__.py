"""Collections of videos, key-event labels, clip sampling and augmentation."""

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
    frames_worth_seeing,
    resample,
    same_instants,
    sample_positives,
    sample_strided,
    sample_uniform,
)

__all__ = [
    "LABELS_FILE",
    "AnnotatedVideo",
    "Annotations",
    "Augmentation",
    "Collection",
    "Cue",
    "Labels",
    "Recording",
    "Video",
    "VideoLabels",
    "content_hash",
    "context_indices",
    "event_frames",
    "frames_worth_seeing",
    "phases",
    "phases_of",
    "read_annotations",
    "read_captions",
    "read_labels",
    "read_recording",
    "resample",
    "same_instants",
    "sample_positives",
    "sample_strided",
    "sample_uniform",
    "write_captions",
    "write_recording",
]
