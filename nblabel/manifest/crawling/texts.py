"""Lines of text files and rows of CSV files as items."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pandas as pd

from nblabel import storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.crawling.report import Report

__all__ = ["texts"]

_THREADS = 16
_SOURCE = "source"
_TEXT_COLUMNS = (_SOURCE, "text")

_Item = dict[str, str]


def texts(files: list[storage.File], report: Report) -> pd.DataFrame:
    """Return the items of text files: a column ``source``, and one for each further column of CSV files, missing where a file lacks it."""
    items: list[_Item] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for file, content in zip(files, pool.map(lambda file: storage.read_bytes(file.ref), files), strict=True):
            try:
                found = list(_items(file.ref, content.decode("utf-8-sig")))
            except UnicodeDecodeError as error:
                report.add(file.ref, "encoding", f"byte {error.start:,} is not UTF-8; save it as UTF-8")
                continue
            except _UnfitError as error:
                report.add(file.ref, "csv", str(error))
                continue
            kept = [item for item in found if item[_SOURCE].strip()]
            if len(kept) < len(found):
                report.add(file.ref, "blank", f"{len(found) - len(kept):,} of {len(found):,} lines or rows have no text")
            items += kept
    names = dict.fromkeys([_SOURCE, *(name for item in items for name in item)])
    return pd.DataFrame({name: pd.Series([item.get(name) for item in items], dtype=str if name == _SOURCE else object) for name in names})


class _UnfitError(ValueError):
    """A CSV file cannot be read as one item a row."""


def _items(ref: str, text: str) -> Iterator[_Item]:
    if ref.lower().endswith(".csv"):
        return _rows(text)
    # Not str.splitlines: it also splits at form feeds and other characters that a text may hold.
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return ({_SOURCE: line} for line in (lines if lines[-1] else lines[:-1]))


def _rows(text: str) -> Iterator[_Item]:
    records = _records(text)
    first = next(records, None)
    if first is None:
        return
    header, _ = first
    lowered = [name.strip().lower() for name in header]
    column = next((lowered.index(name) for name in _TEXT_COLUMNS if name in lowered), None)
    if column is None:
        yield from ({_SOURCE: row[0] if len(row) == 1 else raw} for row, raw in (first, *records))
        return
    names = [_SOURCE if place == column else name for place, name in enumerate(header)]
    if len(set(names)) < len(names) or not all(names) or "source-ref" in names:
        raise _UnfitError(f"its columns are {header}; name each one differently, and none source-ref, or read it with pandas.read_csv")
    for number, (row, _) in enumerate(records, start=2):
        if not row:
            yield {_SOURCE: ""}
        elif len(row) == len(names):
            yield dict(zip(names, row, strict=True))
        else:
            raise _UnfitError(f"row {number:,} has {len(row)} columns, the first row has {len(names)}; correct the one or the other")


def _records(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the cells of each row and the row as it stands in the file."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), strict=True)
    try:
        for row in reader:
            yield row, "".join(taken).rstrip("\r\n")
            taken.clear()
    except csv.Error as error:
        raise _UnfitError(f"line {reader.line_num:,}: {error}; correct its quotes, or read it with pandas.read_csv") from None
