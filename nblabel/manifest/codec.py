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
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "MISSING",
    "Unreadable",
    "cell_decoder",
    "decode_canonical",
    "decode_object",
    "encode",
    "encode_any",
    "is_encodable",
    "is_missing",
    "paused_gc",
    "same",
]

MISSING: Any = msgspec.UNSET
"""What a decoder returns for a key that a line does not have."""

_KINDS = {list: "an array", str: "a string", int: "a number", float: "a number", bool: "true or false", type(None): "null"}
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


class Unreadable(NamedTuple):
    """Why a line is not read: one of the codes of `nblabel.manifest.lint`, what is wrong with this line, and the key that it is about."""

    code: str
    reason: str
    attribute: str | None = None


def decode_object(line: bytes, **hooks: Any) -> dict[str, Any] | Unreadable:
    """Return the object on a line, also where it holds what only Python's json module accepts.

    Parameters
    ----------
    line
        Any bytes.
    **hooks
        ``object_pairs_hook`` and ``parse_constant`` of `json.loads`.

    Examples
    --------
    >>> decode_object(b'{"score": NaN}')
    {'score': nan}
    >>> decode_object(b"[1]").reason
    'a JSON object was expected, this is an array'
    """
    try:
        value = json.loads(line.decode(), parse_int=_integer, **hooks)
    except UnicodeDecodeError as error:
        return Unreadable("NOT_UTF8", f"not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}")
    except json.JSONDecodeError as error:
        return Unreadable("ERROR_INVALID_JSON_LINE", f"broken JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Unreadable("NESTED_TOO_DEEP", "nested too deep to be read")
    if isinstance(value, dict):
        return value
    return Unreadable("ERROR_INVALID_JSON_LINE", f"a JSON object was expected, this is {_KINDS[type(value)]}")


def decode_canonical(line: bytes) -> dict[str, Any] | None:
    """Return the object on a line that is written as `encode` writes, as most are: such a line has no key twice, no NaN and no blanks.

    Several times as fast as `decode_object`; None for any other line.
    """
    try:
        value = _DECODER.decode(line)
        return value if isinstance(value, dict) and _ENCODER.encode(value) == line else None
    except _REFUSALS:
        return None


@lru_cache(maxsize=1024)
def cell_decoder(key: str) -> Callable[[bytes], Any]:
    """Return a function from a line to the value of one of its keys, or `MISSING`; the line must be known to be good."""
    try:
        cell = msgspec.defstruct("Cell", [("value", Any, msgspec.field(name=key, default=MISSING))])
        decoder = msgspec.json.Decoder(cell)
        decoder.decode(b"{}")
    except (ValueError, UnicodeError):  # msgspec cannot have such a key as a field
        return lambda line: _member(line, key)
    decode = decoder.decode

    def cell_of(line: bytes) -> Any:
        try:
            return decode(line).value  # type: ignore[attr-defined]
        except _REFUSALS:
            return _member(line, key)

    return cell_of


def _member(line: bytes, key: str) -> Any:
    value = decode_object(line)
    return MISSING if isinstance(value, Unreadable) else value.get(key, MISSING)


def is_encodable(text: str) -> bool:
    """Tell whether a text has a form in UTF-8, as one with lone surrogates has not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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


_DECODER = msgspec.json.Decoder()
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
