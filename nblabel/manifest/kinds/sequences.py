"""Sequences of frames: the SeqLabel.json files of video and 3D jobs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.errors import AnnotationError
from nblabel.manifest.kinds.parts import part_columns, part_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Sequences"]

_FRAMES = ("tracking-annotations", "detection-annotations")
# How polygons and the like are written is not documented; these are the names to be expected.
_SHAPES = ("annotations", "polygons", "polylines", "keypoints")


@dataclass(frozen=True)
class Sequences:
    """A label that refers to a file with the shapes of each frame; of several sensors, where 2D boxes are linked to cuboids.

    Parameters
    ----------
    title
        What a person calls it.
    """

    title: str
    reference: bool = True

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Read the shapes of all frames; a frame without any is a part without a label."""
        try:
            content = json.loads(label)
        except (ValueError, RecursionError) as error:
            raise AnnotationError(f"expected a JSON file as Ground Truth writes sequences ({error})") from None
        sensors = [(key, value) for key, value in content.items() if _frames(value)] if isinstance(content, dict) else []
        if _frames(content):
            return list(_parts(content, metadata, {}, ""))
        if not sensors:
            raise AnnotationError(f"expected an object with one of {list(_FRAMES)}")
        return [part for name, found in sensors for part in _parts(found, metadata, {"sensor": name}, f"/{name}")]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a shape, with its frame and, where it has one, its object."""
        return pd.DataFrame(annotation, columns=part_columns(annotation))


def _frames(content: Any) -> str | None:
    """Return the key that holds the frames."""
    return next((key for key in _FRAMES if isinstance(content, dict) and isinstance(content.get(key), list)), None)


def _parts(content: dict[str, Any], metadata: Mapping[str, Any] | None, common: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    key = _frames(content)
    for place, frame in enumerate(content[key or ""]):
        at = f"{path}/{key}/{place}"
        shapes = {name: frame[name] for name in _SHAPES if isinstance(frame.get(name), list)} if isinstance(frame, dict) else {}
        if not isinstance(frame, dict):
            raise AnnotationError(f"expected a frame, got {frame!r:.80}", path=at)
        about = {
            **common,
            "frame-no": _number(frame.get("frame-no", frame.get("frame-number"))),
            "frame": frame.get("frame", frame.get("frame-name")),
            "frame-attributes": frame.get("frame-attributes"),
        }
        if not any(shapes.values()):
            yield {"label": None, **about}
        for name, found in shapes.items():
            for number, part in enumerate(found):
                yield {**part_of(part, metadata, path=f"{at}/{name}/{number}"), **about}


def _number(value: Any) -> Any:
    """Numbers of frames are texts in some files."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value
