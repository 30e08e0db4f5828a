"""Every kind of image in a real browser: on the stored grid, in its colours, or refused with a reason."""

from __future__ import annotations

import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import nblabel as nl
from nblabel import storage
from nblabel.errors import SessionError
from nblabel.session import Session

COLORS = {(16, 12): (220, 30, 30), (48, 12): (30, 180, 30), (16, 36): (30, 30, 220), (48, 36): (240, 240, 240)}
"""Colours of the quarters of a picture of 64 x 48 pixels, by their middles."""
# The colour of a pixel of the screen, in the canvas that shows the picture.
PICK = """
(stage, [x, y]) => {
  const canvas = stage.querySelector("canvas");
  const corner = canvas.getBoundingClientRect();
  const ratio = canvas.width / corner.width;
  return [...canvas.getContext("2d").getImageData((x - corner.left) * ratio, (y - corner.top) * ratio, 1, 1).data].slice(0, 3);
}
"""


def quarters():
    pixels = np.zeros((48, 64, 3), np.uint8)
    for (x, y), color in COLORS.items():
        pixels[y - 12 : y + 12, x - 16 : x + 16] = color
    return Image.fromarray(pixels)


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def twelve_bits():
    """Gray levels as a camera or a scanner has them: 12 bits in 16."""
    return Image.fromarray((np.asarray(quarters().convert("L")).astype(np.uint16) * 16).astype(np.uint16))


def bomb():
    """13,000 x 13,000 pixels in 20 kB."""
    row = zlib.compress(bytes(1 + 13_000 // 8) * 13_000, 9)

    def chunk(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    size = (13_000).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0])) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def files():
    picture = quarters()
    for orientation in range(1, 9):
        tags = Image.Exif()
        tags[0x0112] = orientation
        yield f"turned-{orientation}.jpg", saved(picture, "JPEG", quality=95, subsampling=0, exif=tags)
    yield "turned.webp", saved(picture, "WEBP", lossless=True, exif=tags)
    yield "plain.png", saved(picture, "PNG")
    yield "plain.bmp", saved(picture, "BMP")
    yield "moving.gif", saved(picture, "GIF", save_all=True, append_images=[Image.new("RGB", picture.size)], duration=20)
    yield "plain.tiff", saved(picture, "TIFF")
    yield "palette.png", saved(picture.convert("P", palette=Image.Palette.ADAPTIVE), "PNG")
    yield "clear.png", saved(picture.convert("RGBA"), "PNG")
    yield "print.jpg", saved(picture.convert("CMYK"), "JPEG", quality=95, subsampling=0)
    yield "gray-16.png", saved(twelve_bits(), "PNG")
    yield "gray-16.tiff", saved(twelve_bits(), "TIFF")


def expected(name, place):
    if not name.startswith("gray"):
        return COLORS[place]
    gray = np.asarray(quarters().convert("L")).astype(float)
    level = (gray[place[1], place[0]] - gray.min()) * 255 / (gray.max() - gray.min())
    return (level,) * 3


def write(folder, found):
    lines = []
    for name, data in found.items():
        (folder / name).write_bytes(data)
        lines.append(json.dumps({"source-ref": name}))
    (folder / "all.manifest").write_text("\n".join(lines) + "\n")
    return nl.read_manifest(folder / "all.manifest")


def test_every_kind_is_shown_on_the_stored_grid_in_its_colours(plain_page, tmp_path):
    found = dict(files())
    widget = nl.label(write(tmp_path, found), nl.BoundingBox(["quarter"]), attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    for number, name in enumerate(found, 1):
        labeler.expect_place(number)
        expect(labeler.root.locator(".name")).to_contain_text(name)
        plain_page.page.wait_for_timeout(50)
        for place in COLORS:
            color = labeler.stage.evaluate(PICK, list(labeler.screen(*place)))
            assert color == pytest.approx(expected(name, place), abs=25), (name, place)
        labeler.press("d")
    widget.close()


def test_what_cannot_be_shown_says_why_and_is_skipped(plain_page, tmp_path):
    found = {"bomb.png": bomb(), "torn.jpg": saved(quarters(), "JPEG")[:300], "text.png": b"not an image", "good.png": saved(quarters(), "PNG")}
    assert len(found["bomb.png"]) < 30_000
    widget = nl.label(write(tmp_path, found), nl.BoundingBox(["quarter"]), attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    for number, reason in enumerate(["13000 x 13000 is more than 100,000,000 pixels", "", "not an image of a known kind"], 1):
        labeler.expect_place(number)
        expect(labeler.root.locator(".cover")).to_contain_text(reason)
        expect(labeler.root.locator(".cover")).to_contain_text("Skip it to go on")
        labeler.press("Enter")
        expect(labeler.root.locator('[data-nblabel="notice"]')).to_contain_text("cannot be submitted")
        labeler.press("s")
    labeler.expect_place(4)
    plain_page.settle(labeler)
    assert widget.progress.skipped == 3
    widget.close()


def large():
    """A photograph of sorts that comes in small first: the quarters, and grain over them."""
    grain = np.random.default_rng(0).integers(-40, 40, (1500, 2000, 3))
    pixels = np.asarray(quarters().resize((2000, 1500), Image.Resampling.NEAREST)).astype(int)
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def test_a_large_photograph_is_seen_in_small_and_worked_on_before_the_whole_is_there(plain_page, tmp_path, monkeypatch):
    found = {"small.png": saved(quarters(), "PNG"), "next.png": saved(quarters(), "PNG"), "near.png": saved(quarters(), "PNG")}
    found["far.jpg"] = saved(large(), "JPEG", quality=95)
    assert len(found["far.jpg"]) > 2**20
    widget = nl.label(write(tmp_path, found), nl.BoundingBox(["quarter"]), attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    plain_page.settle(labeler)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "whole", not_now)
        widget.index = 3
        plain_page.settle(labeler)
        labeler.expect_place(4)
        expect(labeler.root.locator(".arriving")).to_have_text("The whole image is on its way…")
        for place, color in COLORS.items():
            screen = labeler.screen(place[0] * 2000 / 64, place[1] * 1500 / 48)
            assert labeler.stage.evaluate(PICK, list(screen)) == pytest.approx(color, abs=40)
        labeler.drag((200, 150), (1800, 1350))
        plain_page.settle(labeler)
    (box,) = widget.value
    assert [box[side] for side in ("left", "top", "width", "height")] == pytest.approx([200, 150, 1600, 1200], abs=5)

    zoom = labeler.stage.get_attribute("data-zoom")
    labeler.press("a")
    labeler.press("d")
    plain_page.settle(labeler)
    expect(labeler.root.locator(".arriving")).to_have_count(0)
    assert labeler.entries() == ["quarter"]
    assert labeler.stage.get_attribute("data-zoom") == zoom
    widget.close()


def not_now(session, index):
    raise SessionError("not now")


def test_what_is_transparent_is_seen_as_such(plain_page, tmp_path):
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 32, 24))
    widget = nl.label(write(tmp_path, {"clear.png": saved(picture, "PNG")}), nl.BoundingBox(["quarter"]), attribute="things", store=tmp_path / "s.db")
    labeler = plain_page.show(widget)
    plain_page.page.wait_for_timeout(50)
    colors = {tuple(labeler.stage.evaluate(PICK, list(labeler.screen(x, 12)))) for x in np.linspace(4, 28, 40)}
    assert colors == {(255, 255, 255), (220, 220, 220)}
    assert labeler.stage.evaluate(PICK, list(labeler.screen(48, 12))) == pytest.approx(COLORS[48, 12], abs=5)
    widget.close()


def test_images_on_s3_are_fetched_by_the_kernel_alone_and_shown_alike_in_the_grid_too(plain_page, bucket, tmp_path, moto_endpoint):
    for number in range(3):
        storage.write_bytes_atomic(f"{bucket}/cats/{number}.png", [saved(quarters(), "PNG")])
    frame = nl.crawl(f"{bucket}/cats/")
    asked = []
    plain_page.page.on("request", lambda request: asked.append(request.url))
    widget = nl.label(frame, nl.BoundingBox(["quarter"]), attribute="things", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    for place, color in COLORS.items():
        assert labeler.stage.evaluate(PICK, list(labeler.screen(*place))) == pytest.approx(color, abs=25)
    labeler.drag((2, 2), (30, 22))
    labeler.press("Enter")
    labeler.expect_place(2)
    plain_page.settle(labeler)
    assert frame["things"][0]["annotations"][0]["width"] == pytest.approx(28, abs=1)
    widget.close()
    widget = nl.label(frame, nl.ImageClassification(["red", "blue"]), attribute="colour", store=tmp_path / "store.db")
    labeler = plain_page.show(widget)
    labeler.press("g")
    tiles = labeler.root.locator(".tile canvas")
    expect(tiles).to_have_count(3)
    picture = plain_page.page.locator(".tile").first.screenshot()
    colors = {color for _, color in Image.open(io.BytesIO(picture)).convert("RGB").getcolors(1 << 20)}
    assert all(min(max(abs(a - b) for a, b in zip(color, found, strict=True)) for found in colors) < 25 for color in COLORS.values())
    assert not [url for url in asked if moto_endpoint in url]
    nl.write_manifest(frame, f"{bucket}/cats/labeled.manifest")
    assert nl.read_manifest(f"{bucket}/cats/labeled.manifest")["things"][0] == frame["things"][0]
    widget.close()
