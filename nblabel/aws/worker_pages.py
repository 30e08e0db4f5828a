"""Worker templates of tasks: of Ground Truth's elements, or with the labeler itself."""

from __future__ import annotations

import base64
import mimetypes
from typing import TYPE_CHECKING

from nblabel import storage
from nblabel.aws.builtin import builtin_of
from nblabel.aws.labeler_template import labeler_template
from nblabel.aws.templates import worker_template as element_template
from nblabel.errors import RequestError
from nblabel.labels import Instructions
from nblabel.tasks import Task
from nblabel.tasks.verification import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.aws.builtin import BuiltinTask

__all__ = ["LABELER", "header_of", "page_of", "worker_template"]

LABELER = "nblabel"
"""What stands for the labeler where a template is expected."""


def worker_template(task: Task, *, labeler: bool = False) -> str:
    """Write the worker template of a task, as a job that is pushed has it.

    Parameters
    ----------
    task : Task
        What is asked. Example images in files of this machine are written into the template.
    labeler : bool
        Whether workers get the labeler that notebooks have, in place of Ground Truth's elements. What it hands in is read by
        `nblabel.aws.lambdas.post_annotation` and by `nblabel.open_job`, not by the built-in Lambda functions.

    Raises
    ------
    RequestError
        Ground Truth has no such task, keeps the worker page of it itself, or the template is too large.

    Examples
    --------
    >>> import nblabel as nl
    >>> print(nl.aws.worker_template(nl.TextClassification(["good", "bad"], instructions="How is it?")))  # doctest: +ELLIPSIS
    <script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
    <crowd-form>
      <crowd-classifier
        name="crowd-classifier"
        header="How is it?"
    ...
    """
    if not isinstance(task, Task):
        raise RequestError("task", task, "it must be a task", remedy="give one, such as nl.BoundingBox(['cat', 'dog'])")
    instructions = Instructions(
        short=task.instructions.short,
        full=task.instructions.full,
        good=list(_inside(task.instructions.good)),
        bad=list(_inside(task.instructions.bad)),
    )
    if labeler:
        return labeler_template(task, instructions=instructions)
    return element_template(page_of(task), header=header_of(task), instructions=instructions, present=task.of)


def page_of(task: Task) -> BuiltinTask:
    """Find the built-in task type whose template a task has."""
    shown = task.task if isinstance(task, Verification) and task.task is not None else task
    return builtin_of(task, present=None if task.of is None else shown.groundtruth_type)


def header_of(task: Task) -> str:
    """Give the sentence above the object."""
    return task.instructions.short.split("\n")[0] or task.title


def _inside(images: Iterable[str]) -> Iterable[str]:
    for image in images:
        if image.startswith(("https://", "s3://", "data:")):
            yield image
        else:
            kind = mimetypes.guess_type(image)[0] or "image/png"
            yield f"data:{kind};base64,{base64.b64encode(storage.read_bytes(image)).decode()}"
