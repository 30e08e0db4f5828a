"""How much more the colours here are those of the object than those of its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["Palette"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a view in a cube of bins.

    Attributes
    ----------
    bins : (height, width) int array
        The bin of each pixel.
    side : int
        Bins along each edge of the cube.
    """

    bins: NDArray[np.intp]
    side: int

    @classmethod
    def of(cls, channels: Array, side: int) -> Palette:
        """Divide three (height, width) channels evenly between the ends of what occurs."""
        low = np.percentile(channels, 0.5, axis=(0, 1))
        high = np.percentile(channels, 99.5, axis=(0, 1))
        span = np.maximum(high - low, 0.08)
        steps = ((channels - (low + high - span) / 2) * ((side - 1) / span) + 0.5).clip(0, side - 1).astype(np.intp)
        return cls(steps @ np.array([side * side, side, 1], np.intp), side)

    def density(self, weight: Any) -> Array:
        """Give the smoothed share of each bin in the pixels, which count by weight."""
        counts: Any = np.bincount(self.bins.ravel(), weights=np.ravel(weight), minlength=self.side**3).reshape((self.side,) * 3)
        for axis in range(3):
            padded = np.pad(counts, [(2, 2) if place == axis else (0, 0) for place in range(3)], mode="edge")
            cuts = [np.take(padded, range(start, start + self.side), axis=axis) for start in range(5)]
            counts = (cuts[0] + 4 * cuts[1] + 6 * cuts[2] + 4 * cuts[3] + cuts[4]) / 16
        return np.asarray(counts / max(counts.sum(), 1e-9), np.float32)

    def log_ratio(self, inside: Any, outside: Any, *, floor: float = 1e-4) -> Array:
        """Give each pixel the log of how much likelier its colour is inside than outside; both are weights of pixels."""
        ratio = np.log((self.density(inside) + floor) / (self.density(outside) + floor))
        return np.asarray(ratio.ravel()[self.bins], np.float32)
