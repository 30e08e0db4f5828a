"""What one more mark changes: pixels near it that belong together with it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from nblabel.assist import cue_weights
from nblabel.assist.colors import Palette
from nblabel.assist.cues import share
from nblabel.assist.cuts import cut, edge_weights, expected_overlap
from nblabel.assist.geodesic import distances
from nblabel.assist.network import Network, weigh
from nblabel.assist.view import View, box_mean, gradient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nblabel.assist.prompts import Mark
    from nblabel.assist.view import Array

__all__ = ["CUES", "LANDMARKS", "SIDE", "Correction", "look"]

CUES = ("straight", "straight log", "edges", "edges log", "color", "color ratio", "color ratio around", "prior", "border", "depth")
LANDMARKS = ("edges", "near", "open", "wrong side")
SIDE = 96
"""Pixels of the longer side of the window around a mark, at most."""
_SEED = 12.0


@dataclass(frozen=True, slots=True)
class Correction:
    """The surroundings of a mark.

    Attributes
    ----------
    view : View
        The window around the mark.
    open : (height, width) bool array
        Pixels of the view that the mark may change: on the wrong side now, and within reach.
    seeds : (height, width) bool array
        Pixels under the mark.
    cues, landmarks : (n, height, width) float32 array
        See `CUES` and `LANDMARKS`.
    """

    view: View
    open: NDArray[np.bool_]
    seeds: NDArray[np.bool_]
    cues: Array
    landmarks: Array

    def decide(self) -> Array:
        """Give how sure it is, 0 to 1, that each pixel goes over to the side of the mark."""
        logit = weigh(self.judge(), cue_weights.CORRECTION)
        logit -= np.float32(np.log(expected_overlap(share(logit) * self.open)))
        logit = np.where(self.seeds, _SEED, np.where(self.open, logit.clip(-4, 4), -_SEED)).astype(np.float32)
        return cut(logit, edge_weights(self.view.lab, strength=1.0), rounds=50)

    def judge(self) -> Array:
        """Give what `cue_weights.CORRECTION` weighs: the cues and a network's judgement of all."""
        together = _network()(np.concatenate([self.cues, self.landmarks]))
        return np.concatenate([self.cues, together[None]])


@cache
def _network() -> Network:
    return Network.read(files("nblabel.assist") / "correction_network.npz")


def look(
    image: NDArray[np.uint8], mask: NDArray[np.bool_], mark: Mark, *, against: Sequence[Mark], reach: float, prior: Array, frame: View | None
) -> Correction:
    """Look at what is near a mark.

    Parameters
    ----------
    image : (height, width, 3) uint8 array
        The image.
    mask : (height, width) bool array
        The mask that is corrected.
    mark : Mark
        The mark.
    against : sequence of Mark
        Earlier marks that say the contrary: what is nearer to one of them stays as it is.
    reach : float
        Distance from the mark up to which pixels may change, in pixels of the image.
    prior : (rows, columns) float32 array
        Log of the odds that the first proposal gave, over `frame`; without a frame there was none.
    """
    height, width = mask.shape
    rows, columns = mark.pixels(width=width, height=height)
    bounds = columns.min() - reach, rows.min() - reach, columns.max() + reach + 1, rows.max() + reach + 1
    view = View.of(image, *bounds, side=SIDE)
    shape = view.shape
    across, down = view.scale
    inside = resize_mask(mask[view.top : view.bottom, view.left : view.right], shape)
    seeds = np.zeros(shape, bool)
    seeds[
        ((rows - view.top) * down).astype(np.intp).clip(0, shape[0] - 1), ((columns - view.left) * across).astype(np.intp).clip(0, shape[1] - 1)
    ] = True
    wrong = inside != mark.positive
    far = max(shape)
    edges = gradient(view.lab)
    cost = 1 + 8 * edges / (np.percentile(edges, 90) + 0.02)
    ways = distances(np.stack([seeds, ~wrong, seeds]), np.stack([np.ones_like(edges), np.ones_like(edges), cost]))
    straight, border, crossing = np.minimum(ways, 8 * far)
    if wrong.all():  # nothing is on the side of the mark yet, and so nothing says how much is meant
        border = np.full(shape, far / 4, np.float32)
    room = max(float(border[seeds].max()), 1.0)
    near = np.exp(-np.square(straight / room))
    palette = Palette.of(view.lab, 8)
    mean = (view.lab * near[..., None]).sum(axis=(0, 1)) / near.sum()
    difference = np.sqrt(np.square(view.lab - mean).sum(axis=-1))
    ratio = palette.log_ratio(near + 0.1 * ~wrong, wrong * (1 - np.exp(-np.square(straight / (1.5 * room)))) + 1e-3, floor=1e-3)
    sign = 1 if mark.positive else -1
    before = np.zeros(shape, np.float32) if frame is None else sign * _resample(prior, frame, view)
    one = np.float32(1)
    cues = [
        straight / room,
        np.log(straight / room + 0.1),
        crossing / room / 4,
        np.log(crossing / room / 4 + 0.1),
        difference * 5,
        ratio,
        box_mean(ratio, max(1, round(room / 4))),
        before / 2,
        border / room,
        one * np.log(room / far),
    ]
    stacked = np.stack([np.broadcast_to(np.asarray(cue, np.float32), shape) for cue in cues]).clip(-6, 6)
    limit = np.minimum(reach * max(across, down), _nearest(view, against, (height, width)))
    open_ = wrong & (straight <= limit)
    landmarks = np.stack([np.minimum(cost / 9, 3), near, open_, wrong]).astype(np.float32)
    return Correction(view, open_, seeds, stacked, landmarks)


def _nearest(view: View, marks: Sequence[Mark], shape: tuple[int, int]) -> Array:
    """Give the distance to the nearest mark, in pixels of the view."""
    y, x = np.mgrid[: view.shape[0], : view.shape[1]].astype(np.float32) + np.float32(0.5)
    nearest = np.full(view.shape, np.inf, np.float32)
    across, down = view.scale
    for mark in marks:
        rows, columns = mark.pixels(width=shape[1], height=shape[0])
        step = max(1, len(rows) // 16)
        for row, column in zip(rows[::step], columns[::step], strict=True):
            nearest = np.minimum(nearest, np.hypot(y - (row + 0.5 - view.top) * down, x - (column + 0.5 - view.left) * across))
    return nearest


def resize_mask(mask: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Bring a mask to another (height, width), by the larger part of each pixel."""
    if mask.shape == shape:
        return mask.copy()
    plane = Image.fromarray(np.ascontiguousarray(mask).view(np.uint8) * np.uint8(255))
    return np.asarray(plane.resize(shape[::-1], Image.Resampling.BOX, reducing_gap=2.0)) > 127


def _resample(plane: Array, frame: View, view: View) -> Array:
    """Take what a plane over one view says about another; 0 where it says nothing."""
    across, down = frame.scale
    left, right = (view.left - frame.left) * across, (view.right - frame.left) * across
    top, bottom = (view.top - frame.top) * down, (view.bottom - frame.top) * down
    rows = np.linspace(top, bottom, view.shape[0], endpoint=False) + (bottom - top) / (2 * view.shape[0]) - 0.5
    columns = np.linspace(left, right, view.shape[1], endpoint=False) + (right - left) / (2 * view.shape[1]) - 0.5
    nearest = plane[np.rint(rows).astype(np.intp).clip(0, plane.shape[0] - 1)][:, np.rint(columns).astype(np.intp).clip(0, plane.shape[1] - 1)]
    covered = ((rows > -1) & (rows < plane.shape[0]))[:, None] & ((columns > -1) & (columns < plane.shape[1]))
    return np.where(covered, nearest, 0).astype(np.float32)
