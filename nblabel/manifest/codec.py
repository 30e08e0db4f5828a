"""JSON values as Ground Truth writes them: compact, raw UTF-8, nothing that JSON does not have.

msgspec does the work; the standard library takes what msgspec refuses (lone surrogates, NaN in a file, numbers out of range).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MISSING", "cell_decoder", "decode_object", "encode", "encode_any", "is_missing", "paused_gc", "same"]

MISSING: Any = msgspec.UNSET
"""What a decoder returns for a key that a line does not have."""

_REFUSALS = (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError)


def encode(value: object) -> bytes:
    r"""Return a value as JSON.

    Parameters
    ----------
    value
        JSON's own types and what stands for them: numpy scalars and arrays, dates and times (ISO 8601), paths, tuples.

    Raises
    ------
    ValueError
        NaN or infinity, which JSON does not have.
    TypeError
        A type that has no JSON form.

    Examples
    --------
    >>> encode({"classes": np.array([1, 2]), "name": "café"})
    b'{"classes":[1,2],"name":"caf\xc3\xa9"}'
    """
    try:
        text = _ENCODER.encode(value)
    except (*_REFUSALS, TypeError, ValueError):
        return _encode_slowly(value, allow_nan=False)
    # msgspec writes NaN as null; only then is a second look needed to tell them apart.
    return _encode_slowly(value, allow_nan=False) if b"null" in text else text


def encode_any(value: object) -> bytes:
    """Return a value as JSON text that tells values apart; NaN and infinity are allowed. Not for files."""
    try:
        return encode(value)
    except ValueError:
        return _encode_slowly(value, allow_nan=True)


def same(left: object, right: object) -> bool:
    """Tell whether two values would be written alike; 1, 1.0 and true differ."""
    if left is right:
        return True
    try:
        return encode_any(left) == encode_any(right)
    except TypeError:
        return False


def decode_object(line: bytes) -> dict[str, Any]:
    """Return the object on a line, also where it holds what only Python's json module accepts.

    Raises
    ------
    ValueError
        The line is not UTF-8 or not JSON.
    RecursionError
        It is nested too deep to be read.
    """
    value: dict[str, Any] = json.loads(line.decode(), parse_int=_integer)
    return value


@lru_cache(maxsize=1024)
def cell_decoder(key: str) -> Callable[[bytes], Any]:
    """Return a function from a line to the value of one of its keys, or `MISSING`; the line must be known to be good.

    Raises
    ------
    ValueError
        (When the function is called.) The value cannot be represented, as a number of more than 4,300 digits.
    """
    try:
        cell = msgspec.defstruct("Cell", [("value", Any, msgspec.field(name=key, default=MISSING))])
        decoder = msgspec.json.Decoder(cell)
        decoder.decode(b"{}")
    except (ValueError, UnicodeError):  # msgspec cannot have such a key as a field
        return lambda line: decode_object(line).get(key, MISSING)
    decode = decoder.decode

    def cell_of(line: bytes) -> Any:
        try:
            return decode(line).value  # type: ignore[attr-defined]
        except _REFUSALS:
            return decode_object(line).get(key, MISSING)

    return cell_of


def is_missing(value: object) -> bool:
    """Tell whether a cell has no value: None, NaN, NaT or NA, but not an array or a list."""
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, (float, np.floating, np.datetime64, np.timedelta64)) and bool(pd.isna(value)))
    )


@contextlib.contextmanager
def paused_gc() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking the many objects that a loop creates: 60 % of such a loop's time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _plain(value: object) -> object:
    if is_missing(value) and not isinstance(value, (float, np.floating)):
        raise TypeError(f"{value!r} inside a value has no JSON form; use None")
    if isinstance(value, np.generic):
        return str(value) if isinstance(value, (np.datetime64, np.timedelta64)) else value.item()
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (pd.Series, pd.Index)):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} has no JSON form")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def _encode_slowly(value: object, *, allow_nan: bool) -> bytes:
    with contextlib.suppress(TypeError, RecursionError):
        value = msgspec.to_builtins(value, enc_hook=_plain, str_keys=True)
    text = json.dumps(value, ensure_ascii=False, allow_nan=allow_nan, separators=(",", ":"), default=_plain)
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate can only be written escaped
        return json.dumps(value, allow_nan=allow_nan, separators=(",", ":"), default=_plain).encode()


def _integer(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:  # Python refuses more than 4,300 digits
        return float(digits)
