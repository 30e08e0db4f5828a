"""Manifest columns in Arrow, and so in Parquet, Feather, DuckDB and Polars: texts as strings, everything else as Arrow's JSON type.

The lines are not taken along: what comes back holds the same values in the same order of keys, as a frame that was made by hand does. pandas knows
the dtype of such columns once nblabel has read, or written, a manifest in the session; before that, ``import nblabel.manifest``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pandas as pd

from nblabel.errors import FrameError
from nblabel.manifest.codec import encode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cells_of", "to_arrow"]

_decode = msgspec.json.Decoder().decode


def to_arrow(cells: NDArray[np.object_], kind: Any) -> Any:
    """Return cells as an Arrow array: strings where all are texts or missing, else JSON. A missing key is null for Arrow, null is the JSON for null.

    Parameters
    ----------
    cells
        (n,) decoded cells.
    kind
        The Arrow type that is wanted, None for the one that fits.

    Raises
    ------
    FrameError
        The cells are not texts, and this pyarrow has no JSON type.
    """
    import pyarrow as pa

    if kind is not None or all(isinstance(cell, str) or cell is pd.NA for cell in cells):
        return pa.array([None if cell is pd.NA else cell for cell in cells], type=kind or pa.string())
    if not hasattr(pa, "json_"):
        remedy = "pip install 'pyarrow>=19', or make it text first: df[name] = df[name].map(json.dumps, na_action='ignore')"
        raise FrameError(f"a column that holds lists or objects needs Arrow's JSON type, which pyarrow {pa.__version__} does not have; {remedy}")
    texts = pa.array([None if cell is pd.NA else encode(cell).decode() for cell in cells], type=pa.string())
    return pa.ExtensionArray.from_storage(pa.json_(pa.string()), texts)


def cells_of(array: Any) -> list[Any]:
    """Return the cells that an Arrow array holds, NA where it is null."""
    import pyarrow as pa

    is_json = isinstance(array.type, getattr(pa, "JsonType", ()))
    return [pd.NA if cell is None else _decode(cell) if is_json else cell for cell in array.to_pylist()]
