"""From HDR (HLG, PQ) and wide colours to what every screen shows: SDR in BT.709 colours.

A tone curve that compresses highlights changes everything else too. So the light that becomes white
is chosen once for each file, and everything below it keeps its brightness and colour.

Sources: BT.2100 (HLG and PQ), BT.1886 (SDR screens), BT.2408 (reference white), BT.2020, BT.709.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Candelas per square metre: white of a page in HDR, the brightest that HLG shows, PQ's largest.
_REFERENCE_WHITE, _HLG_PEAK, _PQ_PEAK = 203.0, 1000.0, 10_000.0
# A file whose pictures are brighter than a page in more than this share was made without highlights
# in mind: its white is the brightest light.
_BRIGHT_SHARE = 0.05
_SCREEN_GAMMA, _HLG_GAMMA = 2.4, 1.2
# Signals are looked up with 12 bits. Light is looked up by its root, which is finer in the shadows.
_SIGNALS, _LIGHTS = 4096, 4096
# libav's numbers: AVCOL_TRC_SMPTE2084 and _ARIB_STD_B67; AVCOL_PRI_BT709, _BT2020, _SMPTE432.
_TRANSFERS = {16: "pq", 18: "hlg"}
_BT709, _BT2020, _DISPLAY_P3 = 1, 9, 12
_D65 = (0.3127, 0.3290)
# Chromaticities of red, green and blue.
_PRIMARIES = {
    _BT709: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    _BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    _DISPLAY_P3: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}


@dataclass(frozen=True)
class LightCurve:
    """What the signals of a frame mean.

    Attributes:
        transfer: `"hlg"`, `"pq"`, or `"sdr"` for wide colours alone.
        primaries: its colours, by libav's number.
    """

    transfer: str
    primaries: int

    @classmethod
    def of(cls, frame: VideoFrame) -> "LightCurve | None":
        """That of a frame; None if every screen shows it as it is."""
        transfer = _TRANSFERS.get(int(frame.color_trc), "sdr")
        primaries = int(frame.color_primaries)
        if primaries not in _PRIMARIES:
            # Without a word about them, those of HDR are BT.2020's.
            primaries = _BT709 if transfer == "sdr" else _BT2020
        return None if (transfer, primaries) == ("sdr", _BT709) else cls(transfer, primaries)

    @property
    def is_hdr(self) -> bool:
        """Whether the light that becomes white has to be chosen."""
        return self.transfer != "sdr"


def white_of(curve: LightCurve, signals: NDArray[np.uint16]) -> float:
    """The light that becomes white, in candelas per square metre.

    Args:
        curve: of the frames.
        signals: (..., 3) RGB of 16 bits, of frames that stand for the whole file.
    """
    tables = _tables(curve)
    brightest = tables.light[signals.max(axis=-1) >> 4] * tables.peak
    is_bright = np.mean(brightest > 1.02 * _REFERENCE_WHITE) > _BRIGHT_SHARE
    return _HLG_PEAK if is_bright else _REFERENCE_WHITE


def to_sdr(
    signals: NDArray[np.uint16], curve: LightCurve, white: float = _REFERENCE_WHITE
) -> NDArray[np.uint8]:
    """Pictures as an SDR screen shows them.

    Light above white becomes white or, where it is coloured, the brightest of its colour.

    Args:
        signals: (height, width, 3) RGB of 16 bits.
        curve: what they mean.
        white: the light that becomes white, see `white_of`.

    Returns:
        (height, width, 3) RGB.
    """
    tables = _tables(curve)
    gain = tables.peak / white if curve.is_hdr else 1.0
    shown = np.empty(signals.shape, dtype=np.uint8)
    # Numba is slow to load, and few videos need it.
    from inphase.video.dynamic_range_kernels import convert

    convert(
        signals,
        tables.light,
        (tables.matrix * np.float32(gain)).astype(np.float32),
        _encoding(),
        shown,
    )
    return shown


@dataclass(frozen=True)
class _Tables:
    light: Floats  # (4096,) of a signal; 1 is the peak
    matrix: Floats  # (3, 3) to BT.709
    peak: float  # candelas per square metre


@lru_cache(maxsize=16)
def _tables(curve: LightCurve) -> _Tables:
    signal = np.linspace(0, 1, _SIGNALS)
    if curve.transfer == "hlg":
        light, peak = _hlg_light(signal), _HLG_PEAK
    elif curve.transfer == "pq":
        light, peak = _pq_light(signal), _PQ_PEAK
    else:
        light, peak = signal**_SCREEN_GAMMA, 1.0
    from_xyz = np.linalg.inv(_to_xyz(_PRIMARIES[_BT709]))
    matrix = from_xyz @ _to_xyz(_PRIMARIES[curve.primaries])
    return _Tables(light.astype(np.float32), matrix.astype(np.float32), peak)


def _hlg_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of the screen, as a share of the brightest.

    The gamma from scene to screen is applied to each colour, as in ARIB STD-B67, not to their sum:
    it cancels what programs do that make HLG from SDR.
    """
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    light: NDArray[np.float64] = scene**_HLG_GAMMA
    return light


def _pq_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of the screen, as a share of 10 000 candelas per square metre."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = signal ** (1 / m2)
    light: NDArray[np.float64] = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return light


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> NDArray[np.float64]:
    """(3, 3) from RGB to XYZ, such that equal parts are the white D65."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in (*primaries, _D65)]).T
    parts: NDArray[np.float64] = columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])
    return parts


@lru_cache(maxsize=1)
def _encoding() -> NDArray[np.uint8]:
    """(4096,) the 8-bit signal of an SDR screen by the root of its light."""
    root = np.linspace(0, 1, _LIGHTS)
    return np.round(255 * root ** (2 / _SCREEN_GAMMA)).astype(np.uint8)
