from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nblabel.errors import MediaError
from nblabel.media import MAX_PIXELS, encode_text, read_image, read_text

ORIENTATION = 0x0112
# Left half dark, right half light, wider than high: turned or mirrored it would look different.
PIXELS = np.zeros((16, 32, 3), np.uint8)
PIXELS[:, 16:] = 255
PIXELS[:4] = (255, 0, 0)


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def exif(orientation, order="little"):
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[0x010F] = "Camera"
    if order == "big":
        tags.endian = ">"
    return tags.tobytes()


def orientation_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.getexif().get(ORIENTATION), image.size, np.asarray(image.convert("RGB"))


def turned(form, orientation):
    """Give the file of an image whose orientation tag asks viewers to turn or mirror it."""
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}, "TIFF": {"compression": "tiff_lzw"}}.get(form, {})
    return saved(Image.fromarray(PIXELS), form, exif=exif(orientation), **options)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_neutralized_and_the_pixels_stay(form, orientation):
    data = turned(form, orientation)
    picture = read_image(data)
    tag, size, pixels = orientation_of(picture.data)
    assert size == (32, 16) == (picture.width, picture.height)
    assert np.abs(pixels.astype(int) - PIXELS).max() <= (25 if form == "JPEG" else 0)
    if form == "TIFF":  # made anew, as PNG
        assert tag is None
        return
    assert orientation_of(data)[0] == orientation
    assert tag == 1
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.getexif()[0x010F] == "Camera"


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("L", {"compression": "raw"}),
        ("L", {"compression": "tiff_lzw"}),
        ("L", {"big_tiff": True}),
        ("I;16", {}),
        ("I;16B", {}),  # written in big-endian order
        ("I;16B", {"compression": "tiff_lzw"}),
    ],
)
def test_orientation_of_tiff_in_either_byte_order(mode, options):
    levels = Image.fromarray(PIXELS).convert("L").convert(mode)
    picture = read_image(saved(levels, "TIFF", tiffinfo={ORIENTATION: 6}, **options))
    assert (picture.width, picture.height, picture.depth) == (32, 16, 1)
    assert np.array_equal(orientation_of(picture.data)[2], np.asarray(Image.fromarray(PIXELS).convert("L").convert("RGB")))


def test_orientation_of_tiff_in_xmp():
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    picture = read_image(saved(Image.fromarray(PIXELS), "TIFF", tiffinfo={700: packet}))
    assert np.array_equal(orientation_of(picture.data)[2], PIXELS)


def test_a_photograph_with_a_second_picture_is_a_jpeg():
    photograph = Image.fromarray(PIXELS)
    file = saved(photograph, "MPO", save_all=True, append_images=[photograph.resize((8, 4))], exif=exif(6), quality=95)
    with Image.open(io.BytesIO(file)) as image:
        assert (image.format, image.n_frames) == ("MPO", 2)
    picture = read_image(file)
    assert (picture.mime, picture.width, picture.height, picture.depth) == ("image/jpeg", 32, 16, 3)
    assert len(picture.data) == len(file)
    assert orientation_of(picture.data)[0] == 1


def test_orientation_in_big_endian_order():
    body = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, 6, 0, 0)
    picture = read_image(saved(Image.fromarray(PIXELS), "JPEG", exif=b"Exif\0\0" + body))
    assert orientation_of(picture.data)[0] == 1


def test_a_file_without_exif_is_passed_through():
    for form in ("JPEG", "PNG", "WEBP", "GIF", "BMP"):
        data = saved(Image.fromarray(PIXELS), form)
        picture = read_image(data)
        assert picture.data == data
        assert picture.mime == f"image/{form.lower()}"


@pytest.mark.parametrize(
    ("mode", "form", "depth"),
    [
        ("RGB", "PNG", 3),
        ("RGBA", "PNG", 3),
        ("P", "PNG", 3),
        ("L", "PNG", 1),
        ("1", "PNG", 1),
        ("LA", "PNG", 1),
        ("L", "JPEG", 1),
        ("CMYK", "JPEG", 3),
    ],
)
def test_depth(mode, form, depth):
    assert read_image(saved(Image.new(mode, (4, 3)), form)).depth == depth


@pytest.mark.parametrize(("mode", "form"), [("CMYK", "JPEG"), ("RGB", "TIFF"), ("F", "TIFF"), ("I", "TIFF"), ("I;16", "TIFF"), ("CMYK", "TIFF")])
def test_what_browsers_do_not_show_becomes_png(mode, form):
    picture = read_image(saved(Image.new(mode, (4, 3)), form))
    assert picture.mime == "image/png"
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.size == (4, 3)


@pytest.mark.parametrize("order", ["<", ">"])
def test_deep_gray_is_stretched(order):
    image = Image.frombytes("I;16" if order == "<" else "I;16B", (2, 1), struct.pack(f"{order}HH", 1000, 2000))
    assert read_image(saved(image, "TIFF")).depth == 1
    with Image.open(io.BytesIO(read_image(saved(image, "TIFF")).data)) as shown:
        assert np.asarray(shown).tolist() == [[0, 255]]


def png_of_size(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_from_its_header():
    for side in (10_001, 60_000):
        with pytest.raises(MediaError, match=f"more than {MAX_PIXELS:,} pixels; make it smaller"):
            read_image(png_of_size(side, side))


def test_a_large_image_is_read_without_touching_the_state_of_warnings(monkeypatch):
    """Images are read in several threads, of which each would undo what the other set."""
    data = png_of_size(10_000, 10_000)
    with monkeypatch.context() as patch:
        patch.setattr("warnings.catch_warnings", None)
        picture = read_image(data)
    assert picture.width == 10_000


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "the file is empty"),
        (b"hello", "not an image of a known kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image of"),
    ],
)
def test_what_is_no_image(data, text):
    with pytest.raises(MediaError, match=text):
        read_image(data)


SEEDS = {form: turned(form, 6) for form in ("JPEG", "PNG", "WEBP", "TIFF")} | {form: saved(Image.fromarray(PIXELS), form) for form in ("GIF", "BMP")}


@settings(max_examples=300)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_damaged_files_are_read_or_refused(form, data):
    seed = SEEDS[form]
    damaged = bytearray(seed[: data.draw(st.integers(0, len(seed)))])
    for place in data.draw(st.lists(st.integers(0, max(len(damaged) - 1, 0)), max_size=8)) if damaged else ():
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        picture = read_image(bytes(damaged))
    except MediaError:
        return
    assert picture.width > 0
    assert picture.data


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=40))
def test_every_code_point_of_a_text_stays_in_its_place(text):
    document = read_text(encode_text(text))
    shown = document.data.decode()
    assert document.length == len(shown) == len(text)
    assert all(one == other or (other == "\ufffd" and "\ud800" <= one <= "\udfff") for one, other in zip(text, shown, strict=True))


def test_a_text_file_is_read_as_it_is_without_its_byte_order_mark():
    assert read_text(b"\xef\xbb\xbfa\r\nb\rc\0").data == b"a\r\nb\rc\0"
    with pytest.raises(MediaError, match=r"not a text in UTF-8 \(byte 1 is 0xe9\); save it as UTF-8"):
        read_text("hé".encode("latin-1"))
