"""Scans as Dask DataFrames: each partition is a byte range that a worker reads by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nblabel.errors import MissingExtraError
from nblabel.manifest.array import Column, ManifestArray, ManifestDtype
from nblabel.manifest.read import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.manifest.lines import Lines
    from nblabel.manifest.stream import Scan

__all__ = ["to_dask"]

_Dtypes = dict[str, Any]


def to_dask(scan: Scan, columns: Iterable[str] | None) -> Any:
    """Return a scan as a Dask DataFrame; see `nblabel.manifest.Scan.to_dask`."""
    try:
        import dask.dataframe as dd
        from dask.dataframe.extensions import make_array_nonempty
    except ImportError as error:
        raise MissingExtraError("a Dask DataFrame", extra="dask", package=str(error.name).partition(".")[0]) from error
    make_array_nonempty.register(ManifestDtype, _example)
    parts = scan.partitions()
    dtypes = _learned(parts) if columns is None else dict.fromkeys(columns, ManifestDtype())
    meta = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in dtypes.items()}, index=pd.Index([], dtype=np.int64))
    if not parts:
        return dd.from_pandas(meta, npartitions=1)
    return dd.from_map(_partition, parts, dtypes=dtypes, meta=meta)


def _learned(parts: list[Scan]) -> _Dtypes:
    import dask

    return _common(dask.compute(*[dask.delayed(_dtypes)(part) for part in parts]))


def _dtypes(part: Scan) -> _Dtypes | None:
    lines, _ = part.collect()
    return dict(frame_of(lines).dtypes) if len(lines) else None


def _common(found: Iterable[_Dtypes | None]) -> _Dtypes:
    """Return the dtype of each column: the one that all partitions have, else that of any JSON."""
    partitions = [dtypes for dtypes in found if dtypes is not None]
    names = {name: None for dtypes in partitions for name in dtypes}
    common = {}
    for name in names:
        kinds = {dtypes.get(name, ManifestDtype()) for dtypes in partitions}
        common[name] = kinds.pop() if len(kinds) == 1 else ManifestDtype()
    return common


def _partition(part: Scan, dtypes: _Dtypes) -> pd.DataFrame:
    lines, rows = part.collect()
    df = frame_of(lines)
    columns = {}
    for name, dtype in dtypes.items():
        if name in df and df[name].dtype == dtype:
            columns[name] = df[name]
        else:
            columns[name] = pd.Series(_lazy(lines, name) if isinstance(dtype, ManifestDtype) else [], dtype=dtype)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(lines))).set_axis(pd.Index(rows, dtype=np.int64))


def _lazy(lines: Lines, key: str) -> ManifestArray:
    return ManifestArray((Column(lines, key),), np.arange(len(lines), dtype=np.int64))


def _example(dtype: ManifestDtype) -> ManifestArray:
    """Return cells for Dask to try an operation on; nothing is known of them, so they are missing."""
    return dtype.construct_array_type()._from_sequence([None, pd.NA])  # noqa: SLF001 (pandas' own protocol for arrays)
