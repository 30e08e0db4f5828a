"""Distances that follow the picture, by sweeps over rows that numpy does a whole row at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["FAR", "distances", "path", "smooth_along"]

FAR = np.float32(4096)
_DIAGONAL = np.float32(np.sqrt(2))


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
    cost = np.broadcast_to(cost, found.shape)
    along = np.zeros_like(found)
    along[..., 1:] = np.cumsum((cost[..., 1:] + cost[..., :-1]) / 2, axis=-1)
    down = (cost[..., 1:, :] + cost[..., :-1, :]) / 2
    slant = _DIAGONAL * (cost[..., 1:, 1:] + cost[..., :-1, :-1]) / 2
    slope = _DIAGONAL * (cost[..., 1:, :-1] + cost[..., :-1, 1:]) / 2
    height = found.shape[-2]
    for _ in range(sweeps):
        for row in range(height):
            here = found[..., row, :]
            if row:
                above = found[..., row - 1, :]
                np.minimum(here, above + down[..., row - 1, :], out=here)
                np.minimum(here[..., 1:], above[..., :-1] + slant[..., row - 1, :], out=here[..., 1:])
                np.minimum(here[..., :-1], above[..., 1:] + slope[..., row - 1, :], out=here[..., :-1])
            _relax_row(here, along[..., row, :])
        for row in range(height - 2, -1, -1):
            here, below = found[..., row, :], found[..., row + 1, :]
            np.minimum(here, below + down[..., row, :], out=here)
            np.minimum(here[..., :-1], below[..., 1:] + slant[..., row, :], out=here[..., :-1])
            np.minimum(here[..., 1:], below[..., :-1] + slope[..., row, :], out=here[..., 1:])
            _relax_row(here, along[..., row, :])
    return found


def _relax_row(here: Array, along: Array) -> None:
    np.minimum(here, np.minimum.accumulate(here - along, axis=-1) + along, out=here)
    back = (here + along)[..., ::-1]
    np.minimum(here, np.minimum.accumulate(back, axis=-1)[..., ::-1] - along, out=here)


def path(away: Array, start: tuple[int, int]) -> list[tuple[int, int]]:
    """Follow a plane of `distances` from a pixel (row, column) down to a seed.

    Examples
    --------
    >>> seeds = np.zeros((3, 4), bool)
    >>> seeds[0, 0] = True
    >>> path(distances(seeds, np.ones((3, 4), np.float32)), (2, 3))
    [(2, 3), (1, 2), (0, 1), (0, 0)]
    """
    lines = away.tolist()
    height, width = away.shape
    row, column = start
    way = [start]
    while True:
        around = [(r, c) for r in range(max(row - 1, 0), min(row + 2, height)) for c in range(max(column - 1, 0), min(column + 2, width))]
        best = min(around, key=lambda place: lines[place[0]][place[1]])
        if lines[best[0]][best[1]] >= lines[row][column]:
            return way
        row, column = best
        way.append(best)


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
    result = planes.copy()
    across = (cost[:, 1:] + cost[:, :-1]) / 2
    down = (cost[1:] + cost[:-1]) / 2
    for number in range(rounds):
        sigma = reach * np.sqrt(3) * 2 ** (rounds - number - 1) / np.sqrt(4**rounds - 1)
        factor = np.float32(-np.sqrt(2) / sigma)
        _recur(np.moveaxis(result, -1, 0), np.exp(factor * across).T)
        _recur(np.moveaxis(result, -2, 0), np.exp(factor * down))
    return result


def _recur(lines: Array, keep: Array) -> None:
    """Mix each line with the one before, then with the one after, in place."""
    for number in range(1, len(lines)):
        lines[number] += keep[number - 1] * (lines[number - 1] - lines[number])
    for number in range(len(lines) - 2, -1, -1):
        lines[number] += keep[number] * (lines[number + 1] - lines[number])
