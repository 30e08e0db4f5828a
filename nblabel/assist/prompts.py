"""What a person points at so that a segmenter knows which object is meant.

Coordinates are pixels of the image as stored: origin at the top left corner of the top left pixel, x to the right, y down, floats. The pixel in
column ``c`` and row ``r`` covers ``c <= x < c + 1`` and ``r <= y < r + 1``; the image's right and bottom edges belong to its last column and row.

All classes are frozen, hashable dataclasses of plain numbers, so prompts can come out of JSON (`nblabel.schema.load`), serve as a key, and be kept as
provenance: the same prompts on the same image give the same mask, bit by bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nblabel.errors import AssistError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Box", "Mark", "Point", "Prompts"]

_EXTREMES = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the image."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around the object, in the form of Ground Truth's bounding boxes."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A click (one point) or a scribble (the points of a line) that says: this belongs to the object, or it does not.

    Parameters
    ----------
    points : tuple of Point
        At least one.
    positive : bool
        True: belongs to the object; False: does not.
    """

    points: tuple[Point, ...]
    positive: bool = True

    @classmethod
    def click(cls, x: float, y: float, *, positive: bool = True) -> Mark:
        """Make the mark of a single click."""
        return cls((Point(x, y),), positive)

    def pixels(self, *, width: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the rows and the columns of the pixels under the mark, in an image that holds it; a line without gaps, one pixel wide.

        Examples
        --------
        >>> rows, columns = Mark((Point(0.5, 0.5), Point(3, 2))).pixels(width=3, height=3)
        >>> list(zip(rows.tolist(), columns.tolist()))
        [(0, 0), (1, 1), (2, 2)]
        """
        x, y = np.array([(point.x, point.y) for point in self.points]).T
        columns, rows = np.minimum(x.astype(np.intp), width - 1), np.minimum(y.astype(np.intp), height - 1)
        steps = np.maximum(np.abs(np.diff(columns)), np.abs(np.diff(rows)))
        place = np.concatenate([[0], np.cumsum(steps)])
        every = np.arange(place[-1] + 1)
        line = (np.interp(every, place, rows), np.interp(every, place, columns))
        return np.rint(line[0]).astype(np.intp), np.rint(line[1]).astype(np.intp)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompts:
    """Everything that was pointed at for one object, in order.

    Parameters
    ----------
    extremes : tuple of Point
        The topmost, leftmost, bottommost and rightmost point of the object, in any order; four or none. They need not be exact.
    box : Box, optional
        Used where there are no extreme points.
    marks : tuple of Mark
        Corrections, oldest first. Without extreme points, a box or a previous mask, the first of them find the object.

    Examples
    --------
    >>> prompts = Prompts(box=Box(10, 10, 40, 30), marks=(Mark.click(20, 200, positive=False),))
    >>> prompts.check(width=100, height=80)
    Traceback (most recent call last):
    nblabel.errors.AssistError: marks[0].points[0] is at (20, 200), outside the image of 100 x 80 pixels; points are pixels from its top left corner
    """

    extremes: tuple[Point, ...] = ()
    box: Box | None = None
    marks: tuple[Mark, ...] = ()

    def check(self, *, width: int, height: int) -> None:
        """Check that the prompts fit an image.

        Raises
        ------
        AssistError
            When a point or the whole box is outside the image, a coordinate is no finite number, the extreme points are not four, the box is empty,
            or a mark has no points. The message names which.
        """
        if len(self.extremes) not in {0, _EXTREMES}:
            raise AssistError(f"extremes has {len(self.extremes)} points, expected 4: the topmost, leftmost, bottommost and rightmost of the object")
        for name, point in self._named_points():
            if not (0 <= point.x <= width and 0 <= point.y <= height):  # also false for NaN
                raise AssistError(
                    f"{name} is at ({point.x:g}, {point.y:g}), outside the image of {width} x {height} pixels; "
                    "points are pixels from its top left corner"
                )
        for number, mark in enumerate(self.marks):
            if not mark.points:
                raise AssistError(f"marks[{number}] has no points, expected at least one")
        if self.box is not None:
            self._check_box(self.box, width, height)

    def _named_points(self) -> Iterator[tuple[str, Point]]:
        for number, point in enumerate(self.extremes):
            yield f"extremes[{number}]", point
        for number, mark in enumerate(self.marks):
            for place, point in enumerate(mark.points):
                yield f"marks[{number}].points[{place}]", point

    @staticmethod
    def _check_box(box: Box, width: int, height: int) -> None:
        if not all(map(math.isfinite, (box.left, box.top, box.width, box.height))) or box.width <= 0 or box.height <= 0:
            raise AssistError(f"box is {box.width:g} x {box.height:g} at ({box.left:g}, {box.top:g}), expected a width and a height above 0")
        if box.left >= width or box.top >= height or box.left + box.width <= 0 or box.top + box.height <= 0:
            raise AssistError(f"box at ({box.left:g}, {box.top:g}) is outside the image of {width} x {height} pixels; it must share some of them")
