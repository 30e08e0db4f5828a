"""Folders of frames as sequence files.

The form is that of the SageMaker developer guide, "Create a Video Frame Sequence File" and "Create a Point Cloud Sequence Input Manifest": a
JSON object with ``seq-no``, ``prefix`` (which ends with a slash), ``number-of-frames`` and ``frames``.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nblabel import storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nblabel.manifest.crawling.report import Report

__all__ = ["CLOUDS", "PICTURES", "SUFFIX", "Frames", "sequences"]

SUFFIX = "-sequence.json"

_THREADS = 16
_HEAD = 4096
_TEXT_FORMATS = {3: "text/xyz", 4: "text/xyzi", 6: "text/xyzrgb", 7: "text/xyzirgb"}
_BINARY_FORMATS = {16: "binary/xyzi", 12: "binary/xyz", 28: "binary/xyzirgb"}
"""By bytes a point, Ground Truth's default first; a point of xyzrgb has the size of two points of xyz and cannot be told from them."""

_Facts = dict[str, Any]


class Frames(NamedTuple):
    """A kind of frames."""

    most: int
    """How many Ground Truth takes in a sequence."""
    describe: Callable[[list[storage.File], Report], Iterable[tuple[storage.File, _Facts]]]
    """Picks the files of a folder that are frames, and gives what a sequence file says of each beside its name."""


def sequences(files: list[storage.File], known: set[str], kind: Frames, report: Report) -> list[str]:
    """Write a sequence file into each folder that has frames.

    Parameters
    ----------
    files
        The frames, in the order in which Ground Truth shows them: that of their names' bytes.
    known
        Sequence files that are there already.
    kind
        What the frames are.
    report
        Gets what is left out.

    Returns
    -------
    list of str
        The sequence files.
    """
    folders: dict[str, list[storage.File]] = {}
    for file in files:
        folders.setdefault(file.ref[: file.ref.rfind("/") + 1], []).append(file)
    written: list[str] = []
    for prefix, members in folders.items():
        frames = [{"frame": file.ref.removeprefix(prefix), **facts} for file, facts in kind.describe(members, report)]
        if not frames:
            continue
        ref = f"{prefix}{_name(prefix)}{SUFFIX}"
        written.append(ref)
        names = [frame["frame"] for frame in frames]
        _judge(ref, names, kind.most, report)
        if ref in known:
            _compare(ref, names, report)
            continue
        numbered = [{"frame-no": number, **frame} for number, frame in enumerate(frames)]
        content = {"seq-no": len(written), "prefix": prefix or "./", "number-of-frames": len(frames), "frames": numbered}
        storage.write_bytes_atomic(ref, [json.dumps(content, indent=1, ensure_ascii=False).encode(), b"\n"])
    return written


def _name(prefix: str) -> str:
    return prefix.rstrip("/").rpartition("/")[2] or Path.cwd().name


def _judge(ref: str, names: list[str], most: int, report: Report) -> None:
    if len(names) > most:
        report.add(ref, "too-long", f"{len(names):,} frames, Ground Truth takes {most:,} in a sequence; split the folder before a job on AWS")
    natural = sorted(names, key=lambda name: [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)])
    odd = next((pair for pair in zip(names, natural, strict=True) if pair[0] != pair[1]), None)
    if odd is not None:
        report.add(ref, "frame-order", f"names are ordered byte by byte, so {odd[0]!r} comes before {odd[1]!r}; write numbers with leading zeros")


def _compare(ref: str, names: list[str], report: Report) -> None:
    try:
        listed = {frame["frame"] for frame in json.loads(storage.read_bytes(ref))["frames"]}
    except (ValueError, TypeError, KeyError) as error:
        report.add(ref, "sequence-broken", f"the file is no sequence file ({error!r}); repair it, or remove it and crawl again")
        return
    new, gone = len(set(names) - listed), len(listed - set(names))
    if new or gone:
        message = (
            f"{new:,} frames of the folder are not in the file, {gone:,} of the file are not in the folder; remove it and crawl again to have it anew"
        )
        report.add(ref, "sequence-differs", message)


def _pictures(files: list[storage.File], _: Report) -> Iterable[tuple[storage.File, _Facts]]:
    return ((file, {}) for file in files)


def _clouds(files: list[storage.File], report: Report) -> Iterable[tuple[storage.File, _Facts]]:
    """Tell the format of point clouds; frames are one second apart, as a time is required and unknown."""
    sizes = [file.size for file in files if _is_binary(file)]
    width = max(_BINARY_FORMATS, key=lambda width: sum(size % width == 0 for size in sizes))
    with ThreadPoolExecutor(_THREADS) as pool:
        formats = list(pool.map(lambda file: _binary_format(file, width) if _is_binary(file) else _text_format(file), files))
    second = 0.0
    for file, name in zip(files, formats, strict=True):
        if name is None:
            expected = "a whole number of points of 4-byte floats" if _is_binary(file) else "lines of 3, 4, 6 or 7 numbers, as x y z i"
            report.add(file.ref, "no-points", f"expected {expected}; write it in one of Ground Truth's raw point cloud formats")
            continue
        yield file, {"unix-timestamp": second, "format": name}
        second += 1


def _is_binary(file: storage.File) -> bool:
    return file.ref.lower().endswith(".bin")


def _binary_format(file: storage.File, width: int) -> str | None:
    return None if file.size % width else _BINARY_FORMATS[width]


def _text_format(file: storage.File) -> str | None:
    head = storage.read_range(file.ref, 0, _HEAD).partition(b"\n")[0].split()
    try:
        list(map(float, head))
    except ValueError:
        return None
    return _TEXT_FORMATS.get(len(head))


PICTURES = Frames(2000, _pictures)
CLOUDS = Frames(500, _clouds)
