"""Spans of a text: named entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Spans"]

_COLUMNS = ["label", "startOffset", "endOffset"]


class Spans:
    """Offsets in code points, end exclusive."""

    title: ClassVar[str] = "Named entities"
    reference: ClassVar[bool] = False

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:  # noqa: ARG002 - the label says it all
        """Read the spans."""
        found = label.get("annotations") if isinstance(label, dict) else None
        entities = found.get("entities") if isinstance(found, dict) else None
        if not isinstance(entities, list):
            raise AnnotationError(f"expected an object with 'annotations' and 'entities', as Ground Truth writes spans, got {label!r:.80}")
        for place, entity in enumerate(entities):
            if not isinstance(entity, dict) or not all(isinstance(entity.get(key), int) for key in _COLUMNS[1:]):
                raise AnnotationError(f"expected label, startOffset and endOffset, got {entity!r:.80}", path=f"/annotations/entities/{place}")
        return [{key: entity.get(key) for key in _COLUMNS} for entity in entities]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a span."""
        return pd.DataFrame(annotation, columns=_COLUMNS)
