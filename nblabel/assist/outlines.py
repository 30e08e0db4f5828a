"""What four extreme points say about an outline, together with the edges of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw

from nblabel.assist.geodesic import path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["Place", "depth_in_polygon", "enclosed", "sectors", "seeds_at"]

Place: TypeAlias = tuple[float, float]
"""x and y in a view."""


def depth_in_polygon(corners: Sequence[Place], shape: tuple[int, int]) -> Array:
    """Give how deep pixels are in a convex polygon: the distance to the nearest of the lines through its sides, below 0 beyond one of them.

    Corners go clockwise as seen on the screen, where y points down.
    """
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + np.float32(0.5)
    depth = np.full(shape, np.inf, np.float32)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = np.hypot(x1 - x0, y1 - y0)
        if length > 0:
            depth = np.minimum(depth, ((rows - y0) * (x1 - x0) - (columns - x0) * (y1 - y0)) / np.float32(length))
    return np.where(np.isfinite(depth), depth, -1).astype(np.float32)


def seeds_at(corners: Sequence[Place], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Give a plane for each corner in which its pixel alone is set."""
    seeds = np.zeros((len(corners), *shape), bool)
    for number, corner in enumerate(corners):
        seeds[(number, *pixel(corner, shape))] = True
    return seeds


def sectors(corners: Sequence[Place], box: tuple[float, float, float, float], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Give for each corner the pixels that are seen from the corners' mean between it and the one before."""
    left, top, right, bottom = box
    x, y = np.mean(corners, axis=0)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32) + np.float32(0.5)
    angles = np.arctan2((rows - y) / (bottom - top), (columns - x) / (right - left))
    at = [np.arctan2((corner[1] - y) / (bottom - top), (corner[0] - x) / (right - left)) for corner in corners]
    turn = 2 * np.pi
    return np.stack([(angles - at[number - 1]) % turn <= (at[number] - at[number - 1]) % turn for number in range(len(at))])


def enclosed(corners: Sequence[Place], away: Array) -> Array:
    """Give what the paths from each corner to the next enclose, as 0 and 1; `away` has a plane of distances for each corner to arrive at."""
    shape = (away.shape[1], away.shape[2])
    outline: list[tuple[int, int]] = []
    for number in range(len(corners)):
        outline += path(away[number], pixel(corners[number - 1], shape))
    plane = Image.new("L", shape[::-1])
    ImageDraw.Draw(plane).polygon([(column, row) for row, column in outline], fill=1, outline=1)
    return np.asarray(plane, np.float32)


def pixel(corner: Place, shape: tuple[int, int]) -> tuple[int, int]:
    """Give the row and the column of a place in a view."""
    return min(max(int(corner[1]), 0), shape[0] - 1), min(max(int(corner[0]), 0), shape[1] - 1)
