"""Which columns are labels, and which of them is whose metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nblabel.errors import AnnotationError, FrameError
from nblabel.manifest.array import ManifestArray
from nblabel.manifest.attributes import metadata_name
from nblabel.manifest.codec import is_missing
from nblabel.manifest.kinds import groundtruth_type, kind_of
from nblabel.manifest.lines import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Pair", "cells", "find_pair", "is_metadata_name", "pairs"]

_END = metadata_name("")
_SOURCE_METADATA = {metadata_name(name) for name in SOURCES}
_RESPONSES = "worker-response-ref"


class Pair(NamedTuple):
    """A label attribute: the column of the labels and that of their metadata.

    Answers that nobody consolidated (``worker-response-ref`` in the metadata) have no label column.
    """

    attribute: str
    label: str | None
    metadata: str


def is_metadata_name(name: Any) -> bool:
    """Tell whether a key is that of a label's metadata; ``source-ref-metadata``, which describes a point cloud, is not."""
    return isinstance(name, str) and name.endswith(_END) and name not in _SOURCE_METADATA


def cells(df: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """Return the cells of a column, None where it has no value. They must not be changed."""
    series = df.iloc[:, list(df.columns).index(name)]
    values = series.array.decoded() if isinstance(series.array, ManifestArray) else series.tolist()
    return np.array([None if is_missing(value) else value for value in values] + [None], object)[:-1]


def pairs(df: pd.DataFrame) -> list[Pair]:
    """List the label attributes of a frame, in the order of its columns.

    Real files have labels ``x`` whose metadata is ``y-metadata``: where a metadata column of a Ground Truth type is left over, and just one other
    column has values on the same lines and can be such labels, they are taken for a pair.
    """
    names = [name for name in df.columns if isinstance(name, str)]
    found = {name: Pair(name, name, metadata_name(name)) for name in names if metadata_name(name) in names and is_metadata_name(metadata_name(name))}
    for metadata in _orphans(df, names):
        values = cells(df, metadata)
        attribute = metadata.removesuffix(_END)
        if any(_RESPONSES in value for value in values if isinstance(value, dict)):
            found[metadata] = Pair(attribute, None, metadata)
            continue
        alone = [name for name in names if _may_be_label(name) and name not in found and _beside(df, name, values)]
        if len(alone) == 1:
            found[alone[0]] = Pair(alone[0], alone[0], metadata)
        else:
            found[metadata] = Pair(attribute, None, metadata)
    return [found[name] for name in names if name in found]


def find_pair(df: pd.DataFrame, attribute: str) -> Pair:
    """Find a label attribute by its name.

    Raises
    ------
    FrameError
        There is none of that name, or nothing says what its labels are; the message lists those that there are.
    """
    known = pairs(df)
    pair = next((pair for pair in known if pair.attribute == attribute), None)
    if pair is not None:
        return pair
    names = [name for name in df.columns if isinstance(name, str)]
    if attribute in names and _may_be_label(attribute):
        orphans = _orphans(df, names)
        if len(orphans) == 1:
            return Pair(attribute, attribute, orphans[0])
        raise FrameError(f"the column {attribute!r} has no {metadata_name(attribute)!r} beside it, which says what its labels are; add or rename it")
    raise FrameError(f"the DataFrame has no label attribute {attribute!r}; it has {[pair.attribute for pair in known]}")


def _orphans(df: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Return the metadata columns of a Ground Truth type that have no label column of their name."""
    alone = [name for name in names if is_metadata_name(name) and name.removesuffix(_END) not in df.columns]
    return [name for name in alone if any(groundtruth_type(value) for value in cells(df, name))]


def _may_be_label(name: str) -> bool:
    return name not in SOURCES and not name.startswith("$") and not name.endswith(_END)


def _beside(df: pd.DataFrame, name: str, metadata: NDArray[np.object_]) -> bool:
    """Tell whether a column has values on just the lines that have the metadata, the first of which can be read as its type says."""
    there = np.array([value is not None for value in metadata], bool)
    if not (df.iloc[:, list(df.columns).index(name)].notna().to_numpy(dtype=bool) == there).all():
        return False
    place = int(np.argmax(there))
    kind = kind_of(groundtruth_type(metadata[place]) or "")
    label = cells(df, name)[place]
    if kind is None or kind.reference:
        return isinstance(label, str)
    try:
        kind.decode(label, metadata[place])
    except AnnotationError:
        return False
    return True
