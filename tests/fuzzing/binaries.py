"""Ways to break binary files."""

import io
import json
import random
import struct
import zipfile

import numpy as np

from tests.fuzzing import texts

# Sizes, durations, rates, dimensions and counts that programs trip over.
_EXTREMES = (
    0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0xFFFFFF, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1
)  # fmt: skip
_HEAD = 1024
_CONTAINERS = (
    b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"mvex", b"moof", b"traf",
    b"dinf",
)  # fmt: skip


def flipped_bits(content: bytes, draw: random.Random) -> bytes:
    result = bytearray(content)
    for _ in range(draw.choice((1, 2, 8, 40))):
        if result:
            result[draw.randrange(len(result))] ^= 1 << draw.randrange(8)
    return bytes(result)


def other_bytes(content: bytes, draw: random.Random) -> bytes:
    """Bytes near the head, where most is declared."""
    result = bytearray(content)
    for _ in range(draw.choice((1, 2, 6))):
        if result:
            place = draw.randrange(min(len(result), _HEAD))
            result[place] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
    return bytes(result)


def truncated(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def doubled_block(content: bytes, draw: random.Random) -> bytes:
    start, end = _block(content, draw)
    return content[:end] + content[start:end] + content[end:]


def zeroed_block(content: bytes, draw: random.Random) -> bytes:
    start, end = _block(content, draw)
    return content[:start] + bytes(end - start) + content[end:]


def lost_block(content: bytes, draw: random.Random) -> bytes:
    start, end = _block(content, draw)
    return content[:start] + content[end:]


def swapped_blocks(content: bytes, draw: random.Random) -> bytes:
    start, middle, end = sorted(draw.randrange(len(content) + 1) for _ in range(3))
    return content[:start] + content[middle:end] + content[start:middle] + content[end:]


def _block(content: bytes, draw: random.Random) -> tuple[int, int]:
    start = draw.randrange(len(content) + 1)
    return start, min(len(content), start + draw.choice((1, 4, 16, 256, 4096)))


def _put(content: bytes, place: int, form: str, draw: random.Random) -> bytes:
    """Write an extreme number at a place."""
    size = struct.calcsize(form)
    if not 0 <= place <= len(content) - size:
        return content
    value = draw.choice(_EXTREMES) & (256**size - 1)
    return content[:place] + struct.pack(form, value) + content[place + size :]


def extreme_big_endian(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(min(len(content), _HEAD) + 1)
    return _put(content, place, draw.choice((">H", ">I")), draw)


def extreme_little_endian(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(min(len(content), _HEAD) + 1) & ~1
    return _put(content, place, draw.choice(("<H", "<I")), draw)


def _boxes(
    content: bytes, start: int = 0, end: int | None = None
) -> list[tuple[int, int, bytes, int]]:
    """Start, end, name and parent's start of every box of an MP4 file."""
    found = []
    place, end = start, len(content) if end is None else end
    while place + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, place)
        if size < 8 or place + size > end:
            break
        found.append((place, place + size, name, start))
        if name in _CONTAINERS:
            found += _boxes(content, place + 8, place + size)
        place += size
    return found


def extreme_field_of_a_box(content: bytes, draw: random.Random) -> bytes:
    boxes = [box for box in _boxes(content) if box[2] not in (b"mdat", *_CONTAINERS)]
    if not boxes:
        return content
    start, end, _, _ = draw.choice(boxes)
    place = draw.randrange(start + 8, max(start + 9, end), 2)
    return _put(content, place, draw.choice((">H", ">I")), draw)


def wrong_size_of_a_box(content: bytes, draw: random.Random) -> bytes:
    boxes = _boxes(content)
    return _put(content, draw.choice(boxes)[0], ">I", draw) if boxes else content


def lost_box(content: bytes, draw: random.Random) -> bytes:
    """A box that is no longer there for a reader: another name, the same size."""
    boxes = _boxes(content)
    if not boxes:
        return content
    start = draw.choice(boxes)[0]
    return content[: start + 4] + b"free" + content[start + 8 :]


def swapped_boxes(content: bytes, draw: random.Random) -> bytes:
    boxes = _boxes(content)
    pairs = [
        (one, other)
        for one in boxes
        for other in boxes
        if one[1] <= other[0] and one[3] == other[3]
    ]
    if not pairs:
        return content
    (a, b, _, _), (c, d, _, _) = draw.choice(pairs)
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def odd_numbers(content: bytes, draw: random.Random) -> bytes:
    """An array with values that are no numbers, or huge."""
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False).copy()
    except Exception:  # broken already
        return content
    if array.dtype.kind == "f" and array.size:
        for _ in range(draw.choice((1, 5, array.size))):
            odd = draw.choice((np.nan, np.inf, -np.inf, 1e30, 1e308, -1.0, 0.0))
            with np.errstate(over="ignore"):
                array.reshape(-1)[draw.randrange(array.size)] = odd
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def other_form(content: bytes, draw: random.Random) -> bytes:
    """An array that says it has another shape or type."""
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception:  # broken already
        return content
    kind = draw.choice((array.dtype.str, "<f8", "|O", "<U9", "<M8[s]", "<c16", "|V7", "<f2"))
    size = array.size
    shapes = (array.shape, (2**40, 2), (2**62, 4), (0,), (), (size,), (1, size), (size, 0), (-1, 4))
    file = io.BytesIO()
    header = {"descr": kind, "fortran_order": draw.random() < 0.3, "shape": draw.choice(shapes)}
    np.lib.format.write_array_header_2_0(file, header)
    return file.getvalue() + bytes(array.tobytes())


def broken_member(content: bytes, draw: random.Random) -> bytes:
    """A zip file whose checksums are right, with one member broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(one.filename, archive.read(one)) for one in archive.infolist()]
    except Exception:  # broken already
        return content
    chosen = draw.randrange(len(members)) if members else 0
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, data) in enumerate(members):
            if number == chosen:
                ways = [*ANY, *(ARRAYS if name.endswith(".npy") else ())]
                if draw.random() < 0.1:
                    continue
                data = draw.choice(ways)(data, draw)
            archive.writestr(zipfile.ZipInfo(name), data)
    return file.getvalue()


def odd_tensor(content: bytes, draw: random.Random) -> bytes:
    """Weights that are no numbers."""
    size = int.from_bytes(content[:8], "little")
    place = 8 + size + 4 * draw.randrange(max(1, (len(content) - 8 - size) // 4))
    odd = struct.pack("<f", draw.choice((float("nan"), float("inf"), 3e38, -3e38)))
    return content[:place] + odd + content[place + 4 :]


def odd_header(content: bytes, draw: random.Random) -> bytes:
    """A header with another entry, of the right length."""
    size = int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8 : 8 + size])
    except ValueError:  # broken already
        return content
    if not isinstance(header, dict):
        return content
    small = dict(draw.sample(sorted(header.items()), min(3, len(header))))
    other = json.loads(texts.other_value(json.dumps(small).encode(), draw, plain=True))
    if isinstance(other, dict):
        header |= other
    told = json.dumps(header).encode()
    return len(told).to_bytes(8, "little") + told + content[8 + size :]


ANY: list[texts.Way] = [
    flipped_bits, other_bytes, truncated, doubled_block, zeroed_block, lost_block, swapped_blocks
]  # fmt: skip
BOXES: list[texts.Way] = [
    extreme_field_of_a_box, extreme_field_of_a_box, wrong_size_of_a_box, lost_box, swapped_boxes
]  # fmt: skip
LITTLE_ENDIAN: list[texts.Way] = [extreme_little_endian]
HEADS: list[texts.Way] = [extreme_big_endian, other_bytes]
ARRAYS: list[texts.Way] = [odd_numbers, other_form]
ARCHIVES: list[texts.Way] = [broken_member, broken_member]
TENSORS: list[texts.Way] = [odd_tensor, odd_header]
