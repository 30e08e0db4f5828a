"""Which lines a condition holds for: DuckDB asked about blocks of lines in memory.

DuckDB runs without access to files, the network, extensions or Python's variables, and sees only SQL that `where` made.
"""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nblabel.errors import MissingExtraError
from nblabel.manifest.blocks import Block
from nblabel.manifest.where import Condition, translate

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

__all__ = ["Filter"]

_MACROS = """
CREATE MACRO text_of(v) AS CASE WHEN starts_with(v::VARCHAR, '"') THEN v->>'$' END;
CREATE MACRO number_of(v) AS CASE WHEN json_type(v) IN ('BIGINT', 'UBIGINT', 'DOUBLE') THEN TRY_CAST(v::VARCHAR AS DOUBLE) END;
CREATE MACRO boolean_of(v) AS CASE v::VARCHAR WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END;
CREATE MACRO plain_text_of(v) AS CASE WHEN v::VARCHAR <> 'null' THEN v->>'$' END;
"""


class Filter:
    """A condition that lines are asked about.

    Parameters
    ----------
    where
        See `nblabel.manifest.where.translate`.

    Raises
    ------
    QueryError
        The condition cannot be understood.
    MissingExtraError
        DuckDB is not installed.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        _ = self._condition
        _libraries()

    def __reduce__(self) -> tuple[Any, ...]:
        return Filter, (self.where,)

    @cached_property
    def _condition(self) -> Condition:
        return translate(self.where)

    def keep(self, block: Block) -> NDArray[np.bool_]:
        """Tell which lines the condition is true of.

        Lines that are not JSON objects are taken for objects without keys.

        Returns
        -------
        numpy.ndarray
            (n,) bool.
        """
        if not len(block.starts):
            return np.zeros(0, bool)
        duckdb, _ = _libraries()
        try:
            block.data.decode()
            return self._ask(block)
        except (UnicodeDecodeError, duckdb.InvalidInputException):
            # DuckDB refuses all lines for one that it cannot read.
            lines = [_readable(block.data[start:end]) for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True)]
            return self._ask(Block.of(b"\n".join(lines)))

    def _ask(self, block: Block) -> NDArray[np.bool_]:
        _, pyarrow = _libraries()
        condition = self._condition
        # What stands between two lines is blank, which JSON allows behind a value.
        offsets = np.append(block.starts, len(block.data))
        lines = pyarrow.LargeStringArray.from_buffers(len(block.starts), pyarrow.py_buffer(offsets), pyarrow.py_buffer(block.data))
        values = ", ".join(f"json_extract(line, $v{number}) AS v{number}" for number in range(len(condition.pointers)))
        cursor = _connection().cursor()
        try:
            cursor.register("lines", pyarrow.table({"line": lines}))
            parameters = condition.parameters | {f"v{number}": pointer for number, pointer in enumerate(condition.pointers)}
            # The SQL holds nothing of the user's but names of columns and parameters that were made here.
            found = cursor.execute(f"SELECT coalesce({condition.sql}, FALSE) AS kept FROM (SELECT {values or 'line'} FROM lines)", parameters)  # noqa: S608
            return np.asarray(found.fetchnumpy()["kept"], bool)
        finally:
            cursor.close()


def _readable(line: bytes) -> bytes:
    """Return a line as DuckDB can read it; an empty object for one that is not a JSON object."""
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError):
        return b"{}"
    # A lone surrogate is not text for DuckDB; a question mark stands for it.
    return json.dumps(value, ensure_ascii=False).encode(errors="replace") if isinstance(value, dict) else b"{}"


@cache
def _libraries() -> tuple[ModuleType, ModuleType]:
    try:
        import duckdb
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("a filter in SQL", extra="sql", package=str(error.name)) from error
    return duckdb, pa


@cache
def _connection() -> Any:
    duckdb, _ = _libraries()
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": False})
    connection.execute(_MACROS)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
