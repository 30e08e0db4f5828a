"""Single frames of 3D point clouds: cuboids, and a class for each point."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from nblabel.errors import AnnotationError
from nblabel.manifest.kinds.parts import class_name, part_columns, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cuboids", "PointClasses"]

_MOST_POINTS = 100_000_000


class Cuboids:
    """3D object detection: metres, radians, right-handed yaw (before September 2022 Ground Truth wrote pi minus the yaw)."""

    title: ClassVar[str] = "Object detection in point clouds"
    reference: ClassVar[bool] = False

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Read the cuboids."""
        found = label.get("annotations") if isinstance(label, dict) else None
        if not isinstance(found, list):
            raise AnnotationError(f"expected an object with 'annotations', as Ground Truth writes cuboids, got {label!r:.80}")
        return [part_of(part, metadata, path=f"/annotations/{place}") for place, part in enumerate(found)]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a cuboid."""
        return pd.DataFrame(annotation, columns=part_columns(annotation))


class PointClasses:
    """3D semantic segmentation: a file of one byte a point, its class id, compressed by zlib."""

    title: ClassVar[str] = "Semantic segmentation of point clouds"
    reference: ClassVar[bool] = True

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Count the points of each class."""
        unpack = zlib.decompressobj()
        try:
            ids = np.frombuffer(unpack.decompress(label, _MOST_POINTS), np.uint8)
        except zlib.error as error:
            raise AnnotationError(f"expected a file compressed by zlib, one byte a point ({error})") from None
        if not unpack.eof:
            raise AnnotationError(f"the file is cut off, or has more than {_MOST_POINTS:,} points")
        counts = np.bincount(ids, minlength=1)
        present = [(index, int(counts[index])) for index in np.flatnonzero(counts)]
        return [{"label": class_name(index, metadata), "points": count, "share": count / len(ids)} for index, count in present]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a class: label, points, share of all points."""
        return pd.DataFrame(annotation, columns=["label", "points", "share"])
