"""What boxes, cuboids and other shapes have in common in the files of video and 3D jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["class_name", "part_columns", "part_of"]

_COLUMNS = [
    *("label", "sensor", "frame-no", "frame", "object-id", "object-name"),
    *("left", "top", "width", "height", "x", "y", "vertices"),
    *("center-x", "center-y", "center-z", "length", "roll", "pitch", "yaw"),
    *("label-category-attributes", "frame-attributes"),
]
_MAPS = ("class-map", "class_map", "color-map")


def class_name(class_id: Any, metadata: Mapping[str, Any] | None) -> str:
    """Return the name that a class id has in a label's metadata, ``#<id>`` where it has none."""
    for key in _MAPS:
        found = (metadata or {}).get(key)
        name = found.get(str(class_id)) if isinstance(found, dict) else None
        name = name.get("class-name") if isinstance(name, dict) else name
        if isinstance(name, str):
            return name
    return f"#{class_id}"


def part_of(part: Any, metadata: Mapping[str, Any] | None, *, path: str) -> dict[str, Any]:
    """Return a shape with the name of its class instead of its id, whatever else it has."""
    if not isinstance(part, dict) or "class-id" not in part:
        raise AnnotationError(f"expected an object with 'class-id', got {part!r:.80}", path=path)
    return {"label": class_name(part["class-id"], metadata), **{key: value for key, value in part.items() if key != "class-id"}}


def part_columns(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the columns that parts have, those of Ground Truth first, in an order that reads well."""
    found = {"label": None} | {key: None for part in parts for key in part}
    return [*(name for name in _COLUMNS if name in found), *(name for name in found if name not in _COLUMNS)]
