"""Masks as PNG files: written as Ground Truth writes them, read whoever wrote them.

Formats: SageMaker developer guide, "Output data", section *Semantic segmentation job output*, which also says why pixels are told apart by colour
(jobs of 2020 wrote wrong indices), and Lookout for Vision's variants.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

__all__ = ["BACKGROUND", "DecodedMask", "Problem", "check_mask", "chunk_names", "decode_mask", "encode_mask", "parse_color_map"]

BACKGROUND = "BACKGROUND"
"""What Ground Truth calls pixels of no class; index 0."""

WHITE = "#ffffff"
_NEAR = 12
"""Largest distance of a colour from that of its class, in levels of each channel: what a lossy editor may have done to it."""
_OPAQUE = 128
_BITS = 8
_MAX_PIXELS = 100_000_000
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK = 1 << 22
_CHUNK_FRAME = 12  # bytes of a chunk beside its body: length, name, checksum


def encode_mask(mask: NDArray[np.uint8], colors: Sequence[str]) -> bytes:
    """Write a mask as a palette PNG with the chunks IHDR, PLTE, IDAT and IEND.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        Index of each pixel's class.
    colors : sequence of str
        Colour of each index, ``#rrggbb``; the rest of the 256 entries is white.

    Examples
    --------
    >>> data = encode_mask(np.array([[0, 1]], np.uint8), ["#ffffff", "#2ca02c"])
    >>> decode_mask(data, {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"}, "1": {"class-name": "cat", "hex-color": "#2ca02c"}}).mask
    array([[0, 1]], dtype=uint8)
    """
    height, width = mask.shape
    palette = b"".join(bytes.fromhex(color[1:]) for color in colors).ljust(768, b"\xff")
    # Each row as its difference from the one above (filter 2): masks repeat downwards, and run-length compression is all that is left to do.
    rows = np.empty((height, width + 1), np.uint8)
    rows[:, 0] = 2
    rows[:1, 1:] = mask[:1]
    np.subtract(mask[1:], mask[:-1], out=rows[1:, 1:])
    compressor = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    pixels = compressor.compress(rows.data) + compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join([_SIGNATURE, *(_chunk(kind, body) for kind, body in ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b"")))])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class DecodedMask:
    """A mask that was read.

    Attributes
    ----------
    mask : ndarray of uint8, shape (height, width)
        Index of each pixel's class.
    names : dict
        Class name of each index, 0 is always the background.
    unknown : dict
        Number of pixels of each colour (``#rrggbb``) or index (``"17"``) that the colour map lacks; they are background in `mask`.
    moved : dict
        By index in the file, the index in `mask`, where the palette gives an index the colour of another class.
    """

    mask: NDArray[np.uint8]
    names: dict[int, str]
    unknown: dict[str, int]
    moved: dict[int, int] = field(default_factory=dict)


def parse_color_map(color_map: Mapping[Any, Any] | None) -> dict[int, tuple[str, str]]:
    """Read an ``internal-color-map``: name and colour (``#rrggbb``, lower case) of each index.

    Where index 0 is a real class, as Lookout for Vision has it, all indices become one larger, so that 0 is always the background.

    Raises
    ------
    MediaError
        When it is no such map.
    """
    entries: dict[int, tuple[str, str]] = {}
    for key, entry in (color_map or {}).items():
        color = entry.get("hex-color") if isinstance(entry, Mapping) else None
        name = entry.get("class-name") if isinstance(entry, Mapping) else None
        if not str(key).isdecimal() or not isinstance(name, str) or not isinstance(color, str) or not _COLOR.fullmatch(color):
            raise MediaError(f"internal-color-map: {key!r}: {entry!r:.80} is not an index with 'class-name' and 'hex-color'; correct the metadata")
        entries[int(key)] = name, color.lower()
    if 0 in entries and entries[0][0].upper() != BACKGROUND:
        entries = {index + 1: entry for index, entry in entries.items()}
    entries[0] = BACKGROUND, entries.get(0, ("", WHITE))[1]
    if max(entries) > np.iinfo(np.uint8).max:
        raise MediaError(f"internal-color-map: index {max(entries)} does not fit into 8 bits; expected 0 to 255")
    return entries


def decode_mask(data: bytes, color_map: Mapping[Any, Any] | None = None) -> DecodedMask:
    """Read a mask: by colour first, by index where the colours say nothing.

    Parameters
    ----------
    data : bytes
        A PNG of 8 bits a channel: palette, gray, RGB or RGBA. A pixel whose alpha is below 128 is background.
    color_map : mapping, optional
        The ``internal-color-map`` of its metadata. Without one the indices are taken as they are, which colours do not have.

    Raises
    ------
    MediaError
        When it is not such a PNG, or when the map is none.
    """
    entries = parse_color_map(color_map)
    image = _open(data)
    if image.mode in {"P", "L", "1"}:
        return _by_palette(image, entries, known=color_map is not None)
    if color_map is None:
        raise MediaError("this mask has colours and no indices; pass color_map= the internal-color-map of its metadata")
    return _by_pixel(np.asarray(image.convert("RGBA")), entries)


def _open(data: bytes) -> Image.Image:
    if data[:2] == b"\xff\xd8":
        raise MediaError("a JPEG cannot be a mask, as it blurs the classes; write it as PNG")
    if not data.startswith(_SIGNATURE) or len(data) < len(_SIGNATURE) + 17:
        raise MediaError("a mask is a PNG file, this is none; write it as PNG")
    width, height, depth = struct.unpack_from(">IIB", data, 16)
    if depth > _BITS:
        raise MediaError(f"the mask has {depth} bits a channel, expected 8; write it as an 8-bit palette PNG")
    if width * height > _MAX_PIXELS:
        raise MediaError(f"the mask has {width} x {height} pixels, at most {_MAX_PIXELS:,} can be read")
    from PIL.PngImagePlugin import PngImageFile

    try:
        image = PngImageFile(io.BytesIO(data))
        image.load()
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, Warning) as error:
        raise MediaError(f"the mask is damaged ({error}); write it anew") from error
    return image if image.mode in {"P", "L", "1"} else image.convert("RGBA")


def _by_palette(image: Image.Image, entries: dict[int, tuple[str, str]], *, known: bool) -> DecodedMask:
    indices = np.asarray(image, np.uint8)
    if not known:
        return DecodedMask(indices.copy(), {}, {})
    counts = np.array(image.convert("L").histogram() if image.mode == "1" else image.histogram()[:256])
    used = np.flatnonzero(counts)
    palette = _palette(image)
    found = {int(index): _class_of(palette[index], entries) for index in used} if palette is not None else {}
    if image.mode != "P" or not any(match for match in found.values() if match is not None):
        # No colour of a class occurs: the indices are all there is.
        found = {int(index): int(index) if int(index) in entries else None for index in used}
        shown = {index: str(index) for index in found}
    else:
        shown = {index: _hex(palette[index]) for index in found} if palette is not None else {}
    table = np.zeros(256, np.uint8)
    for index, match in found.items():
        table[index] = match or 0
    unknown = {shown[index]: int(counts[index]) for index, match in found.items() if match is None}
    moved = {index: match for index, match in found.items() if match is not None and match != index}
    same = not moved and not unknown
    return DecodedMask(indices.copy() if same else table[indices], {index: name for index, (name, _) in entries.items()}, unknown, moved)


def _palette(image: Image.Image) -> NDArray[np.uint8] | None:
    """Give RGBA of each index."""
    if image.mode != "P":
        return None
    full = np.full((256, 4), 255, np.uint8)
    colors = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    full[: len(colors), :3] = colors
    alpha = image.info.get("transparency")
    if isinstance(alpha, bytes):
        full[: len(alpha), 3] = np.frombuffer(alpha, np.uint8)
    elif isinstance(alpha, int):
        full[alpha, 3] = 0
    return full


def _by_pixel(pixels: NDArray[np.uint8], entries: dict[int, tuple[str, str]]) -> DecodedMask:
    height, width, _ = pixels.shape
    flat = np.ascontiguousarray(pixels).view("<u4").reshape(-1)
    mask = np.zeros(flat.size, np.uint8)
    unknown: dict[str, int] = {}
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        colors, places, counts = np.unique(block, return_inverse=True, return_counts=True)
        matches = [_class_of(color, entries) for color in colors.view(np.uint8).reshape(-1, 4)]
        mask[start : start + _BLOCK] = np.array([match or 0 for match in matches], np.uint8)[places.reshape(-1)]
        for color, match, count in zip(colors.view(np.uint8).reshape(-1, 4), matches, counts.tolist(), strict=True):
            if match is None:
                unknown[_hex(color)] = unknown.get(_hex(color), 0) + count
    return DecodedMask(mask.reshape(height, width), {index: name for index, (name, _) in entries.items()}, unknown)


def _class_of(color: NDArray[np.uint8], entries: dict[int, tuple[str, str]]) -> int | None:
    """Find the class of a colour (RGBA); None when no class has one near it."""
    if color[3] < _OPAQUE:
        return 0
    best, distance = None, _NEAR + 1
    for index, (_, text) in entries.items():
        apart = max(abs(int(color[place]) - int(text[1 + 2 * place : 3 + 2 * place], 16)) for place in range(3))
        if apart < distance:
            best, distance = index, apart
    return best


def _hex(color: NDArray[np.uint8]) -> str:
    return "#" + bytes(color[:3]).hex()


def chunk_names(data: bytes) -> list[str]:
    """List the chunks of a PNG file in their order, ``["IHDR", "PLTE", "IDAT", "IEND"]`` for a mask of Ground Truth.

    Parameters
    ----------
    data : bytes
        The file; what comes after its end, or is cut off, is left out.
    """
    names: list[str] = []
    at = len(_SIGNATURE)
    while at + _CHUNK_FRAME <= len(data) and names[-1:] != ["IEND"]:
        names.append(data[at + 4 : at + 8].decode("latin-1"))
        at += _CHUNK_FRAME + int.from_bytes(data[at : at + 4], "big")
    return names


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a mask cannot be worked on: a stable code, and a sentence with the remedy."""

    code: str
    message: str


def check_mask(data: bytes, color_map: Mapping[Any, Any] | None, *, width: int | None = None, height: int | None = None) -> list[Problem]:
    """Find what keeps a mask from being opened.

    Parameters
    ----------
    data : bytes
        The file.
    color_map : mapping or None
        The ``internal-color-map`` of its metadata.
    width, height : int, optional
        Pixels of the image that it belongs to, where they are known.

    Returns
    -------
    list of Problem
        With the codes ``mask-unreadable`` (no PNG, damaged, 16 bits, no colour map where it needs one), ``mask-size`` and ``mask-colors``.
    """
    try:
        found = decode_mask(data, color_map)
    except MediaError as error:
        return [Problem("mask-unreadable", str(error))]
    problems = []
    rows, columns = found.mask.shape
    if width is not None and height is not None and (columns, rows) != (width, height):
        message = f"the mask has {columns} x {rows} pixels, its image {width} x {height}; give the mask of this image"
        problems.append(Problem("mask-size", message))
    if found.unknown:
        shown = ", ".join(f"{color} ({count:,} pixels)" for color, count in list(found.unknown.items())[:3])
        message = f"internal-color-map lacks {len(found.unknown)} of its colours: {shown}; add them to the metadata"
        problems.append(Problem("mask-colors", message))
    return problems
