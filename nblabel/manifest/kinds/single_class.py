"""One class for the whole item: the classification of video clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.errors import AnnotationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SingleClass"]


@dataclass(frozen=True)
class SingleClass:
    """An index in the label, its name in the metadata.

    Parameters
    ----------
    title
        What a person calls it.
    """

    title: str
    reference: bool = False

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Read the class."""
        if isinstance(label, bool) or not isinstance(label, int | str):
            raise AnnotationError(f"expected the index of a class, got {label!r:.80}")
        name = (metadata or {}).get("class-name")
        return [{"label": name if isinstance(name, str) else f"#{label}"}]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give label."""
        return pd.DataFrame(annotation, columns=["label"], dtype=object)
