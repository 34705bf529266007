"""BlazePose: a network that finds people, and one that places 33 landmarks on each."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from inphase.errors import ModelError
from inphase.models.openvino_core import core
from inphase.models.pose import detections, landmarks
from inphase.models.pose.detections import Detection
from inphase.models.pose.landmarks import Landmarks
from inphase.models.pose.region import Region
from inphase.models.pose.sampling import sample
from inphase.models.pose.weight_files import weight_file

_DETECTOR = ("Identity", "Identity_1")
# Without Identity_2, the mask of the person: the layers that make only it are left out.
_LANDMARKS = ("Identity", "Identity_1", "Identity_3", "Identity_4")


class Network(Protocol):
    """What finding and following people takes: a `PoseNetwork`, or a stand-in in tests."""

    def detect(self, image: NDArray[np.uint8], region: Region | None = None) -> Sequence[Detection]:
        """The people in a picture or in a region of it, the most certain first."""

    def landmarks(self, image: NDArray[np.uint8], region: Region) -> Landmarks | None:
        """The landmarks of the person in a region; None if nobody is there."""


class PoseNetwork:
    """Finds people in pictures and places landmarks on them, in OpenVINO on the CPU, in float32.

    Bazarevsky et al., BlazePose: On-device Real-time Body Pose tracking, 2020; the "full" weights.

    Example:
        >>> network = PoseNetwork()
        >>> for person in network.detect(image):  # (height, width, 3) RGB
        ...     found = network.landmarks(image, person.region)

    Args:
        threads: how many to compute with; None leaves it to OpenVINO.

    Raises:
        ModelError: the weights are missing or damaged.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self._detector = _compiled("pose_detection.tflite", _DETECTOR, threads)
        self._landmarks = _compiled("pose_landmark_full.tflite", _LANDMARKS, threads)

    def detect(self, image: NDArray[np.uint8], region: Region | None = None) -> list[Detection]:
        """The people in a picture, the most certain first.

        Args:
            image: (height, width, 3) RGB.
            region: the part of the picture to search; by default all of it.
        """
        height, width, _ = image.shape
        region = region or Region.of_picture(width, height)
        size = detections.INPUT
        pixels = sample(image, region, size, values=(-1, 1), repeat_edge=False)
        raw, logits = self._detector(pixels)
        return detections.decode(raw[0], logits[0, :, 0], region)

    def landmarks(self, image: NDArray[np.uint8], region: Region) -> Landmarks | None:
        """The landmarks of the person in a region.

        Args:
            image: (height, width, 3) RGB.
            region: of a detection, or of the landmarks in the picture before.

        Returns:
            None if nobody is there.
        """
        pixels = sample(image, region, landmarks.INPUT, values=(0, 1), repeat_edge=True)
        raw, presence, heat, world = self._landmarks(pixels)
        return landmarks.decode(raw[0], float(presence[0, 0]), heat[0], world[0], region)


class _Compiled:
    """A network in OpenVINO, cut down to some of its outputs."""

    def __init__(self, request: Any, outputs: tuple[str, ...]) -> None:
        self._request = request
        self._outputs = outputs

    def __call__(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The outputs; valid until the next call."""
        self._request.infer([pixels], share_inputs=True)
        return [self._request.get_tensor(name).data for name in self._outputs]


def _compiled(name: str, outputs: tuple[str, ...], threads: int | None) -> _Compiled:
    import openvino

    file = weight_file(name)
    # In float32: the results are then the same on every processor.
    settings: dict[str, object] = {"INFERENCE_PRECISION_HINT": "f32", "NUM_STREAMS": 1}
    if threads is not None:
        settings["INFERENCE_NUM_THREADS"] = threads
    try:
        whole = core().read_model(file)
        wanted = [whole.output(output) for output in outputs]
        model = openvino.Model(wanted, whole.get_parameters())
        request = core().compile_model(model, "CPU", settings).create_infer_request()
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"OpenVINO cannot run {file}: {reason}") from error
    return _Compiled(request, outputs)
