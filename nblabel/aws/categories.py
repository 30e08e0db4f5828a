"""The label category file: the classes of a job, and for named entities what workers are told (developer guide, "Label category configuration")."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from nblabel.aws.markup import escape, formatted, paragraphs
from nblabel.errors import RequestError
from nblabel.manifest.lint.quotas import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nblabel.aws.builtin import BuiltinTask
    from nblabel.labels import Instructions, Label

__all__ = ["label_category_file"]

_VERSION = "2018-11-28"
_SHORTEST, _LONGEST = 3, 4
_AT_LEAST_TWO = ("Image", "Text")


def label_category_file(labels: Iterable[Label], instructions: Instructions, task: BuiltinTask) -> bytes:
    """Write the label category file of a job whose objects are images or texts.

    Parameters
    ----------
    labels : iterable of Label
        The classes; named entities get `Label.short_name`, or letters of the name that no other has.
    instructions : Instructions
        What workers are told; written where AWS keeps the worker page, for elsewhere the template says it.
    task : BuiltinTask
        What is asked.

    Raises
    ------
    RequestError
        There are more or fewer classes than such a job takes, or the instructions show files that the worker page cannot.

    Examples
    --------
    >>> from nblabel.aws.builtin import builtin_task
    >>> from nblabel.labels import Instructions, Label
    >>> label_category_file([Label("cat")], Instructions(), builtin_task("BoundingBox"))
    b'{"document-version":"2018-11-28","labels":[{"label":"cat"}]}'
    """
    classes = list(labels)
    _check_count(len(classes), task)
    content: dict[str, Any] = {"document-version": _VERSION, "labels": [{"label": label.name} for label in classes]}
    if task.page is not None:
        for entry, short in zip(content["labels"], _short_names(classes), strict=True):
            entry["shortDisplayName"] = short
        content["instructions"] = {"shortInstruction": paragraphs(instructions.short), "fullInstruction": _full(instructions)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _check_count(found: int, task: BuiltinTask) -> None:
    most = CLASSES.get(task.output or "")
    if most is not None and found > most:
        raise RequestError("labels", found, f"{task.name} takes at most {most} classes", remedy="split them into several jobs")
    if found < 2 and task.name.startswith(_AT_LEAST_TWO):  # noqa: PLR2004 - the limit is the service's
        raise RequestError("labels", found, f"{task.name} needs at least 2 classes", remedy="add one, such as 'other'")


def _short_names(labels: list[Label]) -> list[str]:
    """Give names of three or four letters, each its own."""
    taken = {label.short_name for label in labels if label.short_name}
    names = []
    for label in labels:
        name = label.short_name or next(each for each in _abbreviations(label.name) if each not in taken)
        taken.add(name)
        names.append(name)
    return names


def _abbreviations(name: str) -> Iterable[str]:
    letters = "".join(letter for letter in name.lower() if letter.isalnum()) or "tag"
    yield letters[:_SHORTEST]
    yield letters[:_LONGEST]
    for number in count(2):
        yield f"{letters[: max(1, _LONGEST - len(str(number)))]}{number}"


def _full(instructions: Instructions) -> str:
    pictures = []
    for title, images in (("Good examples", instructions.good), ("Bad examples", instructions.bad)):
        for image in images:
            if not image.startswith("https://"):
                rule = "the worker page of named entities shows examples by https only"
                raise RequestError("instructions", image, rule, remedy="leave this example out, or put it where https finds it")
        pictures += [f"<h3>{title}</h3>" * bool(images), *(f'<p><img src="{escape(image)}" alt=""></p>' for image in images)]
    return (formatted(instructions.full) if instructions.full else paragraphs(instructions.short)) + "".join(pictures)
