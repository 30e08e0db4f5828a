"""Manifest -> DataFrame."""

from __future__ import annotations

import logging
import os
from typing import IO, Any, Literal

import numpy as np
import pandas as pd

from nblabel import storage
from nblabel.errors import ManifestError
from nblabel.manifest.array import Column, ManifestArray
from nblabel.manifest.codec import is_encodable
from nblabel.manifest.lines import SOURCES, Lines

__all__ = ["frame_of", "read_manifest"]

_log = logging.getLogger(__name__)

_SHOWN = 10
_LOOKED_AT = 1 << 10


def read_manifest(source: str | os.PathLike[str] | IO[Any], *, errors: Literal["collect", "raise"] = "collect") -> pd.DataFrame:
    r"""Read a Ground Truth manifest into a DataFrame.

    One row for each line that is not blank, one column for each key, in order of first appearance. Sources, label attributes and keys whose values
    differ in kind are decoded when a cell is looked at; a cell is then what the JSON says: dict, list, str, int, float, bool, None for null, NA for a
    key that the line lacks. Other keys become ordinary columns. Nothing is lost: `write_manifest` gives lines that nobody changed back byte for byte.

    Parameters
    ----------
    source
        Local path, URL, or file object (binary, or text).
    errors
        What to do about bad lines. "collect" keeps them; each is written back as it is, a row has no values where its line is not a JSON object, and
        ``df.nblabel.validate()`` lists them. "raise" refuses a file with a line that is not UTF-8 or not a JSON object, is nested too deep, has a key
        twice, NaN, more than 100,000 characters, or not exactly one of ``source`` and ``source-ref``.

    Raises
    ------
    StorageError
        The file cannot be read.
    ManifestError
        With ``errors="raise"``: some lines are bad; the first ten are listed with line number and reason.

    Notes
    -----
    The format is that of the SageMaker developer guide, "Input manifest file": UTF-8, one JSON object a line, ended by ``\n`` or ``\r\n``.

    Examples
    --------
    >>> import io
    >>> df = read_manifest(io.BytesIO(b'{"source-ref": "cat.jpg", "page": 1}\n{"source-ref": "dog.jpg", "page": 2}\n'))
    >>> df
      source-ref  page
    0    cat.jpg     1
    1    dog.jpg     2
    >>> int(df["page"].sum())
    3
    """
    if errors not in {"collect", "raise"}:
        raise ValueError(f'errors={errors!r} is not known; use "collect" or "raise"')
    lines = _load(source)
    if errors == "raise":
        _refuse(lines)
    return frame_of(lines)


def _load(source: str | os.PathLike[str] | IO[Any]) -> Lines:
    if isinstance(source, (str, os.PathLike)):
        content, version = storage.read_versioned(source)
        return Lines(content, uri=os.fspath(source), folder=storage.folder(source), version=version)
    if not hasattr(source, "read"):
        raise TypeError(f"a manifest is read from a path, a URL or a file object, not from {type(source).__name__}")
    content = source.read()
    uri = str(getattr(source, "name", "<file object>"))
    if isinstance(content, str):
        try:
            content = content.encode()
        except UnicodeEncodeError as error:
            raise ManifestError(
                f"the text has a lone surrogate at {error.start}, which no file can hold; open the file in binary mode", uri=uri
            ) from None
    return Lines(bytes(content), uri=uri, folder=None)


def _refuse(lines: Lines) -> None:
    from nblabel.manifest.lint import refusals

    reasons = refusals(lines)
    if reasons:
        remedy = 'Repair or remove them, or read with errors="collect", which keeps them and lists them in df.nblabel.validate()'
        raise ManifestError(f"{_summary(lines, reasons, 'bad')}. {_form(lines) or remedy}", uri=lines.uri, line=lines.number(min(reasons)))


def _summary(lines: Lines, reasons: dict[int, str], what: str) -> str:
    rows = sorted(reasons)
    listed = "; ".join(f"line {lines.number(row)}: {reasons[row]}" for row in rows[:_SHOWN])
    rest = f"; and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    count = "1 line is" if len(rows) == 1 else f"{len(rows)} lines are"
    return f"{count} {what}: {listed}{rest}"


def _form(lines: Lines) -> str | None:
    """Return what to do about a file that is of another form than a manifest."""
    start = lines.data[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"\x1f\x8b"):
        return "The file is packed with gzip; unpack it first"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "The file is UTF-16 text; save it as UTF-8"
    if start.startswith(b"["):
        return "The file is one JSON array; write each of its objects on a line of its own (jq -c '.[]')"
    if start.partition(b"\n")[0].strip() == b"{":
        return "Its objects reach over several lines; write each on one line (jq -c .)"
    return None


def frame_of(lines: Lines) -> pd.DataFrame:
    """Return the lines as a frame with one column a key; say in the log which are bad."""
    if lines.bad:
        summary = _summary(lines, lines.bad, "not a JSON object")
        form = _form(lines)
        _log.warning("%s: %s; each is kept as a row without values and written back as it is%s", lines.uri, summary, f". {form}" if form else "")
    keys = list(lines.states)
    if not keys and len(lines):
        keys = [SOURCES[0]]
    rows = np.arange(len(lines), dtype=np.int64)
    plain = set(lines.plain)
    if keys and plain.issuperset(keys):
        # A frame carries its lines in its lazy columns, so one at least is needed.
        plain.discard(keys[0])
    columns: dict[str, ManifestArray | pd.Series[Any]] = {}
    for key in keys:
        if key not in plain:
            columns[key] = ManifestArray((Column(lines, key),), rows.copy())
        else:
            columns[key] = lines.plain[key].copy()
    index = pd.RangeIndex(len(lines))
    if all(map(is_encodable, columns)):
        return pd.DataFrame(columns, index=index)
    # Texts of pandas 3 are Arrow's, which have no place for lone surrogates.
    df = pd.DataFrame(dict(enumerate(columns.values())), index=index)
    df.columns = pd.Index(list(columns), dtype=object)
    return df
