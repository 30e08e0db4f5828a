"""A part of an image, reduced to a size that can be thought about quickly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.prompts import Point

__all__ = ["Array", "View", "box_mean", "doubled", "gradient", "halved", "resize"]

Array: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class View:
    """A reduced part of an image.

    Attributes
    ----------
    left, top, right, bottom : int
        The part, in pixels of the image.
    lab : (height, width, 3) float32 array
        CIE L*a*b* over 100, of the reduced part.
    """

    left: int
    top: int
    right: int
    bottom: int
    lab: Array

    @classmethod
    def of(cls, image: NDArray[np.uint8], left: float, top: float, right: float, bottom: float, *, side: int) -> View:
        """Look at what a rectangle shares with an image; the longer side of the view has at most `side` pixels."""
        height, width = image.shape[:2]
        x0, y0 = max(int(left), 0), max(int(top), 0)
        x1, y1 = min(max(int(np.ceil(right)), x0 + 1), width), min(max(int(np.ceil(bottom)), y0 + 1), height)
        x0, y0 = min(x0, x1 - 1), min(y0, y1 - 1)
        factor = min(1.0, side / max(x1 - x0, y1 - y0))
        size = max(round((x1 - x0) * factor), 1), max(round((y1 - y0) * factor), 1)
        part = Image.fromarray(np.ascontiguousarray(image[y0:y1, x0:x1]))
        small = part if part.size == size else part.resize(size, Image.Resampling.BOX, reducing_gap=2.0)
        return cls(x0, y0, x1, y1, to_lab(np.asarray(small)))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the view."""
        return self.lab.shape[0], self.lab.shape[1]

    @property
    def scale(self) -> tuple[float, float]:
        """Pixels of the view per pixel of the image, across and down."""
        height, width = self.shape
        return width / (self.right - self.left), height / (self.bottom - self.top)

    def place(self, point: Point) -> tuple[float, float]:
        """Give where a point of the image is in the view, x and y, on the same kind of frame."""
        across, down = self.scale
        return (point.x - self.left) * across, (point.y - self.top) * down


def to_lab(rgb: NDArray[np.uint8]) -> Array:
    """Convert sRGB to CIE L*a*b* (D65) over 100.

    Examples
    --------
    >>> to_lab(np.array([[[255, 255, 255], [0, 0, 0]]], np.uint8)).round(2).tolist()
    [[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]
    """
    linear = _LINEAR[rgb]
    xyz = linear @ _TO_XYZ
    bent = np.where(xyz > _KNEE, np.cbrt(xyz), xyz * _SLOPE + 16 / 116)
    return np.ascontiguousarray(bent @ _TO_LAB + np.array([-0.16, 0, 0], np.float32))


_KNEE = np.float32((6 / 29) ** 3)
_SLOPE = np.float32((29 / 6) ** 2 / 3)
_STEPS = np.arange(256) / 255
_TOE = 0.04045
_LINEAR = np.where(_STEPS <= _TOE, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(np.float32)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_TO_XYZ = (np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]).T / _WHITE).astype(
    np.float32
)
_TO_LAB = np.array([[0, 5, 0], [1.16, -5, 2], [0, 0, -2]], np.float32)


def resize(values: Any, shape: tuple[int, int]) -> Array:
    """Bring a plane of floats to another (height, width), bilinear up and by area down."""
    plane = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.array(plane.resize(shape[::-1], Image.Resampling.BILINEAR), np.float32)


def halved(planes: Array) -> Array:
    """Take the mean of every four pixels of (n, height, width) planes; an odd last row or column counts twice."""
    _, height, width = planes.shape
    even = np.pad(planes, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge") if height % 2 or width % 2 else planes
    rows = even[:, ::2] + even[:, 1::2]
    return np.asarray((rows[..., ::2] + rows[..., 1::2]) / 4, np.float32)


def doubled(plane: Array, shape: tuple[int, int]) -> Array:
    """Bring a plane that was halved back to its (height, width)."""
    return resize(plane, (2 * plane.shape[0], 2 * plane.shape[1]))[: shape[0], : shape[1]]


def gradient(lab: Array) -> Array:
    """Give how much the colour changes at each pixel, from its neighbours on both sides; 0 at the borders."""
    across, down = np.zeros(lab.shape[:2], np.float32), np.zeros(lab.shape[:2], np.float32)
    across[:, 1:-1] = np.square(lab[:, 2:] - lab[:, :-2]).sum(axis=-1)
    down[1:-1] = np.square(lab[2:] - lab[:-2]).sum(axis=-1)
    return np.asarray(np.sqrt(across + down))


def box_mean(planes: Array, radius: int) -> Array:
    """Give the mean over windows of ``2 * radius + 1`` pixels, cut at the borders; the last two axes are the image's."""
    result = planes
    for axis in (-2, -1):
        length = planes.shape[axis]
        sums = np.cumsum(np.moveaxis(result, axis, -1), axis=-1, dtype=np.float64)
        sums = np.concatenate([np.zeros((*sums.shape[:-1], 1)), sums], axis=-1)
        end = np.minimum(np.arange(length) + radius + 1, length)
        start = np.maximum(np.arange(length) - radius, 0)
        means = (sums[..., end] - sums[..., start]) / (end - start)
        result = np.moveaxis(means, -1, axis)
    return np.ascontiguousarray(result, np.float32)
