"""Generated pictures that the weights of auto-segment are learned from, closer to photographs than those it is measured on.

Outlines are those of pictographs (Noto Color Emoji, SIL Open Font License): animals, people, plants, vehicles and things, bent and turned, and the
shapes of ``composites.py``. Their parts are filled with pieces of freely licensed photographs; other objects are beside them, behind them and
sometimes in front. The same number, font and photographs give the same picture.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
from composites import HEIGHT, WIDTH, draw_shape, photographs, piece, shade, surface, waves
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_SIZE = 109
"""The only size that the font has."""
CANVAS = (136, 128)
BLOCKS = ((0x1F32D, 0x1F37F), (0x1F382, 0x1F3FA), (0x1F400, 0x1F43F), (0x1F442, 0x1F4FF), (0x1F574, 0x1F5FF), (0x1F645, 0x1F6FC), (0x1F910, 0x1FAFF))
ROUNDEST = 0.77
"""Pictographs that fill more of their box are signs, faces and clocks, which are no outlines to learn from."""


@cache
def pictographs(font):
    """Give the pictographs of a font as RGBA pictures."""
    face = ImageFont.truetype(font, FONT_SIZE)
    found = []
    for start, end in BLOCKS:
        for code in range(start, end + 1):
            drawn = Image.new("RGBA", CANVAS, 0)
            ImageDraw.Draw(drawn).text((0, 0), chr(code), font=face, embedded_color=True)
            cover = np.asarray(drawn)[..., 3] > 127
            if cover.sum() < 800:
                continue
            rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
            box = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            if cover.sum() < ROUNDEST * (box[2] - box[0]) * (box[3] - box[1]) and _connected(cover):
                found.append(drawn.crop(box))
    return found


def _connected(cover):
    """Tell whether nearly all of an area hangs together."""
    plane = Image.fromarray(cover.astype(np.uint8))
    for row, column in np.argwhere(cover)[:: max(1, cover.sum() // 8)]:
        filled = plane.copy()
        ImageDraw.floodfill(filled, (int(column), int(row)), 2)
        if (np.asarray(filled) == 2).sum() > 0.9 * cover.sum():
            return True
    return False


@cache
def sources(folder):
    """Give the demonstration's photographs and those of a folder."""
    return [*photographs(), *(Image.open(path).convert("RGB") for path in sorted(Path(folder).glob("*.jpg")))]


def training_picture(number, font, folder):
    """Make a picture; give it and the mask of the object in it, (240, 320, 3) uint8 and (240, 320) bool."""
    random = np.random.default_rng([20252, number])
    photos = sources(folder)
    while True:
        cover, parts = _outline(random, font)
        hidden = _outline(random, font)[0] if random.random() < 0.12 else np.zeros_like(cover)
        seen = cover * (1 - hidden)
        if 0.015 < (seen > 0.5).mean() < 0.6:
            break
    here = photos[int(random.integers(len(photos)))]
    other = here if random.random() < 0.35 else photos[int(random.integers(len(photos)))]
    vivid = random.uniform(0, 1)
    image = _ground(random, photos, here, vivid)
    front = _fill(random, photos, other, parts, vivid, image, cover)
    for _ in range(int(random.integers(0, 4))):
        beside, its_parts = _outline(random, font)
        like = front if random.random() < 0.35 else _fill(random, photos, here, its_parts, vivid, image, beside)
        image = _over(image, like, beside, random.uniform(0, 1.2))
    if random.random() < 0.3:
        image = image * (1 - random.uniform(0.2, 0.6) * _shadow(random, cover)[..., None])
    image = _over(image, front, cover, random.uniform(0, 1.2))
    if hidden.any():
        image = _over(image, _fill(random, photos, here, np.zeros(cover.shape, int), vivid, image, hidden), hidden, random.uniform(0, 1))
    image = image + random.normal(0, random.uniform(0, 5), (HEIGHT, WIDTH, 1))
    file = io.BytesIO()
    Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=int(random.integers(60, 95)))
    return np.array(Image.open(file)), seen > 0.5


def _ground(random, photos, here, vivid):
    """Make a background: mostly a photograph as it is."""
    if random.random() < 0.6:
        return piece(random, here, whole=random.random() < 0.6, vivid=0.3 * vivid)
    return surface(random, photos, here, int(random.integers(1, 4)), whole=random.random() < 0.5, vivid=vivid)


def _fill(random, photos, source, parts, vivid, image, cover):
    """Fill the parts of an object with pieces of photographs, some of them in colours of what lies behind."""
    kinds = range(parts.max() + 1)
    if random.random() < 0.35:  # of one stuff
        filled = surface(random, photos, source, int(random.integers(1, 3)), whole=False, vivid=vivid)
        light = random.normal(0, random.uniform(0, 30), (len(kinds), 1)) + random.normal(0, random.uniform(0, 12), (len(kinds), 3))
        filled = filled + light[parts]
    else:
        filled = np.zeros((HEIGHT, WIDTH, 3))
        for kind in kinds:
            mine = source if random.random() < 0.6 else photos[int(random.integers(len(photos)))]
            stuff = piece(random, mine, whole=False, vivid=vivid)
            filled = np.where((parts == kind)[..., None], stuff, filled)
    if random.random() < 0.45:
        kind = int(random.integers(len(kinds)))
        where = (parts == kind) & (cover > 0.5)
        around = np.asarray(Image.fromarray((cover * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(21))) > 127
        around &= cover < 0.5
        if where.any() and around.any():
            nearer = random.uniform(0.3, 0.9) * (image[around].mean(axis=0) - filled[where].mean(axis=0))
            filled = np.where((parts == kind)[..., None], filled + nearer, filled)
    return shade(random, filled)


def _over(image, front, cover, blur):
    blend = np.asarray(Image.fromarray((cover * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur)), float)[..., None] / 255
    return image * (1 - blend) + front * blend


def _shadow(random, cover):
    """Lay the object's own shape, flat and blurred, beneath it."""
    plane = Image.fromarray((cover * 255).astype(np.uint8))
    dx, dy = random.normal(0, 12, 2)
    moved = plane.transform(plane.size, Image.Transform.AFFINE, (1, 0, -dx, 0, 1, -abs(dy)))
    return np.asarray(moved.filter(ImageFilter.GaussianBlur(random.uniform(1, 8))), float) / 255


def _outline(random, font):
    """Draw an object; give how much of each pixel it covers, and the number of the part at each pixel."""
    if random.random() < 0.35:
        cover = draw_shape(random)
        parts = (waves(random) > random.normal(0, 0.8)).astype(int) if random.random() < 0.5 else np.zeros(cover.shape, int)
        return cover, parts
    drawn = pictographs(font)[int(random.integers(len(pictographs(font))))]
    few = drawn.convert("RGB").quantize(int(random.integers(2, 6)), dither=Image.Dither.NONE)
    cover = drawn.getchannel("A")
    if random.random() < 0.5:
        few, cover = (plane.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for plane in (few, cover))
    long = np.exp(random.uniform(np.log(60), np.log(230)))
    scale = long / max(drawn.size) * np.exp(random.normal(0, 0.12, 2))
    angle = random.normal(0, 0.25) if random.random() < 0.7 else random.uniform(0, 2 * np.pi)
    cx, cy = random.uniform(0.15, 0.85) * WIDTH, random.uniform(0.15, 0.85) * HEIGHT
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    bend = random.uniform(0, 0.06) * long
    columns, rows = columns + bend * waves(random) - cx, rows + bend * waves(random) - cy
    x = (np.cos(angle) * columns + np.sin(angle) * rows) / scale[0] + drawn.width / 2
    y = (-np.sin(angle) * columns + np.cos(angle) * rows) / scale[1] + drawn.height / 2
    amount = np.pad(np.asarray(cover, float) / 255, 1)
    kinds = np.pad(np.asarray(few), 1)
    x, y = (x + 1).clip(0, drawn.width + 0.999), (y + 1).clip(0, drawn.height + 0.999)
    c, r = x.astype(int), y.astype(int)
    u, v = x - c, y - r
    mixed = (amount[r, c] * (1 - u) + amount[r, c + 1] * u) * (1 - v) + (amount[r + 1, c] * (1 - u) + amount[r + 1, c + 1] * u) * v
    steep = max(1.0, float(scale.min()))
    return ((mixed - 0.5) * steep + 0.5).clip(0, 1), kinds[r, c].astype(int)
