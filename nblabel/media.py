"""Images and texts as a front end may show them: images measured from the header, on the stored pixel grid, never a bomb; texts as UTF-8.

Ground Truth does not apply EXIF orientation, browsers do. So the tag is set to 1 in the bytes before anything decodes them, here and nowhere else;
measuring, showing and storing then share one grid.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from nblabel.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.ImageFile import ImageFile

__all__ = ["MAX_BYTES", "MAX_PIXELS", "Document", "Picture", "decode_image", "encode_text", "preview", "read_image", "read_text", "shrink"]

MAX_BYTES = 200_000_000
"""Largest file that is read to be shown, in bytes."""

MAX_PIXELS = 100_000_000
"""Largest image that is decoded, in pixels: Ground Truth's own limit (developer guide, "Input data quotas")."""

TILE_PIXELS = 320
"""Longest side of a thumbnail: twice what a grid shows, for fine screens."""

TILE_CHARACTERS = 600
"""What a grid shows of a text."""

# From here on the way to the browser takes longer than a look at it in small, which has at least so many pixels on its shorter side.
_LARGE_BYTES = 2**20
_GLANCE_PIXELS = 480
_DEEP_GRAY = {"I", "F", "I;16", "I;16B"}
_GRAY = {"1", "L", "LA"} | _DEEP_GRAY
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ORIENTATION = 0x0112
_UPRIGHT = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """An image ready to be shown.

    Attributes
    ----------
    data : bytes
        Encoded image, its orientation tag neutralised.
    mime : str
        Media type of `data`.
    width, height : int
        Pixels of the image as stored.
    depth : int
        Colour channels, 3 or 1, as Ground Truth writes them.
    """

    data: bytes
    mime: str
    width: int
    height: int
    depth: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text ready to be shown.

    Attributes
    ----------
    data : bytes
        The text in UTF-8.
    length : int
        Its code points.
    mime : str
        Media type of `data`.
    """

    data: bytes
    length: int
    mime: str = "text/plain; charset=utf-8"


def read_text(data: bytes) -> Document:
    r"""Measure an encoded text.

    Line breaks stay as they are. A byte order mark at the start is no part of the text, as it is none to a browser.

    Parameters
    ----------
    data : bytes
        A whole text file in UTF-8.

    Raises
    ------
    MediaError
        When it is not UTF-8.

    Examples
    --------
    >>> read_text("na\u00efve \U0001f600".encode()).length
    7
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaError(f"not a text in UTF-8 (byte {error.start} is {data[error.start]:#04x}); save it as UTF-8") from None
    return Document(text.encode(), len(text))


def encode_text(text: str) -> bytes:
    r"""Write a text as `read_text` reads it: every code point stays in its place.

    A lone surrogate, which UTF-8 has no form for, becomes U+FFFD; a byte order mark at the start stays, as it counts in offsets.

    Examples
    --------
    >>> encode_text("a\ud800b").decode()
    'a\ufffdb'
    """
    return _LONE_SURROGATE.sub("\ufffd", text).encode("utf-8-sig" if text.startswith("\ufeff") else "utf-8")


def read_image(data: bytes) -> Picture:
    """Measure an encoded image and make it fit for a browser.

    Parameters
    ----------
    data : bytes
        A whole JPEG, PNG, WEBP, GIF, BMP or TIFF file.

    Raises
    ------
    MediaError
        When it is not such a file, is damaged, or has more than `MAX_PIXELS` pixels.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (4, 3)).save(file, "PNG")
    >>> picture = read_image(file.getvalue())
    >>> picture.width, picture.height, picture.depth, picture.mime
    (4, 3, 3, 'image/png')
    """
    if not data:
        raise MediaError("the file is empty; expected an image")
    kind = next((kind for kind in _KINDS if re.match(kind.start, data, re.DOTALL)), None)
    if kind is None:
        raise MediaError("not an image of a known kind; expected JPEG, PNG, WEBP, GIF, BMP or TIFF")
    upright = kind.neutralize(data)
    try:
        with kind.file(io.BytesIO(upright)) as image:
            return _picture(image, upright, kind.mime)
    except MediaError:
        raise
    except Image.DecompressionBombError:
        raise MediaError(f"more than {MAX_PIXELS:,} pixels; make it smaller or cut it into tiles") from None
    except (OSError, SyntaxError, ValueError, struct.error, Warning) as error:  # Pillow warns of damage, and a user may make that an error
        raise MediaError(f"the image is damaged ({error}); write it anew") from error


def decode_image(data: bytes) -> Image.Image:
    """Decode what `read_image` gave, on the stored pixel grid, as RGB.

    Raises
    ------
    MediaError
        When it is damaged.
    """
    kind = next((kind for kind in _KINDS if re.match(kind.start, data, re.DOTALL)), None)
    if kind is None:
        raise MediaError("not an image of a known kind")
    try:
        with kind.file(io.BytesIO(data)) as image:
            return _eight_bit(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, struct.error, Warning) as error:
        raise MediaError(f"the image is damaged ({error}); write it anew") from error


def preview(media: Picture | Document) -> Picture | Document:
    """Make media small: a thumbnail of at most `TILE_PIXELS` on a side, or the beginning of a text.

    Raises
    ------
    MediaError
        When an image is damaged.

    Examples
    --------
    >>> preview(read_text(b"word " * 1000)).length
    600
    """
    if isinstance(media, Document):
        return read_text(media.data.decode()[:TILE_CHARACTERS].encode())
    if max(media.width, media.height) <= TILE_PIXELS:
        return media
    small, file = shrink(media.data, TILE_PIXELS), io.BytesIO()
    small.save(file, "JPEG")
    return Picture(file.getvalue(), "image/jpeg", small.width, small.height, media.depth)


def glance(picture: Picture) -> Picture | None:
    """Make a large photograph quickly small, to be seen while the whole is on its way; None where that would take as long as the whole.

    Only a JPEG file can be decoded in small: an eighth of its size takes a third of the time, and a fortieth of the bytes.

    Raises
    ------
    MediaError
        When the image is damaged.
    """
    if picture.mime != "image/jpeg" or len(picture.data) < _LARGE_BYTES:
        return None
    try:
        with JpegImageFile(io.BytesIO(picture.data)) as image:
            image.draft(None, (_GLANCE_PIXELS, _GLANCE_PIXELS))
            small, file = _eight_bit(image).convert("RGB"), io.BytesIO()
            small.save(file, "JPEG")
    except (OSError, SyntaxError, ValueError, struct.error, Warning) as error:
        raise MediaError(f"the image is damaged ({error}); write it anew") from error
    return Picture(file.getvalue(), "image/jpeg", small.width, small.height, picture.depth)


def shrink(data: bytes, longest: int) -> Image.Image:
    """Decode what `read_image` gave, on the stored pixel grid, as RGB with sides of at most `longest` pixels, what is transparent as white.

    Raises
    ------
    MediaError
        When it is damaged.
    """
    kind = next(kind for kind in _KINDS if re.match(kind.start, data, re.DOTALL))
    try:
        with kind.file(io.BytesIO(data)) as image:
            image.draft(None, (longest, longest))
            small = _eight_bit(image)
            small.thumbnail((longest, longest))
            return _on_white(small)
    except (OSError, SyntaxError, ValueError, struct.error, Warning) as error:
        raise MediaError(f"the image is damaged ({error}); write it anew") from error


def _picture(image: Image.Image, data: bytes, mime: str | None) -> Picture:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise MediaError(f"{width} x {height} is more than {MAX_PIXELS:,} pixels; make it smaller or cut it into tiles")
    depth = 1 if image.mode in _GRAY else 3
    # A browser shows the upper half of 16 bits: black, where a camera fills 12 of them.
    if mime is not None and image.mode not in {"CMYK", *_DEEP_GRAY}:
        return Picture(data, mime, width, height, depth)
    # Loading a TIFF turns it by an orientation in its XMP too, unless it has one of its own.
    image.getexif()[_ORIENTATION] = _UPRIGHT
    return Picture(png(image), "image/png", width, height, depth)


def png(image: Image.Image) -> bytes:
    """Encode a picture of any mode as PNG, quickly; modes that browsers do not show become 8 bits of gray or RGB.

    Raises
    ------
    MediaError
        When pixels of this mode cannot be shown.

    Examples
    --------
    >>> read_image(png(Image.new("CMYK", (4, 3)))).width
    4
    """
    file = io.BytesIO()
    try:
        _eight_bit(image).save(file, "PNG", compress_level=1)
    except ValueError as error:
        raise MediaError(f"pixels of mode {image.mode!r} cannot be shown ({error}); convert the image, as with image.convert('RGB')") from error
    return file.getvalue()


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP_GRAY:
        low, high = cast("tuple[float, float]", image.convert("F").getextrema())
        scale = 255 / (high - low) if high > low else 1.0
        return image.convert("F").point(lambda level: (level - low) * scale).convert("L")
    return image if image.mode in {"1", "L", "LA", "RGB", "RGBA", "P"} else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")


def _neutralize_jpeg(data: bytes) -> bytes:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # padding before a marker
            place += 1
            continue
        if marker in {0xD9, 0xDA}:  # the pixels begin, or the file ends
            break
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers that stand alone
            place += 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        start, end = place + 4, place + 2 + length
        if marker == 0xE1 and data[start : start + 6] == b"Exif\0\0":
            data = _with(data, start + 6, end, _upright_tiff(data[start + 6 : end]))
        place = end
    return data


def _neutralize_png(data: bytes) -> bytes:
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind, start, end = data[place + 4 : place + 8], place + 8, place + 8 + length
        if kind == b"eXIf":
            body = _upright_tiff(data[start:end])
            data = _with(data, start, end + 4, body + zlib.crc32(kind + body).to_bytes(4, "big"))
        if kind in {b"IEND", b""}:
            break
        place = end + 4
    return data


def _neutralize_webp(data: bytes) -> bytes:
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        start, end = place + 8, place + 8 + length
        if data[place : place + 4] == b"EXIF":
            skip = 6 if data[start : start + 6] == b"Exif\0\0" else 0
            data = _with(data, start + skip, end, _upright_tiff(data[start + skip : end]))
        place = end + length % 2
    return data


def _with(data: bytes, start: int, end: int, body: bytes) -> bytes:
    return data[:start] + body + data[end:]


def _upright_tiff(body: bytes) -> bytes:
    """Set the orientation entry of the first directory of a TIFF structure (TIFF 6.0, section 2; BigTIFF) to 1."""
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None:
        return body
    # BigTIFF has the version 43, and eight bytes where TIFF has four, or two for the number of entries.
    number, count, start, size = ("Q", "Q", 8, 20) if 43 in body[2:4] else ("I", "H", 4, 12)
    if start + struct.calcsize(order + number) > len(body):
        return body
    (directory,) = struct.unpack_from(order + number, body, start)
    first = directory + struct.calcsize(order + count)
    if first > len(body):
        return body
    (entries,) = struct.unpack_from(order + count, body, directory)
    changed = bytearray(body)
    for entry in range(first, min(first + entries * size, len(body) - size + 1), size):
        (tag,) = struct.unpack_from(order + "H", body, entry)
        if tag == _ORIENTATION:
            struct.pack_into(f"{order}H{number}HH", changed, entry + 2, 3, 1, _UPRIGHT, 0)
    return bytes(changed)


class _Kind(NamedTuple):
    """A file format."""

    start: bytes
    """Pattern of the first bytes."""
    file: Callable[[io.BytesIO], ImageFile]
    neutralize: Callable[[bytes], bytes]
    mime: str | None
    """Media type where browsers show it."""


# Pillow's classes are used without Image.open, which warns of images that are large for it though the limit here is ours, and takes a photograph
# with a second picture in it (MPO, as telephones write it) for something else than JPEG. Images are read in several threads, and warnings
# cannot be silenced in one thread alone.
_KINDS = (
    _Kind(rb"\xff\xd8\xff", JpegImageFile, _neutralize_jpeg, "image/jpeg"),
    _Kind(rb"\x89PNG\r\n\x1a\n", PngImageFile, _neutralize_png, "image/png"),
    _Kind(rb"RIFF....WEBP", WebPImageFile, _neutralize_webp, "image/webp"),
    _Kind(rb"GIF8[79]a", GifImageFile, bytes, "image/gif"),
    _Kind(rb"BM", BmpImageFile, bytes, "image/bmp"),
    _Kind(rb"II[*+]\0|II\0[*]|MM\0[*+]|MM[*]\0", TiffImageFile, _upright_tiff, None),
)
