"""Generated pictures with an object whose true mask is known."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from nblabel.assist import Point, Prompts


def draw_scene(width, height, seed=0):
    """Draw a blob of one texture on another; give the image and the mask."""
    noise = np.random.default_rng(seed)
    shape = Image.new("L", (width, height))
    draw = ImageDraw.Draw(shape)
    draw.ellipse((0.25 * width, 0.2 * height, 0.7 * width, 0.75 * height), fill=255)
    draw.rectangle((0.45 * width, 0.5 * height, 0.8 * width, 0.7 * height), fill=255)
    mask = np.asarray(shape) > 0
    image = np.where(mask[..., None], (190, 120, 60), (60, 110, 150)) + noise.normal(0, 12, (height, width, 3))
    picture = Image.fromarray(image.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return np.asarray(picture), mask


def draw_animal(seed=0):
    """Draw a body with limbs, in two colours each of which is near one of the two behind it; give the image and the mask."""
    width, height = 320, 240
    shape = Image.new("L", (width, height))
    draw = ImageDraw.Draw(shape)
    draw.ellipse((90, 60, 190, 170), fill=255)
    for line, thick in (((150, 110, 235, 60), 26), ((120, 150, 95, 215), 22), ((165, 150, 200, 220), 22)):
        draw.line(line, fill=255, width=thick)
    mask = np.asarray(shape) > 0
    rows, columns = np.mgrid[:height, :width]
    back = np.where((columns < 160 + 30 * np.sin(rows / 30))[..., None], (120, 130, 90), (150, 110, 80))
    front = 0.6 * np.where((rows < 120)[..., None], (185, 150, 100), (100, 95, 120)) + 0.4 * back
    noise = np.random.default_rng(seed).normal(0, 14, (height, width, 1)) * (1 + 0.5 * np.sin(columns / 9))[..., None]
    image = (np.where(mask[..., None], front, back) + noise).clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(0.8))), mask


def extremes_of(mask):
    """The four extreme points of a mask: centres of the middle pixels of its outermost rows and columns."""
    rows, columns = np.nonzero(mask)
    middle = [
        np.flatnonzero(rows == rows.min()),
        np.flatnonzero(columns == columns.min()),
        np.flatnonzero(rows == rows.max()),
        np.flatnonzero(columns == columns.max()),
    ]
    return Prompts(extremes=tuple(Point(columns[at[len(at) // 2]] + 0.5, rows[at[len(at) // 2]] + 0.5) for at in middle))


def overlap(mask, truth):
    """Intersection over union."""
    return (mask & truth).sum() / (mask | truth).sum()
