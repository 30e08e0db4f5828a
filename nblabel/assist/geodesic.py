"""Distances that follow the picture, by sweeps over rows that numpy does a whole row at a time."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["FAR", "distances", "path", "smooth_along"]

FAR = np.float32(4096)
_DIAGONAL = np.float32(np.sqrt(2))
_AROUND = list(product(range(3), range(3)))


def distances(seeds: NDArray[np.bool_], cost: Array, *, sweeps: int = 2) -> Array:
    """Give each pixel the cost of the cheapest path to a seed.

    Parameters
    ----------
    seeds : (..., height, width) bool array
        Several sets of seeds are done at once.
    cost : (..., height, width) float32 array
        Cost of a step of one pixel, above 0.
    sweeps : int
        Times that the rows are gone through down and up; paths that turn back more often come out a little too long.

    Returns
    -------
    (..., height, width) float32 array
        At most `FAR`.

    Notes
    -----
    Raster-scan distance transform (Borgefors 1986; Toivanen 1996, for grey-weighted distances). Within a row the running minimum of the distance less
    the cost so far takes the place of a scan from pixel to pixel.
    """
    found = np.where(seeds, np.float32(0), FAR)
    lines = np.ascontiguousarray(np.moveaxis(found, -2, 0))  # a row of all planes lies together
    cost = np.ascontiguousarray(np.moveaxis(np.broadcast_to(cost, found.shape), -2, 0))
    along = np.zeros_like(lines)
    np.cumsum((cost[..., 1:] + cost[..., :-1]) / 2, axis=-1, out=along[..., 1:])
    down = (cost[1:] + cost[:-1]) / 2
    slant = _DIAGONAL * (cost[1:, ..., 1:] + cost[:-1, ..., :-1]) / 2
    slope = _DIAGONAL * (cost[1:, ..., :-1] + cost[:-1, ..., 1:]) / 2
    scratch = np.empty_like(lines[0])
    for _ in range(sweeps):
        for row in range(len(lines)):
            if row:
                _relax_from(lines[row], lines[row - 1], down[row - 1], slant[row - 1], slope[row - 1], scratch)
            _relax_along(lines[row], along[row], scratch)
        for row in range(len(lines) - 2, -1, -1):
            _relax_from(lines[row], lines[row + 1], down[row], slope[row], slant[row], scratch)
            _relax_along(lines[row], along[row], scratch)
    return np.moveaxis(lines, 0, -2)


def _relax_from(here: Array, other: Array, straight: Array, rightwards: Array, leftwards: Array, scratch: Array) -> None:
    """Shorten a row's distances by ways from the row beside it, given what steps straight, to the right and to the left cost."""
    np.minimum(here, np.add(other, straight, out=scratch), out=here)
    side = scratch[..., 1:]
    np.minimum(here[..., 1:], np.add(other[..., :-1], rightwards, out=side), out=here[..., 1:])
    np.minimum(here[..., :-1], np.add(other[..., 1:], leftwards, out=side), out=here[..., :-1])


def _relax_along(here: Array, along: Array, scratch: Array) -> None:
    """Shorten a row's distances by ways within the row."""
    np.minimum.accumulate(np.subtract(here, along, out=scratch), axis=-1, out=scratch)
    np.minimum(here, np.add(scratch, along, out=scratch), out=here)
    back = np.add(here, along, out=scratch)[..., ::-1]
    np.minimum.accumulate(back, axis=-1, out=back)
    np.minimum(here, np.subtract(scratch, along, out=scratch), out=here)


def path(away: Array, start: tuple[int, int]) -> list[tuple[int, int]]:
    """Follow a plane of `distances` from a pixel (row, column) down to a seed.

    Examples
    --------
    >>> seeds = np.zeros((3, 4), bool)
    >>> seeds[0, 0] = True
    >>> path(distances(seeds, np.ones((3, 4), np.float32)), (2, 3))
    [(2, 3), (1, 2), (0, 1), (0, 0)]
    """
    height, width = away.shape
    padded = np.pad(away, 1, constant_values=np.inf)
    around = np.stack([padded[row : row + height, column : column + width] for row, column in _AROUND])
    lower, nearest = around.min(axis=0) < away, around.argmin(axis=0)
    row, column = start
    way = [start]
    while lower[row, column]:
        down, across = _AROUND[nearest[row, column]]
        row, column = row + down - 1, column + across - 1
        way.append((row, column))
    return way


def smooth_along(planes: Array, cost: Array, reach: float, *, rounds: int = 2) -> Array:
    """Average planes over neighbours that are near by paths of low cost.

    Parameters
    ----------
    planes : (n, height, width) float32 array
        What is averaged.
    cost : (height, width) float32 array
        Cost of a step of one pixel.
    reach : float
        Cost at which a neighbour's weight has fallen to about a half.

    Notes
    -----
    Recursive filter of the domain transform (Gastal and Oliveira 2011, "Domain Transform for Edge-Aware Image and Video Processing").
    """
    across = np.ascontiguousarray((cost[:, 1:] + cost[:, :-1]).T / 2)
    down = (cost[1:] + cost[:-1]) / 2
    rows = np.array(np.moveaxis(planes, -2, 0), order="C")  # each time the lines that follow one another lie together
    for number in range(rounds):
        sigma = reach * np.sqrt(3) * 2 ** (rounds - number - 1) / np.sqrt(4**rounds - 1)
        factor = np.float32(-np.sqrt(2) / sigma)
        columns = np.ascontiguousarray(rows.T)
        _recur(columns, np.exp(factor * across)[:, None])
        rows = np.ascontiguousarray(columns.T)
        _recur(rows, np.exp(factor * down)[:, None])
    return np.moveaxis(rows, 0, -2)


def _recur(lines: Array, keep: Array) -> None:
    """Mix each line with the one before, then with the one after, in place."""
    change = np.empty_like(lines[0])
    for there, here, part in zip(lines[:-1], lines[1:], keep, strict=True):
        np.multiply(np.subtract(there, here, out=change), part, out=change)
        np.add(here, change, out=here)
    for there, here, part in zip(lines[:0:-1], lines[-2::-1], keep[::-1], strict=True):
        np.multiply(np.subtract(there, here, out=change), part, out=change)
        np.add(here, change, out=here)
