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
