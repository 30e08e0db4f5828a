"""Generated pictures with true masks: shapes cut from one part of a free photograph, laid over another.

They are one of the sets of ``segmentation.py``; ``training_pictures.py`` makes others, to learn from, with the same means. The photographs are those
of the demonstration. The same number gives the same picture.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 320, 240
SUPER = 2


@cache
def photographs():
    """Give the demonstration's photographs."""
    folder = files("nblabel") / "demo" / "photos"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".jpg"))
    return [Image.open(io.BytesIO((folder / name).read_bytes())).convert("RGB") for name in names]


def composite(number):
    """Make a picture; give it and the mask of the object in it, (240, 320, 3) uint8 and (240, 320) bool."""
    random = np.random.default_rng([20251, number])
    while True:
        cover = draw_shape(random)
        mask = cover > 0.5
        if 0.015 < mask.mean() < 0.6:
            break
    source = int(random.integers(len(photographs())))
    other = source if random.random() < 0.4 else int(random.integers(len(photographs())))
    vivid = random.uniform(0, 1)
    photos = photographs()
    back = surface(random, photos, photos[source], parts=int(random.integers(1, 4)), whole=random.random() < 0.5, vivid=vivid)
    front = shade(random, surface(random, photos, photos[other], parts=int(random.integers(1, 4)), whole=False, vivid=vivid))
    if random.random() < 0.3:  # something of the same kind beside it
        twin = draw_shape(random)[..., None]
        back = back * (1 - twin) + front * twin
    blend = np.asarray(Image.fromarray((cover * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(random.uniform(0, 1))), float)[..., None] / 255
    image = back * (1 - blend) + front * blend + random.normal(0, random.uniform(0, 5), (HEIGHT, WIDTH, 1))
    file = io.BytesIO()
    Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=int(random.integers(60, 95)))
    return np.array(Image.open(file)), mask


def surface(random, photos, source, parts, *, whole, vivid):
    """Fill a picture with one to three pieces of photographs, divided by curves."""
    filled = piece(random, source, whole=whole, vivid=vivid)
    for _ in range(parts - 1):
        other = source if random.random() < 0.6 else photos[int(random.integers(len(photos)))]
        divide = waves(random)[..., None]
        filled = np.where(divide > random.normal(0, 0.6), filled, piece(random, other, whole=False, vivid=vivid))
    return filled


def piece(random, photo, *, whole, vivid):
    """Fill a picture with a part of a photograph, blurred or tinted at times."""
    share = 1.0 if whole else random.uniform(0.12, 0.7)
    width = share * min(photo.width, photo.height * WIDTH / HEIGHT) - 1e-3
    height = width * HEIGHT / WIDTH
    left, top = random.uniform(0, max(photo.width - width, 0)), random.uniform(0, max(photo.height - height, 0))
    part = photo.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    if random.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if not whole and random.random() < 0.4:
        part = part.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 4)))
    pixels = np.asarray(part, float)
    mean = pixels.mean(axis=(0, 1))
    contrast, tint, light = random.uniform(0.5, 1.1), random.normal(0, 20 * vivid, 3), random.normal(0, 30 * vivid)
    return (pixels - mean) * contrast + mean + tint + light


def shade(random, surface):
    """Light the object from one side."""
    angle, strength = random.uniform(0, 2 * np.pi), random.uniform(0, 35)
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    return surface + strength * (np.cos(angle) * columns + np.sin(angle) * rows)[..., None]


def waves(random):
    """Give a smooth random plane of mean 0 and deviation 1."""
    coarse = random.normal(size=(int(random.integers(2, 6)), int(random.integers(2, 6)))).astype(np.float32)
    plane = np.asarray(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    return (plane - plane.mean()) / (plane.std() + 1e-6)


def draw_shape(random):
    """Draw an object; give how much of each pixel it covers."""
    plane = Image.new("L", (WIDTH * SUPER, HEIGHT * SUPER))
    draw = ImageDraw.Draw(plane)
    size = np.exp(random.uniform(np.log(28), np.log(95))) * SUPER
    margin = 0.2 if random.random() < 0.2 else 0.9
    cx = random.uniform(min(margin * size, WIDTH * SUPER / 2), max(WIDTH * SUPER - margin * size, WIDTH * SUPER / 2))
    cy = random.uniform(min(margin * size, HEIGHT * SUPER / 2), max(HEIGHT * SUPER - margin * size, HEIGHT * SUPER / 2))
    kind = random.choice(["blob", "body", "polygon", "union"], p=[0.35, 0.35, 0.12, 0.18])
    if kind == "blob":
        _polygon(draw, _blob(random, cx, cy, size, random.uniform(0.05, 0.5)))
    elif kind == "polygon":
        angles = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(4, 9))))
        _polygon(draw, np.stack([cx + size * np.cos(angles), cy + size * random.uniform(0.5, 1) * np.sin(angles)], axis=1))
    elif kind == "union":
        for _ in range(int(random.integers(2, 6))):
            dx, dy = random.normal(0, 0.4, 2) * size
            _polygon(draw, _blob(random, cx + dx, cy + dy, size * random.uniform(0.25, 0.7), random.uniform(0, 0.2)))
            draw.line([(cx, cy), (cx + dx, cy + dy)], fill=255, width=int(size * random.uniform(0.12, 0.4)))
    else:
        _body(random, draw, cx, cy, size)
    return np.asarray(plane.resize((WIDTH, HEIGHT), Image.Resampling.BOX), float) / 255


def _body(random, draw, cx, cy, size):
    """Draw a trunk with a head and limbs that bend."""
    _polygon(draw, _blob(random, cx, cy, size * random.uniform(0.35, 0.7), random.uniform(0, 0.2)))
    for _ in range(int(random.integers(1, 7))):
        angle = random.uniform(0, 2 * np.pi) if random.random() < 0.5 else random.normal(np.pi / 2, 0.5)
        x, y = cx + 0.3 * size * np.cos(angle), cy + 0.3 * size * np.sin(angle)
        width = size * random.uniform(0.06, 0.3)
        length = size * random.uniform(0.3, 0.8)
        for _ in range(12):
            angle += random.normal(0, 0.15)
            x, y = x + length / 12 * np.cos(angle), y + length / 12 * np.sin(angle)
            width *= 0.97
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
        if random.random() < 0.3:
            _polygon(draw, _blob(random, x, y, width * random.uniform(0.7, 1.6), 0.1))


def _blob(random, cx, cy, size, roughness):
    angles = np.arange(0, 2 * np.pi, 0.05)
    radius = np.ones_like(angles)
    for order in range(2, 12):
        radius += roughness * random.normal() / order * np.cos(order * angles + random.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.15) * size
    flat, turn = random.uniform(0.4, 1), random.uniform(0, 2 * np.pi)
    x, y = radius * np.cos(angles), radius * np.sin(angles) * flat
    return np.stack([cx + x * np.cos(turn) - y * np.sin(turn), cy + x * np.sin(turn) + y * np.cos(turn)], axis=1)


def _polygon(draw, points):
    draw.polygon([tuple(point) for point in points.tolist()], fill=255)
