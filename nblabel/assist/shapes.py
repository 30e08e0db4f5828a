"""What four extreme points alone say about an outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from nblabel.assist.geodesic import FAR, distances, path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["edge_outline", "fill", "polar_outline", "signed_distance"]

_ANGLES, _RADII, _SLACK = 96, 40, 2


def fill(outline: Sequence[tuple[float, float]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Give the pixels in a polygon of (x, y) points."""
    plane = Image.new("1", shape[::-1])
    ImageDraw.Draw(plane).polygon([(x - 0.5, y - 0.5) for x, y in outline], fill=1, outline=1)
    return np.asarray(plane)


def signed_distance(inside: NDArray[np.bool_]) -> Array:
    """Give the distance to the border of a set of pixels, about; above 0 inside, below outside."""
    away = distances(np.stack([inside, ~inside]), np.ones((1, 1, 1), np.float32), sweeps=1)
    away = np.minimum(away, np.float32(max(inside.shape)))
    return np.asarray(np.where(inside, away[1] - np.float32(0.5), np.float32(0.5) - away[0]))


def edge_outline(corners: Sequence[tuple[float, float]], cost: Array) -> NDArray[np.bool_]:
    """Join extreme points, in their order around the object, by paths that are cheap where the picture has edges; give what they enclose."""
    height, width = cost.shape
    places = [(min(int(y), height - 1), min(int(x), width - 1)) for x, y in corners]
    seeds = np.zeros((len(places), height, width), bool)
    for number, place in enumerate(places):
        seeds[(number, *place)] = True
    away = distances(seeds, cost[None])
    outline: list[tuple[int, int]] = []
    for number, place in enumerate(places):
        outline += path(away[(number + 1) % len(places)], place)
    return fill([(column + 0.5, row + 0.5) for row, column in outline], (height, width))


def polar_outline(
    corners: Sequence[tuple[float, float]], box: tuple[float, float, float, float], gain: Array, edge: Array, *, stiffness: float = 0.6
) -> NDArray[np.bool_]:
    """Find the best outline that is seen whole from the middle of the box and goes through the extreme points.

    Parameters
    ----------
    corners : sequence of (x, y)
        Extreme points, in their order around the object.
    box : left, top, right, bottom
        The outline stays in it.
    gain : (height, width) float32 array
        What is won by having a pixel inside, below 0 where that is a loss.
    edge : (height, width) float32 array
        What is won by having the outline on a pixel.
    stiffness : float
        Cost of a change of the radius, by one step from one angle to the next.

    Returns
    -------
    (height, width) bool array
        The inside.
    """
    left, top, right, bottom = box
    cx = float(np.clip(np.mean([x for x, _ in corners]), left + 0.35 * (right - left), right - 0.35 * (right - left)))
    cy = float(np.clip(np.mean([y for _, y in corners]), top + 0.35 * (bottom - top), bottom - 0.35 * (bottom - top)))
    # The shape is seen on the unit square of the box, so that angles are spread alike over long and flat objects.
    half = (max(right - left, 1.0) / 2, max(bottom - top, 1.0) / 2)
    angles = (np.arange(_ANGLES) + 0.5) * (2 * np.pi / _ANGLES)
    ux, uy = np.cos(angles) * half[0], np.sin(angles) * half[1]
    with np.errstate(divide="ignore"):
        reach_x = np.where(ux > 0, right - cx, cx - left) / np.maximum(np.abs(ux), 1e-9)
        reach_y = np.where(uy > 0, bottom - cy, cy - top) / np.maximum(np.abs(uy), 1e-9)
    reach = np.minimum(reach_x, reach_y)
    steps = (np.arange(_RADII) + 1) / _RADII
    radii = reach[:, None] * steps
    height, width = gain.shape
    columns = (cx + radii * ux[:, None]).clip(0, width - 1).astype(np.intp)
    rows = (cy + radii * uy[:, None]).clip(0, height - 1).astype(np.intp)
    area = radii * reach[:, None] / _RADII
    worth = np.cumsum(gain[rows, columns] * area, axis=1) * _RADII + edge[rows, columns]
    for x, y in corners:
        angle = np.arctan2((y - cy) / half[1], (x - cx) / half[0]) % (2 * np.pi)
        number = int(angle / (2 * np.pi) * _ANGLES) % _ANGLES
        radius = np.hypot((x - cx) / half[0], (y - cy) / half[1])
        wanted = int(np.clip(round(radius / reach[number] * _RADII) - 1, 0, _RADII - 1))
        keep = worth[number, wanted]
        worth[number] = -FAR
        worth[number, wanted] = keep
    best = _best_cycle(worth, stiffness)
    outline = [(cx + radii[k, j] * ux[k], cy + radii[k, j] * uy[k]) for k, j in enumerate(best)]
    return fill(outline, (height, width))


def _best_cycle(worth: Array, stiffness: float) -> list[int]:
    """Choose a radius for each angle, neighbours at most a few steps apart; an extreme point fixes the first."""
    count, radii = worth.shape
    first = int(np.argmin(np.partition(worth, -2, axis=1)[:, -2]))
    order = [(first + number) % count for number in range(count)]
    total = worth[order[0]].copy()
    came = np.zeros((count, radii), np.intp)
    limit = 6
    offsets = np.arange(-limit, limit + 1)
    penalty = stiffness * np.abs(offsets)
    index = np.arange(radii)[:, None] + offsets
    valid = (index >= 0) & (index < radii)
    index = index.clip(0, radii - 1)
    for number in range(1, count + 1):
        choices = np.where(valid, total[index] - penalty, -8 * FAR)
        pick = np.argmax(choices, axis=1)
        if number < count:
            came[number] = index[np.arange(radii), pick]
            total = choices[np.arange(radii), pick] + worth[order[number]]
    radius = int(np.argmax(total))
    chosen = [0] * count
    for number in range(count - 1, -1, -1):
        chosen[order[number]] = radius
        radius = int(came[number][radius])
    return chosen
