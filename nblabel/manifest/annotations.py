"""Labels as tidy frames: one row a box, a span, a class."""

from __future__ import annotations

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from nblabel import storage
from nblabel.confidences import confidences
from nblabel.errors import FrameError, NblabelError
from nblabel.manifest.kinds import CUSTOM, groundtruth_type, kind_of
from nblabel.manifest.origin import folders
from nblabel.manifest.pairs import cells, find_pair, pairs
from nblabel.tasks import Task
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from nblabel.manifest.kinds import Kind
    from nblabel.manifest.pairs import Pair

__all__ = ["label_attributes", "tidy_annotations"]

_log = logging.getLogger(__name__)

_READERS = 16
_SHOWN = 3
_JOB = "labeling-job/"
_STATUS = "adjustment-status"
_FRAME_ATTRIBUTES = "frame-attributes"
_LAST = ("confidence", _FRAME_ATTRIBUTES, _STATUS, "problem")
_SOURCE = "source"


def tidy_annotations(df: pd.DataFrame, attribute: str) -> pd.DataFrame:
    r"""Return the labels of an attribute as a tidy frame.

    Parameters
    ----------
    df
        Any DataFrame with the label attribute and its ``-metadata``.
    attribute
        The label attribute.

    Returns
    -------
    DataFrame
        One row a part of a label: a box, a span, a class, a class in a mask, a shape in a frame of a video. Its index is that of the source row, so
        that ``df.join`` and ``df.loc`` lead back to it. Rows without a label are left out; a labeled row without any part (an image without boxes) is
        there once, with nothing in ``label``.

        Columns: ``label`` (the class), what the kind of label has, ``confidence``, and ``adjustment-status`` where a job has adjusted labels. Boxes
        have ``left, top, width, height`` in pixels of the stored image; classes in a mask also ``pixels`` and ``share``; spans ``startOffset``,
        ``endOffset`` in code points and the ``text`` between them; labels of video and 3D jobs the keys of Ground Truth's files. Where a label cannot
        be read, ``problem`` says why.

    Raises
    ------
    FrameError
        There is no such label attribute.

    Examples
    --------
    >>> import io
    >>> from nblabel.manifest import read_manifest
    >>> line = b'{"source-ref":"a.jpg","ok":1,"ok-metadata":{"type":"groundtruth/label-verification","class-name":"good","confidence":0.9}}'
    >>> tidy_annotations(read_manifest(io.BytesIO(line)), "ok")
      label comments  confidence
    0  good       []         0.9
    """
    pair = find_pair(df, attribute)
    metadata = [value if isinstance(value, dict) else {} for value in cells(df, pair.metadata)]
    labels = cells(df, pair.metadata if pair.label is None else pair.label)
    labeled = [place for place, label in enumerate(labels) if label is not None]
    types = [groundtruth_type(value) for value in metadata]
    usual = Counter(types[place] for place in labeled if types[place]).most_common(1)
    if labeled and not usual:
        raise FrameError(f"no cell of {pair.metadata!r} names a type that begins with 'groundtruth/', so that nothing says what the labels are")
    places: dict[str, list[int]] = {}
    for place in labeled:
        places.setdefault(types[place] or str(usual[0][0]), []).append(place)
    bases = folders(df)
    texts = _texts(df)
    tables = []
    for name, rows in places.items():
        kind = kind_of(name) or CUSTOM
        items = [_Item(None if pair.label is None else labels[row], metadata[row], bases[row], texts[row]) for row in rows]
        tables.append(_table(kind, items, rows))
    return _assembled(df, tables, attribute)


def label_attributes(df: pd.DataFrame) -> pd.DataFrame:
    """List the label attributes of a frame.

    Returns
    -------
    DataFrame
        One row a label attribute. Columns: ``attribute``, ``type`` and ``job`` (what its metadata says; several are joined by commas), and how many
        rows are ``labeled``, by a ``human`` and by a ``machine``, and how many are ``unlabeled``.

    Examples
    --------
    >>> metadata = {"type": "groundtruth/label-verification", "job-name": "labeling-job/check", "human-annotated": "yes"}
    >>> df = pd.DataFrame({"source": ["a", "b"], "ok": [1, None], "ok-metadata": [metadata, None]})
    >>> label_attributes(df)[["attribute", "job", "labeled", "unlabeled"]]
      attribute    job  labeled  unlabeled
    0        ok  check        1          1
    """
    columns = ["attribute", "type", "job", "labeled", "human", "machine", "unlabeled"]
    return pd.DataFrame([_described(df, pair) for pair in pairs(df)], columns=columns, dtype=object).astype(dict.fromkeys(columns[3:], int))


def _described(df: pd.DataFrame, pair: Pair) -> tuple[Any, ...]:
    known = cells(df, pair.metadata)
    there = np.array([value is not None for value in known], bool)
    if pair.label is not None:
        there = df.iloc[:, list(df.columns).index(pair.label)].notna().to_numpy(dtype=bool)
    found = [value if isinstance(value, dict) else {} for value in known[there]]
    types = dict.fromkeys(name for name in map(groundtruth_type, found) if name is not None)
    jobs = dict.fromkeys(str(value["job-name"]).removeprefix(_JOB) for value in found if value.get("job-name"))
    by = Counter(value.get("human-annotated") for value in found)
    return (pair.attribute, ", ".join(types), ", ".join(jobs), int(there.sum()), by["yes"], by["no"], int((~there).sum()))


class _Item(NamedTuple):
    label: Any
    metadata: dict[str, Any]
    folder: str | None
    text: str | None


class _Unread(NamedTuple):
    problem: str


def _table(kind: Kind, items: list[_Item], rows: list[int]) -> pd.DataFrame:
    """Return the parts of labels of one kind, indexed by their rows, in the order of the rows."""
    with ThreadPoolExecutor(_READERS if kind.reference else 1) as pool:
        found = list(pool.map(lambda item: _read(kind, item), items)) if kind.reference else [_read(kind, item) for item in items]
    problems = [annotation.problem if isinstance(annotation, _Unread) else None for annotation in found]
    parts, counts = _tidied(kind, [[] if isinstance(annotation, _Unread) else annotation for annotation in found])
    labels = iter(parts["label"].tolist())
    parts["confidence"] = np.array(
        [number for item, count in zip(items, counts, strict=True) for number in confidences(item.metadata, list(islice(labels, count)))], float
    )
    ends = np.cumsum(counts)
    # A label without parts has one row, which nothing stands in.
    taken = [place for count, end in zip(counts, ends, strict=True) for place in (range(end - count, end) if count else [-1])]
    owners = np.repeat(np.arange(len(items)), np.maximum(counts, 1))
    table = parts.astype({name: "Int64" for name, dtype in parts.dtypes.items() if dtype.kind == "i"}).reindex(taken)
    table.index = pd.Index(np.array(rows)[owners])
    told = {name: [item.metadata.get(name) for item in items] for name in (_STATUS, _FRAME_ATTRIBUTES)}
    for name, values in {**told, "problem": problems}.items():
        if any(value is not None for value in values):
            # Not as pandas' own texts, which have no place for what JSON may hold: half of a pair of surrogates.
            table[name] = pd.Series(np.array([*values, None], object)[owners], table.index, dtype=object)
    return table


def _read(kind: Kind, item: _Item) -> Any:
    """Return the annotation of a label, or, where it is in a file that a task type reads, its parts."""

    def read(reference: str) -> bytes:
        return storage.read_bytes(storage.resolve(reference, [item.folder, ""]))

    try:
        if not kind.reference:
            annotation = kind.decode(item.label, item.metadata)
            return kind.align(annotation, item.text)[0] if isinstance(kind, Task) and item.text is not None else annotation
        if not isinstance(item.label, str):
            return _Unread(f"expected the path or URL of a file, got {item.label!r:.80}")
        if not isinstance(kind, Task):
            return kind.decode(read(item.label), item.metadata)
        task = kind.knowing((name, int(index)) for index, name in kind.class_map(item.label, item.metadata).items())
        value = task.resolve(task.restore(task.decode(item.label, item.metadata)), read, Media())
        return task.tidy(task.annotation(value))
    except NblabelError as error:
        return _Unread(str(error))


def _tidied(kind: Kind, found: list[Any]) -> tuple[pd.DataFrame, list[int]]:
    """Return the parts of all annotations as one frame, and how many each has."""
    if all(isinstance(annotation, list) for annotation in found):
        parts = kind.tidy([part for annotation in found for part in annotation])
        return parts.reset_index(drop=True), list(map(len, found))
    pieces: dict[Any, pd.DataFrame] = {}
    keys = [annotation if isinstance(annotation, str) else number for number, annotation in enumerate(found)]
    for key, annotation in zip(keys, found, strict=True):
        if key not in pieces:
            pieces[key] = annotation if isinstance(annotation, pd.DataFrame) else kind.tidy(annotation)
    lengths = [len(piece) for piece in pieces.values()]
    firsts = dict(zip(pieces, np.cumsum([0, *lengths]).tolist(), strict=False))
    taken = [place for key in keys for place in range(firsts[key], firsts[key] + len(pieces[key]))]
    parts = pd.concat([piece for piece in pieces.values() if len(piece)] or list(pieces.values()), ignore_index=True)
    return parts.iloc[taken].reset_index(drop=True), [len(pieces[key]) for key in keys]


def _assembled(df: pd.DataFrame, tables: list[pd.DataFrame], attribute: str) -> pd.DataFrame:
    """Put the parts of all kinds into the order of the rows, and say what could not be read."""
    if not tables:
        return pd.DataFrame({"label": pd.Series(dtype=object), "confidence": pd.Series(dtype=float)}, index=df.index[:0])
    table = tables[0] if len(tables) == 1 else pd.concat([part.astype(object) for part in tables]).infer_objects().sort_index(kind="stable")
    rows = table.index.to_numpy()
    if {"startOffset", "endOffset"} <= set(table.columns) and _SOURCE in df.columns:
        texts = _texts(df)
        spans = zip(rows, table["startOffset"], table["endOffset"], strict=True)
        table.insert(1, "text", pd.Series([_between(texts[row], start, end) for row, start, end in spans], index=table.index, dtype=object))
    table = table[[name for name in table.columns if name not in _LAST] + [name for name in _LAST if name in table.columns]]
    table.index = df.index.take(rows)
    if "problem" in table:
        told = table.loc[table["problem"].notna().to_numpy(), "problem"]
        _log.warning("%s of %s could not be read: %s%s", len(told), attribute, "; ".join(told[:_SHOWN]), "; ..." if len(told) > _SHOWN else "")
    return table


def _texts(df: pd.DataFrame) -> list[str | None]:
    """Return the texts that are labeled, None for what is no text or stands in a file."""
    if _SOURCE not in df.columns:
        return [None] * len(df)
    return [text if isinstance(text, str) else None for text in cells(df, _SOURCE)]


def _between(text: str | None, start: Any, end: Any) -> str | None:
    return None if text is None or pd.isna(start) or pd.isna(end) else text[int(start) : int(end)]
