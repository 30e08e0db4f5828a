"""Verification: labels that are there already are judged.

Format: SageMaker developer guide, "Verify and adjust labels" and "Output data", section *Label verification job output*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pandas as pd

from nblabel import schema
from nblabel.depiction import Depiction, Entry
from nblabel.errors import AnnotationError, TaskError
from nblabel.keys import Keys
from nblabel.labels import Label
from nblabel.tasks.base import Context, Media, Task
from nblabel.tasks.classification import Classification

if TYPE_CHECKING:
    from PIL import Image

    from nblabel.consolidation import Answers, Consolidation
    from nblabel.labels import Instructions
    from nblabel.wire import TaskView

__all__ = ["CLASSES", "Verdict", "Verification", "Verified"]

CLASSES = (Label("Correct", color="#009e73"), Label("Incorrect", color="#d55e00"))
"""What a label is judged by, unless the owner says otherwise."""

_FEEDBACK = "worker-feedback"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a label is judged, and what is said of it; as a change it takes the place of the verdict before."""

    label: str | None = None
    comments: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """A verdict, and the value of the label that it is about, null where there is none."""

    verdict: Verdict = field(default_factory=Verdict)
    shown: Any = None


class Verification(Classification):
    """Judge the labels that items have: choose a class for each, and say why.

    Parameters
    ----------
    task : Task
        What the labels are of, of any type.
    labels : iterable of str or Label, optional
        The classes, ``Correct`` and ``Incorrect`` by default.
    of : str
        The label attribute to be judged. Its column stays as it is; verdicts are written to another attribute.
    instructions : str or Instructions, optional
        What the person who judges is told.

    Raises
    ------
    TaskError
        When `task` is none, or is one that lays labels before people itself.

    Notes
    -----
    In `nblabel.label`, a row without such a label is shown as one that can only be skipped; ``df.nblabel.push`` leaves it out.

    Examples
    --------
    >>> from nblabel.tasks.bounding_box import BoundingBox
    >>> task = Verification(BoundingBox(["cat", "dog"]), of="pets")
    >>> task
    Verification(BoundingBox(['cat', 'dog']), ['Correct', 'Incorrect'], of='pets')

    An annotation is the class and the comments, of which there may be none; a class name alone is taken too:

    >>> task.annotation(task.begin({"label": "Incorrect", "comments": ["The dog is missing."]}, Media()))
    {'label': 'Incorrect', 'comments': ['The dog is missing.']}
    """

    type = "verification"
    title = "Label verification"
    media = "image"
    suggestible = False
    label_keys: ClassVar[str] = Task.label_keys
    groundtruth_types = ("groundtruth/label-verification",)
    wire_types = (Verdict, Verified)

    task: Task | None = None
    """What the labels are of; None in a task that can only read verdicts."""

    def __init__(self, task: Task, labels: Iterable[str | Label] = CLASSES, *, of: str, instructions: str | Instructions | None = None) -> None:
        if not isinstance(task, Task):
            raise TaskError(f"task is {task!r}, expected what the labels are of, such as nl.Verification(nl.BoundingBox(['cat', 'dog']), of='pets')")
        if task.of is not None:
            raise TaskError(f"{task!r} begins with the labels of {task.of!r} itself; verify what it writes with a plain {type(task).__name__}")
        super().__init__(labels, instructions=instructions)
        self.task = task
        self.of = of
        self.media = task.media
        self.actions = task.actions

    @classmethod
    def reader(cls, groundtruth_type: str) -> Self:
        """Make a task that can read verdicts; see `Task.reader`."""
        task = super(Classification, cls).reader(groundtruth_type)
        task.multiple, task.exclusion = False, None
        return task

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.task!r}, {[label.name for label in self.labels]}, of={self.of!r})"

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to the front end of the labels, which shows them; see `Task.view`."""
        view = super().view(keys)
        if self.task is None:
            return view
        shown = self.task.view()
        return replace(view, type=shown.type, settings={"verified": schema.dump(shown)})

    def begin(self, annotation: Any, media: Media, present: Any = None) -> dict[str, Any]:  # noqa: ARG002
        """Make the value for a verdict; see `Task.begin`."""
        before = schema.load(present, Verified) if present is not None else Verified()
        verdict = Verdict() if annotation is None else self._accept_verdict(_verdict(annotation), known=before.verdict)
        return _dump(Verified(verdict=verdict, shown=before.shown))

    def apply(self, value: Any, change: Any, media: Media) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ARG002
        """Put one verdict in the place of another; see `Task.apply`."""
        before = schema.load(value, Verified)
        verdict = self._accept_verdict(schema.load(change, Verdict), known=before.verdict)
        return _dump(Verified(verdict=verdict, shown=before.shown)), dict(schema.dump(before.verdict))

    def lacking(self, value: Any) -> str | None:
        """Ask for a verdict where there is none; see `Task.lacking`."""
        return "choose a class first" if value["verdict"]["label"] is None else None

    def difference(self, before: Any, after: Any) -> dict[str, Any] | None:
        """Give the verdict that takes the other's place; see `Task.difference`."""
        return None if before["verdict"] == after["verdict"] else dict(after["verdict"])

    def annotation(self, value: Any) -> dict[str, Any] | None:  # type: ignore[override] # an annotation is what a task type says it is
        """Give class and comments, None while no class is chosen; see `Task.annotation`."""
        verdict = value["verdict"]
        return None if verdict["label"] is None else {"label": verdict["label"], "comments": list(verdict["comments"])}

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:
        """Show the label that is judged, and the verdict before it; see `Task.depict`."""
        verdict, label = schema.load(value["verdict"], Verdict), value["shown"]
        judged = Task.depict(self, value, shown, media) if label is None else self._base.depict(label, shown, media)
        if verdict.label is None:
            return judged
        entry = Entry(verdict.label, self.color_of(verdict.label), " ".join(verdict.comments))
        return replace(judged, entries=[entry, *judged.entries])

    def encode(self, annotation: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Write a verdict as Ground Truth does; see `Task.encode`.

        Confidence is that of `Context.sureness`; ``worker-feedback`` is absent where nobody said anything.
        """
        verdict = _verdict(annotation)
        label, metadata = super().encode(verdict.label, context)
        return label, {**metadata, **({_FEEDBACK: [{"comment": text} for text in verdict.comments]} if verdict.comments else {})}

    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, Any]:  # type: ignore[override] # as above
        """Read a verdict; see `Task.decode`."""
        feedback = (metadata or {}).get(_FEEDBACK) or []
        comments = [str(one["comment"]) for one in feedback if isinstance(one, Mapping) and one.get("comment")]
        return {"label": super().decode(label, metadata), "comments": comments}

    def restore(self, annotation: Any) -> dict[str, Any]:
        """Make the value for a verdict of a manifest; see `Task.restore`."""
        return _dump(Verified(verdict=_verdict(annotation)))

    def preset(self, label: Any, metadata: Mapping[str, Any] | None, text: Callable[[], str]) -> dict[str, Any]:
        """Show a label; see `Task.preset`."""
        return _dump(Verified(shown=self._base.preset(label, metadata, text)))

    def preset_classes(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:  # noqa: ARG002
        """Give nothing: verdicts have classes of their own. See `Task.preset_classes`."""
        return {}

    def presets_alike(self, one: Any, other: Any) -> bool:
        """Compare what two values show; see `Task.presets_alike`."""
        return self._base.presets_alike(one["shown"], other["shown"])

    def over(self, preset: Any, value: Any) -> dict[str, Any]:
        """Show what the preset shows; see `Task.over`."""
        return {**value, "shown": preset["shown"]}

    def adjusted(self, laid: Any, value: Any) -> bool | None:  # noqa: ARG002
        """Give None: nothing is adjusted. See `Task.adjusted`."""
        return None

    def resolve(self, value: Any, read: Callable[[str], bytes], media: Media) -> dict[str, Any]:
        """Read what the label that is shown refers to; see `Task.resolve`.

        Raises
        ------
        AnnotationError
            When there is no label.
        """
        if value["shown"] is None:
            raise AnnotationError(f"there is no label in {self.of!r} to verify")
        return {**value, "shown": self._base.resolve(value["shown"], read, media)}

    def same(self, one: Any, other: Any) -> bool:
        """Compare two verdicts; see `Task.same`."""
        return one is other or (one is not None and other is not None and _verdict(one) == _verdict(other))

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:
        """Write a verdict as a classifier element with ``workerComment`` answers; see `Task.answer_content`."""
        verdict = _verdict(annotation)
        ((name, element),) = super().answer_content(verdict.label, media).items()
        return {name: {**element, **({"workerComment": "\n".join(verdict.comments)} if verdict.comments else {})}}

    def read_answer(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Read the answer of a classifier element; see `Task.read_answer`."""
        label = super().read_answer(content)
        comment = next((found["workerComment"] for found in content.values() if isinstance(found, Mapping) and found.get("workerComment")), None)
        return {"label": label, "comments": [] if comment is None else [comment]}

    def consolidate(self, answers: Answers, method: str) -> Consolidation:
        """Find the class of each item as single classification does, and keep what everybody said; see `Task.consolidate`."""
        found = super().consolidate(self._choices(answers), method)
        comments: dict[int, list[str]] = {}
        for item, annotation in zip(answers.items.tolist(), answers.annotations, strict=True):
            comments.setdefault(item, []).extend(annotation["comments"])
        verdicts = [None if label is None else {"label": label, "comments": comments.get(item, [])} for item, label in enumerate(found.annotations)]
        return replace(found, annotations=verdicts)

    def agreement(self, answers: Answers) -> pd.DataFrame:
        """Measure agreement about the classes; see `Task.agreement`."""
        return super().agreement(self._choices(answers))

    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row a verdict: label, comments (a list of texts)."""
        verdicts = [_verdict(one) for one in (annotation if isinstance(annotation, list) else [annotation])]
        labels = pd.Series([verdict.label for verdict in verdicts], dtype=object)
        return pd.DataFrame({"label": labels, "comments": pd.Series([verdict.comments for verdict in verdicts], dtype=object)})

    def parts(self, value: Any) -> dict[str, dict[str, Any]]:  # noqa: ARG002
        """Give nothing: a verdict has no parts. See `Task.parts`."""
        return {}

    @property
    def _base(self) -> Task:
        if self.task is None:
            raise TaskError("this task can only read verdicts; make one with nl.Verification(task, of=...)")
        return self.task

    def _choices(self, answers: Answers) -> Answers:
        """Give answers and gold without the comments."""
        gold = {item: _verdict(annotation).label for item, annotation in answers.gold.items()}
        return replace(answers, annotations=[_verdict(annotation).label for annotation in answers.annotations], gold=gold)

    def _accept_verdict(self, verdict: Verdict, *, known: Verdict) -> Verdict:
        names = [label.name for label in self.labels]
        if verdict.label is not None and verdict.label not in [*names, known.label]:
            raise AnnotationError(f"label {verdict.label!r} is not one of the task's: {names}", path="/label")
        return replace(verdict, comments=[text.strip() for text in verdict.comments if text.strip()])


def _verdict(annotation: Any) -> Verdict:
    """Accept a class name, or a class with its comments."""
    if isinstance(annotation, str):
        return Verdict(label=annotation)
    if not isinstance(annotation, Mapping) or not {"label"} <= annotation.keys() <= {"label", "comments"}:
        raise AnnotationError(f"expected a class name, or {{'label': ..., 'comments': [...]}}, got {annotation!r:.80}")
    return schema.load(dict(annotation), Verdict)


def _dump(value: Verified) -> dict[str, Any]:
    return dict(schema.dump(value))
