"""Images as a front end may show them: measured from the header, on the stored pixel grid, never a bomb.

Ground Truth does not apply EXIF orientation, browsers do. So the tag is set to 1 in the bytes before anything decodes them, here and nowhere else;
measuring, showing and storing then share one grid.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import cast

from PIL import Image, UnidentifiedImageError

from nblabel.errors import MediaError

__all__ = ["MAX_PIXELS", "Picture", "read_image"]

MAX_PIXELS = 100_000_000
"""Largest image that is decoded, in pixels: Ground Truth's own limit (developer guide, "Input data quotas")."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_SHOWN_BY_BROWSERS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
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
    upright = _neutralize(data)
    try:
        with warnings.catch_warnings():
            # Pillow warns of images that are large for it, where the limit below is ours, and of damage that it gets over.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(upright), formats=_FORMATS) as image:
                return _picture(image, upright)
    except Image.DecompressionBombError:
        raise MediaError(f"more than {MAX_PIXELS:,} pixels; make it smaller or cut it into tiles") from None
    except UnidentifiedImageError:
        raise MediaError("not an image of a known kind; expected JPEG, PNG, WEBP, GIF, BMP or TIFF") from None
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(f"the image is damaged ({error})") from error


def _picture(image: Image.Image, data: bytes) -> Picture:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise MediaError(f"{width} x {height} is more than {MAX_PIXELS:,} pixels; make it smaller or cut it into tiles")
    depth = 1 if image.mode in {"1", "L", "I", "F", "I;16", "LA"} else 3
    mime = _SHOWN_BY_BROWSERS.get(image.format or "")
    if mime is not None and image.mode != "CMYK":
        return Picture(data, mime, width, height, depth)
    shown = io.BytesIO()
    _eight_bit(image).save(shown, "PNG", compress_level=1)
    return Picture(shown.getvalue(), "image/png", width, height, depth)


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode in {"I", "F", "I;16", "I;16B"}:
        low, high = cast("tuple[float, float]", image.convert("F").getextrema())
        scale = 255 / (high - low) if high > low else 1.0
        return image.convert("F").point(lambda level: (level - low) * scale).convert("L")
    return image if image.mode in {"1", "L", "LA", "RGB", "RGBA", "P"} else image.convert("RGB")


def _neutralize(data: bytes) -> bytes:
    """Set the EXIF orientation to upright in JPEG, PNG and WEBP bytes."""
    if data.startswith(b"\xff\xd8"):
        return _neutralize_jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _neutralize_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _neutralize_webp(data)
    return data


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
    """Set the orientation entry of the first directory of a TIFF structure (TIFF 6.0, section 2) to 1."""
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None or len(body) < 8:
        return body
    (directory,) = struct.unpack_from(order + "I", body, 4)
    if directory + 2 > len(body):
        return body
    (entries,) = struct.unpack_from(order + "H", body, directory)
    changed = bytearray(body)
    for number in range(entries):
        entry = directory + 2 + 12 * number
        if entry + 12 > len(body):
            break
        (tag,) = struct.unpack_from(order + "H", body, entry)
        if tag == _ORIENTATION:
            struct.pack_into(order + "HI", changed, entry + 2, 3, 1)
            struct.pack_into(order + "HH", changed, entry + 8, _UPRIGHT, 0)
    return bytes(changed)
