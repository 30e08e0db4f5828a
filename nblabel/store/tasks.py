"""Tasks as the store keeps them, so that whoever opens it later can read its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel import schema
from nblabel.attributes import Attribute
from nblabel.labels import Instructions, Label
from nblabel.tasks import task_type
from nblabel.tasks.adjustment import Adjustment
from nblabel.tasks.verification import Verification
from nblabel.tasks.with_attributes import WithAttributes

if TYPE_CHECKING:
    from nblabel.tasks import Task

__all__ = ["describe", "rebuild"]


def describe(task: Task) -> dict[str, Any]:
    """Write a task as JSON data; its type stands elsewhere."""
    if isinstance(task, WithAttributes):
        described = {**describe(task.task), "attributes": schema.dump(task.attributes)}
        return described if task.of is None else {**described, "of": task.of}
    described = {"labels": schema.dump(task.labels), "instructions": schema.dump(task.instructions), "settings": task.view().settings}
    if task.of is None:
        return described
    if isinstance(task, Verification) and task.task is not None:
        return {**described, "of": task.of, "settings": {}, "verified": {"type": task.task.type, **describe(task.task)}}
    return {**described, "of": task.of}


def rebuild(type_name: str, data: dict[str, Any]) -> Task:
    """Make a task from what `describe` wrote; a task type's settings are options of its constructor."""
    if "attributes" in data:
        inner = {name: told for name, told in data.items() if name not in {"attributes", "of"}}
        described = WithAttributes(rebuild(type_name, inner), schema.load(data["attributes"], list[Attribute]))
        return Adjustment(described, of=data["of"]) if "of" in data else described
    labels = schema.load(data["labels"], list[Label])
    instructions = schema.load(data["instructions"], Instructions)
    if "verified" in data:
        return Verification(rebuild(data["verified"]["type"], data["verified"]), labels, of=data["of"], instructions=instructions)
    task = task_type(type_name)(labels, instructions=instructions, **data["settings"])
    return Adjustment(task, of=data["of"]) if "of" in data else task
