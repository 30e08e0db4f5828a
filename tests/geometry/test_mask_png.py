from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from nblabel.errors import MediaError
from nblabel.geometry.mask_png import check_mask, decode_mask, encode_mask

GREEN, BLUE = "#2ca02c", "#1f77b4"
COLOR_MAP = {
    "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0},
    "1": {"class-name": "chip", "hex-color": GREEN, "confidence": 0},
    "2": {"class-name": "led", "hex-color": BLUE, "confidence": 0},
}


def chunks(data):
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append((data[place + 4 : place + 8], length))
        place += 12 + length
    return found


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **{"format": "PNG", **options})
    return file.getvalue()


def rgba(rows):
    colors = {"w": (255, 255, 255, 255), "g": (44, 160, 44, 255), "b": (31, 119, 180, 255), "-": (0, 0, 0, 0), "f": (44, 160, 44, 90)}
    return Image.fromarray(np.array([[colors[sign] for sign in row] for row in rows], np.uint8))


@settings(max_examples=40)
@given(st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 2))))
def test_what_is_written_is_ground_truths_and_pillow_reads_it(mask):
    data = encode_mask(mask, ["#ffffff", GREEN, BLUE])
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert dict(chunks(data))[b"PLTE"] == 768
    assert data[24] == 8
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "P"
        assert image.getpalette()[:12] == [255, 255, 255, 44, 160, 44, 31, 119, 180, 255, 255, 255]
        np.testing.assert_array_equal(np.asarray(image), mask)
    found = decode_mask(data, COLOR_MAP)
    np.testing.assert_array_equal(found.mask, mask)
    assert (found.names, found.unknown) == ({0: "BACKGROUND", 1: "chip", 2: "led"}, {})


def test_colours_count_not_indices():
    """As in jobs of 2020, whose indices are wrong."""
    swapped = encode_mask(np.array([[0, 1, 2]], np.uint8), ["#ffffff", BLUE, GREEN])
    assert decode_mask(swapped, COLOR_MAP).mask.tolist() == [[0, 2, 1]]


def test_indices_count_where_the_colours_say_nothing():
    gray = saved(Image.fromarray(np.array([[0, 1, 2]], np.uint8)))
    assert decode_mask(gray, COLOR_MAP).mask.tolist() == [[0, 1, 2]]
    foreign = encode_mask(np.array([[0, 1, 2]], np.uint8), ["#000000", "#800000", "#008000"])
    assert decode_mask(foreign, COLOR_MAP).mask.tolist() == [[0, 1, 2]]
    assert decode_mask(foreign).mask.tolist() == [[0, 1, 2]]
    assert decode_mask(saved(Image.fromarray(np.array([[0, 9, 9]], np.uint8))), COLOR_MAP).unknown == {"9": 2}


def test_a_lookout_mask_has_a_real_class_at_0_and_soft_edges():
    found = decode_mask(saved(rgba(["-fg", "ggg"])), {"0": {"class-name": "cracked", "hex-color": GREEN.upper()}})
    assert found.mask.tolist() == [[0, 0, 1], [1, 1, 1]]
    assert (found.names, found.unknown) == ({0: "BACKGROUND", 1: "cracked"}, {})


def test_palette_with_transparency_and_colours_that_a_lossy_editor_shifted():
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    image.putpalette([0, 0, 0, 46, 158, 44, 31, 119, 180])
    assert decode_mask(saved(image, transparency=0), COLOR_MAP).mask.tolist() == [[0, 1, 2]]


def test_unknown_colours_are_background_and_counted():
    found = decode_mask(saved(rgba(["wgb"]).convert("RGB")), {"1": COLOR_MAP["1"]})
    assert found.mask.tolist() == [[0, 1, 0]]
    assert found.unknown == {BLUE: 1}


PALETTE = encode_mask(np.zeros((4, 6), np.uint8), [])


@pytest.mark.parametrize(
    ("data", "entries", "codes", "text"),
    [
        (PALETTE, COLOR_MAP, [], ""),
        (saved(rgba(["g"]).convert("RGB"), format="JPEG"), COLOR_MAP, ["mask-unreadable"], "a JPEG cannot be a mask"),
        (saved(Image.fromarray(np.zeros((4, 6), np.uint16))), COLOR_MAP, ["mask-unreadable"], "16 bits a channel, expected 8"),
        (b"nothing", COLOR_MAP, ["mask-unreadable"], "a mask is a PNG file"),
        (PALETTE[:-30], COLOR_MAP, ["mask-unreadable"], "damaged"),
        (saved(rgba(["gggggg"] * 4)), None, ["mask-unreadable"], "pass color_map="),
        (PALETTE, {"1": {"class-name": "chip"}}, ["mask-unreadable"], "is not an index with 'class-name' and 'hex-color'"),
        (encode_mask(np.zeros((6, 4), np.uint8), []), COLOR_MAP, ["mask-size"], "4 x 6 pixels, its image 6 x 4"),
        (saved(rgba(["bg"] * 4)), {"1": COLOR_MAP["1"]}, ["mask-size", "mask-colors"], "#1f77b4 (4 pixels)"),
    ],
)
def test_what_is_wrong_with_a_mask(data, entries, codes, text):
    problems = check_mask(data, entries, width=6, height=4)
    assert [problem.code for problem in problems] == codes
    assert text in " ".join(problem.message for problem in problems)


def test_a_bomb_is_not_decoded():
    header = PALETTE[:16] + struct.pack(">II", 100_000, 100_000) + PALETTE[24:]
    with pytest.raises(MediaError, match="100000 x 100000"):
        decode_mask(header)
