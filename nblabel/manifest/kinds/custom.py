"""Labels of custom jobs: whatever the function that consolidated them returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Custom"]


class Custom:
    """A label of no known form."""

    title: ClassVar[str] = "Custom"
    reference: ClassVar[bool] = False

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Take the label as it is, each element of a list by itself; without a label, the answers that the metadata refers to."""
        if label is None:
            label = {key: value for key, value in (metadata or {}).items() if key == "worker-response-ref"}
        values = label if isinstance(label, list) else [label]
        return [{"label": value.get("label") if isinstance(value, dict) else None, "value": value} for value in values]

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give label (where the value names one) and value."""
        return pd.DataFrame(annotation, columns=["label", "value"], dtype=object)
