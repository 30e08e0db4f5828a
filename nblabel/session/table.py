"""What a session knows, as DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from nblabel.tasks import Task
    from nblabel.wire import Operation, Role, Suggestion

__all__ = ["history_table", "suggestion_table"]

_STATES = {"suggested": "accepted", "changed": "changed"}


def suggestion_table(task: Task, value: Any, suggestions: Sequence[Suggestion], answered: Collection[str]) -> pd.DataFrame:
    """Give a row for each suggestion, by its id: its state, score and source, and what is suggested."""
    origins = dict(zip(task.parts(value), task.provenance(value, {suggestion.id: suggestion for suggestion in suggestions}), strict=True))
    rows = [
        {
            "state": _STATES[origins[one.id]["origin"]] if one.id in origins else "rejected" if one.id in answered else "waiting",
            "score": one.score,
            "source": one.source,
            **{key: field for key, field in one.part.items() if key != "id"},
        }
        for one in suggestions
    ]
    index = pd.Index([one.id for one in suggestions], name="suggestion", dtype=object)
    return pd.DataFrame(rows, index=index, columns=None if rows else ["state", "score", "source"])


def history_table(log: Iterable[tuple[str, Operation, Role]], names: Mapping[int, str]) -> pd.DataFrame:
    """Give a row for each operation on the items that have names, oldest first: time (UTC), item, operation, seconds."""
    rows = [(time, names[operation.item], _described(operation, role), operation.seconds) for time, operation, role in log if operation.item in names]
    table = pd.DataFrame(rows, columns=["time", "item", "operation", "seconds"])
    return table.assign(time=pd.to_datetime(table["time"], utc=True, format="ISO8601"), seconds=table["seconds"].astype(float))


def _described(operation: Operation, role: Role) -> str:
    kind = operation.kind
    name = kind if not operation.answers or role != "do" else "accept" if operation.change is not None else "reject"
    return name if role == "do" else f"{role} {name}"
