"""What workers answered in a job, ready to be consolidated and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from nblabel.responses import object_column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from nblabel.store.pushes import Answer, LabelingObject
    from nblabel.tasks import Task
    from nblabel.tasks.base import Media

__all__ = ["Results"]


class Results:
    """The answers that count, by line.

    Parameters
    ----------
    task : Task
        What was asked.
    objects : sequence of LabelingObject
        The objects.
    answers : sequence of Answer
        The answers that count.

    Attributes
    ----------
    closed : list of int
        Lines of the objects that have all their answers.
    gold : dict
        Annotations that are known to be right, by line.
    """

    def __init__(self, task: Task, objects: Sequence[LabelingObject], answers: Sequence[Answer]) -> None:
        self._objects = {each.place: each for each in objects}
        places = {each.item: each.place for each in objects}
        self._answers: dict[int, list[Answer]] = {}
        for answer in answers:
            if answer.item in places:
                self._answers.setdefault(places[answer.item], []).append(answer)
        self._task = task
        self.closed = [each.place for each in objects if each.closed]
        self.gold = {each.place: each.gold for each in objects if each.gold is not None}

    def answers(self, place: int) -> list[Answer]:
        """Give the answers to a line."""
        return self._answers.get(place, [])

    def source(self, place: int) -> str:
        """Give what a line shows."""
        return self._objects[place].source

    def folder(self, place: int) -> str | None:
        """Give the folder or URL that a line's references start from."""
        return self._objects[place].folder

    def media(self, place: int) -> Media:
        """Tell what is known of the media of a line that was answered."""
        return self.answers(place)[0].media

    def decided(self, place: int) -> datetime:
        """Tell when a line had its last answer."""
        return max(answer.submitted for answer in self.answers(place))

    def annotation(self, answer: Answer) -> Any:
        """Give what a worker meant."""
        return self._task.annotation(answer.value)

    def adjusted(self, place: int, annotation: Any) -> bool | None:
        """Tell whether what is made of the answers to a line differs from what was to be adjusted; None where nothing was."""
        changed = [self._task.adjusted(answer.laid, answer.value) for answer in self.answers(place)]
        if None in changed or not any(changed):
            return changed[0]
        laid = self.answers(place)[0].laid
        return laid is None or not self._task.same(self._task.annotation(laid), annotation)

    def content(self, answer: Answer) -> dict[str, Any]:
        """Write an answer as Ground Truth does; where something was to be adjusted, it says whether it was."""
        content = self._task.answer_content(self.annotation(answer), answer.media)
        changed = self._task.adjusted(answer.laid, answer.value)
        return content if changed is None else {name: {**element, "initialValueModified": changed} for name, element in content.items()}

    def frame(self) -> pd.DataFrame:
        """Give a row an answer: item (the line), worker (pseudonym), annotation, submitted, seconds."""
        found = [(place, answer) for place, answers in self._answers.items() for answer in answers]
        return pd.DataFrame(
            {
                "item": pd.Series([place for place, _ in found], dtype=int),
                "worker": pd.Series([answer.pseudonym for _, answer in found], dtype=object),
                "annotation": object_column([self.annotation(answer) for _, answer in found]),
                "submitted": pd.Series([answer.submitted for _, answer in found], dtype="datetime64[ns, UTC]"),
                "seconds": pd.Series([answer.seconds for _, answer in found], dtype=float),
            }
        )
