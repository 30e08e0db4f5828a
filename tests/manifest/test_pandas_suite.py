"""pandas' own tests for extension arrays."""

import io

import pandas as pd
import pytest
from packaging.version import Version
from pandas.conftest import *  # noqa: F403
from pandas.tests.extension import base
from pandas.tests.extension.conftest import *  # noqa: F403

from nblabel.manifest import ManifestDtype, read_manifest

LENGTH = 10 if Version(pd.__version__).major >= 3 else 100  # what the suite asserts


def array_of(*values):
    """Return the cells of a file, which is what differs from an array made of values."""
    file = b"".join(b"{}\n" if value is None else b'{"source-ref":"%s"}\n' % value.encode() for value in values)
    return read_manifest(io.BytesIO(file))["source-ref"].array


@pytest.fixture
def dtype():
    return ManifestDtype()


@pytest.fixture
def data():
    return array_of(*(f"s3://b/{number * 37 % 100:03}.jpg" for number in range(LENGTH)))


@pytest.fixture
def data_for_twos():
    pytest.skip("not a numeric dtype")


@pytest.fixture
def data_missing():
    return array_of(None, "a")


@pytest.fixture
def data_for_sorting():
    return array_of("b", "c", "a")


@pytest.fixture
def data_missing_for_sorting():
    return array_of("b", None, "a")


@pytest.fixture
def data_for_grouping():
    return array_of("b", "b", None, None, "a", "a", "b", "c")


@pytest.fixture
def na_value():
    return pd.NA


NOT_FOR_US = {
    # A cell may hold anything that JSON can, so that no value is invalid.
    "test_setitem_invalid",
    "test_insert_invalid",
    # The common dtype with any other is ours: only it keeps the lines.
    "test_concat_mixed_dtypes",
    # Computed values are ordinary pandas values, counts are NumPy integers; the suite expects the dtype kept and nullable integers.
    "test_map",
    "test_combine_add",
    "test_combine_le",
    "test_value_counts",
    "test_value_counts_with_normalize",
    # Text can be added up, as in a column of objects.
    "test_in_numeric_groupby",
    "test_add_series_with_extension_array",
}


@pytest.fixture(autouse=True)
def _only_what_applies(request):
    if request.function.__name__ in NOT_FOR_US:
        pytest.skip("does not apply")


@pytest.mark.filterwarnings("ignore:matching against an empty string:pytest.PytestWarning")
class TestManifestArray(base.ExtensionTests):
    def _supports_reduction(self, ser, op_name):
        return op_name in {"count", "min", "max", "sum", "any", "all"}

    def check_reduce(self, ser, op_name, skipna):
        if op_name == "count":
            assert ser.count() == ser.astype(object).count()
            return
        values = ser[ser.notna()] if skipna else ser
        expected = pd.NA if not skipna and ser.isna().any() else getattr(values.astype(object), op_name)()
        result = getattr(ser, op_name)(skipna=skipna)

        assert result is expected or result == expected

    def _get_expected_exception(self, op_name, obj, other):
        return None if op_name in {"__add__", "__radd__"} else super()._get_expected_exception(op_name, obj, other)

    def check_opname(self, ser, op_name, other):
        if op_name == "__rmod__":
            pytest.skip("a str on the left of % formats whatever is on the right")
        super().check_opname(ser, op_name, other)

    def _check_length_zero(self, obj, op, other, expected):
        empty = op(obj.iloc[:0], other.iloc[:0] if isinstance(other, pd.Series) else other)
        assert len(empty) == 0  # of no dtype in particular

    def _combine(self, obj, other, op):
        # Not Series.combine, which makes cells of whatever comes out in pandas 2.
        if isinstance(obj, pd.DataFrame):
            return pd.DataFrame({name: self._combine(column, other, op) for name, column in obj.items()})
        others = list(other) if isinstance(other, pd.Series) else [other] * len(obj)
        return pd.Series([op(mine, theirs) for mine, theirs in zip(obj, others, strict=True)], index=obj.index)

    def _compare_other(self, ser, data, op, other):
        try:
            expected = self._combine(ser, other, op)
        except TypeError:
            with pytest.raises(TypeError):
                op(ser, other)
        else:
            pd.testing.assert_series_equal(op(ser, other), expected)
