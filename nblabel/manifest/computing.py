"""What pandas computes from a column of manifest cells: comparisons, groups, arithmetic, reductions, texts.

All of it decodes the column and looks at values only; nothing here knows where cells come from, and what comes out belongs to no line.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype, no_default
from pandas.core.arraylike import OpsMixin
from pandas.core.strings.object_array import ObjectStringArrayMixin  # type: ignore[import-not-found]

from nblabel.manifest.codec import encode_any, is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["ComputingArray", "inferred"]


class ComputingArray(OpsMixin, ObjectStringArrayMixin, ExtensionArray):  # type: ignore[misc]
    """Cells of any JSON value that can be compared, grouped and computed with; where they come from, a subclass says."""

    def decoded(self) -> NDArray[np.object_]:
        """Decode all cells (n,), for a look that ends soon."""
        raise NotImplementedError

    def _values_for_factorize(self) -> tuple[NDArray[np.object_], Any]:
        return _comparable(self.decoded()), np.nan

    def _values_for_argsort(self) -> NDArray[np.object_]:
        return self.decoded()

    def factorize(self, use_na_sentinel: bool = True) -> tuple[NDArray[np.intp], Self]:  # noqa: FBT001, FBT002
        """Return the number of each cell's value and the distinct values, in order of appearance; lists and dicts are compared as JSON."""
        codes, _ = pd.factorize(_comparable(self.decoded()), use_na_sentinel=use_na_sentinel)
        kinds, firsts = np.unique(codes, return_index=True)
        return codes, self.take(firsts[kinds >= 0])

    def unique(self) -> Self:
        """Return the distinct values in order of appearance."""
        return self.factorize(use_na_sentinel=False)[1]

    def duplicated(self, keep: Any = "first") -> NDArray[np.bool_]:
        """Tell which cells repeat another."""
        return pd.Series(self.factorize(use_na_sentinel=False)[0]).duplicated(keep=keep).to_numpy()

    def value_counts(self, dropna: bool = True) -> pd.Series[Any]:  # noqa: FBT001, FBT002
        """Count the distinct values; lists and dicts are compared as JSON."""
        codes, kinds = self.factorize(use_na_sentinel=dropna)
        counts = np.bincount(codes[codes >= 0], minlength=len(kinds))
        return pd.Series(counts, index=pd.Index(kinds), name="count")

    def isin(self, values: Any) -> NDArray[np.bool_]:
        """Tell which cells are among some values."""
        others = pd.Series(values, dtype=self.dtype).to_numpy()
        return pd.Series(_comparable(self.decoded()), dtype=object).isin(_comparable(others)).to_numpy()

    def _operand(self, other: Any) -> Any:
        if isinstance(other, ComputingArray):
            return other.decoded()
        if isinstance(other, (dict, str)) or not pd.api.types.is_list_like(other):
            return other
        if len(other) != len(self):
            raise ValueError("Lengths must match to compare")
        values = np.empty(len(self), object)
        values[:] = list(other)
        return values

    def _cmp_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        mine, theirs = self.decoded(), self._operand(other)
        several = isinstance(theirs, np.ndarray)
        result = np.full(len(self), op is operator.ne)
        for place in np.flatnonzero(~self.isna()).tolist():
            value = theirs[place] if several else theirs
            if not is_missing(value):
                result[place] = op(mine[place], value)
        return result

    def _arith_method(self, other: Any, op: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        mine, theirs = self.decoded(), self._operand(other)
        several = isinstance(theirs, np.ndarray)
        result = np.full(len(self), pd.NA, object)
        for place in np.flatnonzero(~self.isna()).tolist():
            value = theirs[place] if several else theirs
            if not is_missing(value):
                result[place] = op(mine[place], value)
        return inferred(result)

    _logical_method = _arith_method

    def _reduce(self, name: str, *, skipna: bool = True, keepdims: bool = False, **options: Any) -> Any:
        values = pd.Series(self.decoded(), dtype=object)
        missing = self.isna()
        if not skipna and missing.any():
            return pd.NA
        result = getattr(values[~missing].infer_objects(), name)(**options)
        return pd.Series([result], dtype=self.dtype).array if keepdims else result

    def _str_map(self, f: Any, na_value: Any = None, dtype: Any = None, convert: bool = True) -> Any:  # noqa: FBT001, FBT002
        # As pandas' own texts: a missing one contains nothing, so that the answer can filter, and has no length.
        if dtype is not None and np.dtype(dtype) == bool:
            na_value = na_value if isinstance(na_value, bool) else False
        elif na_value is None or na_value is no_default or na_value is pd.NA:
            na_value = np.nan
        return super()._str_map(f, na_value, dtype=dtype, convert=convert)


def _comparable(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Replace lists and dicts by what can be hashed and compared."""
    for place, value in enumerate(cells):
        if isinstance(value, (dict, list)):
            cells[place] = _Frozen(encode_any(value))
    return cells


class _Frozen(str):
    """JSON text that stands for a list or dict; it equals only its like, never a string."""

    __slots__ = ()

    def __new__(cls, text: bytes) -> Self:
        return super().__new__(cls, text.decode(errors="surrogatepass"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def inferred(values: Any) -> Any:
    """Return computed values as pandas would hold them: no cells of a manifest, so of whatever dtype they are."""
    series = pd.Series(values, dtype=object).infer_objects()
    return series.array if isinstance(series.dtype, ExtensionDtype) else series.to_numpy()
