"""Rules for sequences of frames and frames of point clouds: developer guide, "Input data quotas" and the pages on their input formats."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nblabel.manifest.lint.rules import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nblabel.manifest.lint.record import Line

_SOURCE, _METADATA = "source-ref", "source-ref-metadata"
_MOST_FRAMES, _MOST_FRAMES_3D, _MOST_IMAGES = 2_000, 500, 8
_FORMAT = re.compile(r"(binary|text)/(xyz|xyzi|xyzrgb|xyzirgb)")
_IMAGE_KEYS = ("image-path", "unix-timestamp", "fx", "fy", "cx", "cy", "position", "heading")


@rule("line", "INVALID_SEQUENCE", "error", remedy="Write the sequence file anew; nl.crawl makes them.")
def invalid_sequence(line: Line) -> Iterator[Problem]:
    """A sequence file lacks a field, or says another number of frames than it has."""
    sequence = _sequence(line)
    if isinstance(sequence, str):
        yield Problem(sequence, _SOURCE)
    elif sequence is not None:
        frames, prefix = sequence["frames"], sequence.get("prefix")
        if not isinstance(sequence.get("seq-no"), int):
            yield Problem(f"'seq-no' is {sequence.get('seq-no')!r:.80}, expected a whole number", _SOURCE)
        if not isinstance(prefix, str) or not prefix.endswith("/"):
            yield Problem(f"'prefix' is {prefix!r:.80}, expected a place that ends in /", _SOURCE)
        if sequence.get("number-of-frames") != len(frames):
            yield Problem(f"'number-of-frames' is {sequence.get('number-of-frames')!r:.80}, there are {len(frames)}", _SOURCE)
        nameless = [place for place, frame in enumerate(frames) if not isinstance(frame, dict) or not isinstance(frame.get("frame"), str)]
        if nameless:
            yield Problem(f"frame {nameless[0]} names no file under 'frame'", _SOURCE)


@rule("line", "SEQUENCE_TOO_LONG", "error", remedy="Cut it into several sequences.")
def sequence_too_long(line: Line) -> Iterator[Problem]:
    """A sequence has more than 2,000 frames, or 500 of point clouds."""
    sequence = _sequence(line)
    if isinstance(sequence, dict):
        frames = sequence["frames"]
        most = _MOST_FRAMES_3D if any(isinstance(frame, dict) and "format" in frame for frame in frames) else _MOST_FRAMES
        if len(frames) > most:
            yield Problem(f"the sequence has {len(frames):,} frames, at most {most:,} are allowed", _SOURCE)


@rule("line", "FRAMES_OUT_OF_ORDER", "warning", remedy="Pad the numbers in the names with zeros, so that frame10 does not come before frame2.")
def frames_out_of_order(line: Line) -> Iterator[Problem]:
    """The names of the frames are not in the order of their bytes, in which workers see them."""
    sequence = _sequence(line)
    if isinstance(sequence, dict):
        names = [frame["frame"] for frame in sequence["frames"] if isinstance(frame, dict) and isinstance(frame.get("frame"), str)]
        late = next((later for first, later in pairwise(names) if _bytes(first) > _bytes(later)), None)
        if late is not None:
            yield Problem(f"{late!r:.80} comes after a name that is greater", _SOURCE)


@rule("line", "INVALID_FRAME_METADATA", "error", remedy="Write what the developer guide says of single frames of point clouds.")
def invalid_frame_metadata(line: Line) -> Iterator[Problem]:
    """The description of a point cloud lacks a field, or a field is not of its form."""
    found = line.value.get(_METADATA)
    if found is None or (isinstance(found, dict) and "json-paths" in found):
        return
    if not isinstance(found, dict):
        yield Problem(f"expected an object, got {found!r:.80}", _METADATA)
        return
    form, images = found.get("format", "binary/xyzi"), found.get("images", [])
    if not isinstance(form, str) or not _FORMAT.fullmatch(form):
        yield Problem(f"'format' is {form!r:.80}, expected one such as 'binary/xyzi'", _METADATA)
    if not isinstance(found.get("unix-timestamp"), int | float):
        yield Problem(f"'unix-timestamp' is {found.get('unix-timestamp')!r:.80}, expected a number of seconds", _METADATA)
    if not isinstance(images, list) or len(images) > _MOST_IMAGES:
        yield Problem(f"'images' is {images!r:.80}, expected at most {_MOST_IMAGES}", _METADATA)
        return
    for place, image in enumerate(images):
        lacking = [key for key in _IMAGE_KEYS if not isinstance(image, dict) or key not in image]
        if lacking:
            yield Problem(f"image {place} lacks {lacking}", _METADATA)


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogatepass")


def _sequence(line: Line) -> dict[str, Any] | str | None:
    """Return the sequence that a line refers to, or what is wrong with it; None where there is none, or it is not looked at."""
    if not line.source or not line.source.lower().endswith(".json") or not isinstance(line.content, bytes):
        return None
    try:
        found = json.loads(line.content)
    except (ValueError, RecursionError) as error:
        return f"the sequence file is not JSON ({error})"
    if not isinstance(found, dict) or not isinstance(found.get("frames"), list):
        return "the sequence file has no list of 'frames'"
    return found
