"""A small network that looks at cues in their surroundings, where weights for each cue look at one pixel alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.assist.view import doubled, halved

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

    from nblabel.assist.view import Array

__all__ = ["Network", "weigh"]

_LEVELS = 3
_LIMIT = 6


def weigh(cues: Array, weights: Array) -> Array:
    """Give the log of the odds, (height, width), that the cues, (cues, height, width), speak for by their weights; the constant comes last."""
    return np.asarray(np.einsum("c,chw->hw", weights[:-1], cues) + weights[-1], np.float32)


@dataclass(frozen=True, slots=True)
class Network:
    """An encoder and decoder with skips (U-Net; Ronneberger, Fischer and Brox 2015), of few channels: about 17,000 weights.

    Each step adds to what it was given (He et al. 2016). On the way down planes are halved three times, so that the middle sees the whole object.

    Attributes
    ----------
    side : int
        Side of the square that it has learned on, and works on, at half the resolution of the cues.
    spread : (cues,) float32 array
        What cues are divided by.
    kernels : list of (out, in, rows, columns) float32 array
        Entry, four steps on the way down, three on the way up, exit.
    biases : list of (out,) float32 array
    """

    side: int
    spread: Array
    kernels: list[Array]
    biases: list[Array]

    @classmethod
    def read(cls, path: Traversable) -> Network:
        """Read weights that `write` wrote."""
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            side, spread, whole, scales, biases, shapes = (file[name] for name in ("side", "spread", "kernels", "scales", "biases", "shapes"))
        kernels: list[Array] = []
        for shape, scale in zip(shapes.tolist(), np.split(scales, np.cumsum(shapes[:-1, 0])), strict=True):
            kernel, whole = np.split(whole, [int(np.prod(shape))])
            kernels.append(kernel.reshape(shape).astype(np.float32) * scale[:, None, None, None])
        return cls(int(side), spread, kernels, np.split(biases, np.cumsum(shapes[:-1, 0])))

    def write(self, path: Path) -> None:
        """Write the weights: a byte each, in units of its output channel."""
        scales = [np.abs(kernel).max(axis=(1, 2, 3)) / 127 + 1e-12 for kernel in self.kernels]
        whole = [np.rint(kernel / scale[:, None, None, None]).ravel() for kernel, scale in zip(self.kernels, scales, strict=True)]
        np.savez_compressed(
            path,
            side=np.int32(self.side),
            spread=np.asarray(self.spread, np.float32),
            kernels=np.concatenate(whole).astype(np.int8),
            scales=np.concatenate(scales).astype(np.float32),
            biases=np.concatenate(self.biases).astype(np.float32),
            shapes=np.array([kernel.shape for kernel in self.kernels], np.int32),
        )

    def __call__(self, cues: Array) -> Array:
        """Give the log of the odds, (height, width), that the cues, (cues, height, width), speak for; height and width are at most twice `side`.

        It is asked about the view and its three mirror images, and the mean of the answers taken.
        """
        half = halved(cues) / self.spread[:, None, None]
        ways = [(slice(None, None, down), slice(None, None, across)) for down in (1, -1) for across in (1, -1)]
        answers = [self._judge(half[:, *way])[way] for way in ways]
        found: Array = np.stack(answers).mean(axis=0)
        return doubled(found, (cues.shape[1], cues.shape[2])).clip(-_LIMIT, _LIMIT)

    def _judge(self, half: Array) -> Array:
        count, height, width = half.shape
        planes = np.zeros((count, self.side, self.side), np.float32)
        planes[:, :height, :width] = half
        entry, *steps, end = zip(self.kernels, self.biases, strict=True)
        planes = _rectify(_convolve(planes, *entry))
        skips: list[Array] = []
        for number, step in enumerate(steps):
            if number > _LEVELS:
                planes = skips.pop() + planes.repeat(2, axis=1).repeat(2, axis=2)
            planes = planes + _rectify(_convolve(planes, *step))
            if number < _LEVELS:
                skips.append(planes)
                planes = halved(planes)
        return _convolve(planes, *end)[0, :height, :width]


def _convolve(planes: Array, kernel: Array, bias: Array) -> Array:
    """Convolve (in, height, width) planes; beyond their borders they are 0."""
    count, height, width = planes.shape
    out, _, rows, columns = kernel.shape
    patches: NDArray[Any] = planes
    if rows > 1:
        padded = np.pad(planes, ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2)))
        patches = np.stack([padded[:, r : r + height, c : c + width] for r in range(rows) for c in range(columns)], axis=1)
    lines = patches.reshape(count * rows * columns, height, width).transpose(1, 0, 2)
    found = kernel.reshape(out, -1) @ lines  # line by line: products this small are not spread over threads, which would cost more than it gains
    return np.asarray(found.transpose(1, 0, 2) + bias[:, None, None], np.float32)


def _rectify(planes: Array) -> Array:
    return np.maximum(planes, 0)
