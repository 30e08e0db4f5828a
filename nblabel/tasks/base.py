"""What every task type is: the one interface that the rest of nblabel knows.

Three forms of the same thing meet here:

- the *annotation*, what a person means: a list of boxes, a class name, ... (what ``w.value`` gives and takes);
- the *value*, the annotation while it is being worked on: its parts have ids, so that changes can name them;
- the *label*, what Ground Truth writes into the manifest: a label attribute and its ``-metadata``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from copy import copy
from difflib import SequenceMatcher
from itertools import count
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nblabel.depiction import UNKNOWN_COLOR, Depiction, Run
from nblabel.errors import AnnotationError, TaskError
from nblabel.keys import Keymap, Keys
from nblabel.labels import Instructions, Label, as_instructions, as_labels
from nblabel.markup import parse_markdown
from nblabel.tasks.context import Context, Media
from nblabel.tasks.predictions import Predictable
from nblabel.wire import Examples, LabelView, TaskView

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Iterable

    import pandas as pd
    from PIL import Image

    from nblabel.assist import Segmenter
    from nblabel.consolidation import Answers, Consolidation

__all__ = ["Context", "Media", "Task", "free_id", "keep_ids"]


def free_id(class_ids: Mapping[str, int]) -> int:
    """Give the lowest class id that is not taken."""
    taken = set(class_ids.values())
    return next(number for number in count() if number not in taken)


def keep_ids(parts: Iterable[Mapping[str, Any]], present: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give parts the ids of those whose place they take, so that what is set from Python stays what it was where it does not differ.

    Parameters
    ----------
    parts : iterable of mapping
        Parts with fresh ids.
    present : iterable of mapping
        The parts of the present value.

    Examples
    --------
    >>> keep_ids([{"id": "x", "label": "cat"}, {"id": "y", "label": "cow"}], [{"id": "a", "label": "cat"}, {"id": "b", "label": "dog"}])
    [{'id': 'a', 'label': 'cat'}, {'id': 'b', 'label': 'cow'}]
    """
    fresh, old = [dict(part) for part in parts], list(present)
    before, after = ([repr({**part, "id": None}) for part in found] for found in (old, fresh))
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" or (kind == "replace" and end - start == last - first):
            for replaced, part in zip(old[start:end], fresh[first:last], strict=True):
                part["id"] = replaced["id"]
    return fresh


class Task(Predictable):
    """A type of work and its settings.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes, in the order of their class indices.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Notes
    -----
    A task type is one subclass in one module, a TypeScript module of the same name (``js/src/tasks/<type>.ts``), a fixture folder
    (``tests/fixtures/<type>/``) and an entry point in the group ``nblabel.tasks``.
    """

    type: str
    """The name of the task type, also of its TypeScript module."""
    title: str
    """What a person calls it."""
    media: str
    """What is labeled: ``image`` or ``text``."""
    reference: bool = False
    """Whether the label attribute refers to a file and so must end in ``-ref``."""
    groundtruth_types: tuple[str, ...] = ()
    """What the metadata of its labels says under ``type``: a manifest's labels are read by the task type that has theirs."""
    label_keys: ClassVar[str] = "1234567890"
    """Keys for classes that name none, in order."""
    actions: Keymap = MappingProxyType({})
    """The actions that only this task type has (its tools are ``tool-<name>``) and their keys, beside those of `nblabel.keys.SHARED`."""
    segments: bool = False
    """Whether a segmenter can propose what is to be drawn."""
    segmenter: Segmenter | Callable[..., Any] | None = None
    """What proposes it, where the task brings its own."""
    suffix: str = ""
    """How the names of such files end."""
    wire_types: ClassVar[tuple[builtins.type, ...]] = ()
    """Dataclasses of the value and of its changes, for the generated TypeScript."""

    labels: tuple[Label, ...]
    instructions: Instructions
    class_ids: dict[str, int]
    """The id of each class in labels: its place in `labels`, or, of a class that others brought, what `knowing` gave it."""
    of: str | None = None
    """The label attribute whose labels are laid before the person who labels; None where work begins with nothing."""

    def __init__(self, labels: Iterable[str | Label], *, instructions: str | Instructions | None = None) -> None:
        self.labels = as_labels(labels, keys=self.label_keys)
        self.instructions = as_instructions(instructions)
        self.class_ids = {label.name: position for position, label in enumerate(self.labels)}

    @property
    def groundtruth_type(self) -> str:
        """What the metadata of the labels that it writes say under ``type``."""
        return self.groundtruth_types[0]

    @classmethod
    def reader(cls, groundtruth_type: str) -> Self:  # noqa: ARG003
        """Make a task without classes, which can `decode` and `tidy` the labels of a manifest.

        Parameters
        ----------
        groundtruth_type : str
            One of `groundtruth_types`; a class whose settings follow from it overrides this.
        """
        task = cls.__new__(cls)
        task.labels, task.class_ids, task.instructions = (), {}, Instructions()
        return task

    def __repr__(self) -> str:
        made = f"{type(self).__name__}({self._arguments()})"
        return made if self.of is None else f"Adjustment({made}, of={self.of!r})"

    def _arguments(self) -> str:
        return repr([label.name for label in self.labels])

    def view(self, keys: Keys = Keys()) -> TaskView:  # noqa: B008 - it is frozen
        """Describe the task to a front end, with the keys that a person prefers."""
        labels = self.label_views()
        return TaskView(
            type=self.type,
            title=self.title,
            labels=labels,
            instructions=self.instructions.short,
            details=parse_markdown(self.instructions.full) if self.instructions.full else [],
            examples=Examples(good=len(self.instructions.good), bad=len(self.instructions.bad)),
            keys=keys.resolve(self.actions, labels),
        )

    def label_views(self) -> list[LabelView]:
        """Describe the classes to a front end."""
        return [
            LabelView(name=label.name, color=label.color or "", key=label.key, short_name=label.short_name, description=label.description)
            for label in self.labels
        ]

    def naming(self, labels: Iterable[str | Label]) -> Self:
        """Give this task with other classes; what `reader` made has none.

        Raises
        ------
        TaskError
            When there is none, or a name occurs twice.

        Examples
        --------
        >>> from nblabel.tasks.bounding_box import BoundingBox
        >>> BoundingBox.reader("groundtruth/object-detection").naming(["cat", "dog"])
        BoundingBox(['cat', 'dog'])
        """
        task = copy(self)
        task.labels = as_labels(labels, keys=self.label_keys)
        task.class_ids = {label.name: position for position, label in enumerate(task.labels)}
        return task

    def knowing(self, class_ids: Iterable[tuple[str, int]]) -> Self:
        """Give this task with ids for classes that it does not have, so that their labels are written alike on every item.

        Parameters
        ----------
        class_ids : iterable
            Names and the ids that others gave them. A name gets the first of its ids that is free, or else the lowest one that is.

        Returns
        -------
        Task
            A copy; what it knew before stays.

        Examples
        --------
        >>> from nblabel.tasks.bounding_box import BoundingBox
        >>> BoundingBox(["cat", "dog"]).knowing([("dog", 0), ("bird", 1), ("zebra", 7)]).class_ids
        {'cat': 0, 'dog': 1, 'zebra': 7, 'bird': 2}
        """
        wishes: dict[str, list[int]] = {}
        for name, number in class_ids:
            if name not in self.class_ids:
                wishes.setdefault(name, []).append(number)
        known = dict(self.class_ids)
        for name, numbers in wishes.items():
            taken = set(known.values())
            wanted = next((number for number in numbers if number not in taken), None)
            if wanted is not None:
                known[name] = wanted
        for name in wishes:
            known.setdefault(name, free_id(known))
        task = copy(self)
        task.class_ids = known
        return task

    @abstractmethod
    def begin(self, annotation: Any, media: Media, present: Any = None) -> Any:
        """Make the value for an annotation that a person gave; None gives the empty value.

        `present` is the value whose place it takes: the classes in it are acceptable, also those that this task does not have.

        Raises
        ------
        AnnotationError
            When the annotation is not acceptable; its path says which part.
        """

    @abstractmethod
    def apply(self, value: Any, change: Any, media: Media) -> tuple[Any, Any]:
        """Apply a change to a value.

        Returns
        -------
        value, inverse
            The new value, and the change that leads back from it. The value given is left as it was.

        Raises
        ------
        AnnotationError, SchemaError
            When the change is malformed, names parts that do not exist, or leads to something unacceptable.
        """

    def lacking(self, value: Any) -> str | None:  # noqa: ARG002 - what most task types say of any value
        """Say what must be done before a value can be handed in, None when nothing must."""
        return None

    @abstractmethod
    def difference(self, before: Any, after: Any) -> Any:
        """Give the change that leads from one value to another, None when they are equal."""

    @abstractmethod
    def annotation(self, value: Any) -> Any:
        """Give the annotation that a value stands for."""

    def bare(self, annotation: Any) -> Any:
        """Give what an annotation says of the item's parts, without what a task around the task adds."""
        return annotation

    @abstractmethod
    def encode(self, annotation: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Write an annotation as Ground Truth does: the label attribute's value and its metadata."""

    @abstractmethod
    def decode(self, label: Any, metadata: Mapping[str, Any] | None) -> Any:
        """Read an annotation from a label attribute; lenient, since foreign files vary.

        Raises
        ------
        AnnotationError
            When nothing can be made of it.
        """

    def class_map(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:  # noqa: ARG002 - a label may say it itself
        """Tell which class an index in a label means, as whoever wrote it saw it: the ``class-map`` of its metadata."""
        found = (metadata or {}).get("class-map")
        if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
            return {}
        return dict(found)

    def align(self, annotation: Any, text: str) -> tuple[Any, str | None]:  # noqa: ARG002 - what most task types say
        """Bring an annotation that was read from a label in line with the text that it is about.

        Returns
        -------
        annotation, unit
            The annotation in code points, and the unit that it came in: ``"code points"`` or ``"UTF-16"`` where only one of them fits the text,
            ``"unclear"`` where both do and differ, ``"neither"``, or None where there is no difference.
        """
        return annotation, None

    def restore(self, annotation: Any) -> Any:
        """Make the value for an annotation that was read from a label.

        More lenient than `begin`: what a manifest holds may be corrected by the person who labels and must not get lost, even when this task does not
        have its classes.

        Raises
        ------
        AnnotationError
            When it cannot be worked on.
        """
        return self.begin(annotation, Media())

    def preset(self, label: Any, metadata: Mapping[str, Any] | None, text: Callable[[], str]) -> Any:
        """Make the value that work begins with of a label of the attribute `of`.

        Parameters
        ----------
        label, metadata : object
            As they stand in the manifest.
        text : callable
            Gives the text that the label is about; only for tasks that label texts.

        Raises
        ------
        NblabelError
            When it cannot be worked on, or when the text cannot be read.
        """
        annotation = self.decode(label, metadata)
        if self.media == "text":
            annotation, unit = self.align(annotation, text())
            if unit == "neither":
                raise AnnotationError("there are offsets beyond the text")
        return self.restore(annotation)

    def preset_classes(self, label: Any, metadata: Mapping[str, Any] | None) -> dict[str, str]:
        """Tell which class an index in a label of the attribute `of` means, as far as what is made of it is to have the same indices."""
        return self.class_map(label, metadata)

    def presets_alike(self, one: Any, other: Any) -> bool:
        """Tell whether two values that `preset` made mean the same."""
        return self.same(self.annotation(one), self.annotation(other))

    def over(self, preset: Any, value: Any) -> Any:  # noqa: ARG002 - a value that shows more than what a person says
        """Give a value that `restore` made of a label with what `preset` has beside it."""
        return value

    def adjusted(self, laid: Any, value: Any) -> bool | None:
        """Tell whether a value differs from the one that was `laid` before the person, None where nothing is to be adjusted."""
        if self.of is None:
            return None
        return laid is None or (laid != value and not self.same(self.annotation(laid), self.annotation(value)))

    def resolve(self, value: Any, read: Callable[[str], bytes], media: Media) -> Any:  # noqa: ARG002
        """Give a value with all that it only refers to so far.

        Parameters
        ----------
        value : object
            A value, as `restore` made it.
        read : callable
            Reads a file that the item's label refers to.
        media : Media
            The item's media.

        Raises
        ------
        AnnotationError, MediaError, StorageError
            When the file cannot be read or does not fit the item.
        """
        return value

    def write(self, value: Any, context: Context) -> tuple[Any, dict[str, Any]]:
        """Write a value as Ground Truth does: `encode` of its annotation."""
        return self.encode(self.annotation(value), context)

    def file(self, value: Any) -> Callable[[], bytes] | None:  # noqa: ARG002
        """Give what makes the file that the label of a value refers to; None when there is none to write."""
        return None

    def depict(self, value: Any, shown: Image.Image | str, media: Media) -> Depiction:  # noqa: ARG002 - what is true of any value
        """Show a value where no front end runs.

        Parameters
        ----------
        value : object
            A value with all that it refers to.
        shown : PIL image or str
            The item: an RGB image that may be smaller than the stored one, or the text.
        media : Media
            What is known of the item as stored.
        """
        return Depiction(runs=[Run(shown)]) if isinstance(shown, str) else Depiction(image=shown)

    def color_of(self, name: str) -> str:
        """Give the colour of a class, gray for one that this task does not have."""
        return next((view.color for view in self.label_views() if view.name == name), UNKNOWN_COLOR)

    def same(self, one: Any, other: Any) -> bool:
        """Tell whether two annotations mean the same."""
        return bool(one == other)

    def answer_content(self, annotation: Any, media: Media) -> dict[str, Any]:
        """Write an annotation as a worker's answer in Ground Truth's worker-response files: by the name of the crowd element that asks for it.

        Task types that Ground Truth has no element for are written as ``{<task type>: {"annotation": ...}}``.
        """
        return {self.type: {"annotation": annotation, "mediaProperties": {"width": media.width, "height": media.height}}}

    def read_answer(self, content: Mapping[str, Any]) -> Any:
        """Read what `answer_content` wrote, or a worker's answer of Ground Truth.

        Raises
        ------
        AnnotationError
            When nothing can be made of it.
        """
        found = content.get(self.type)
        if not isinstance(found, Mapping) or "annotation" not in found:
            raise AnnotationError(f"expected an answer under {self.type!r}, got {sorted(content)}")
        return found["annotation"]

    def answer_classes(self, content: Mapping[str, Any]) -> list[str]:
        """List the classes in a worker's answer, which this task need not have.

        Raises
        ------
        AnnotationError
            When nothing can be made of it.
        """
        annotation = self.read_answer(content)
        parts = [annotation] if isinstance(annotation, str) else annotation or []
        return [part["label"] if isinstance(part, Mapping) else part for part in parts]

    def consolidate(self, answers: Answers, method: str) -> Consolidation:  # noqa: ARG002 - a task type that can, does
        """Make one annotation an item of what several workers said; see `nblabel.consolidate`.

        Raises
        ------
        TaskError
            When this task type cannot.
        """
        raise TaskError(f"{type(self).__name__} does not say how annotations of several workers become one; pass a function as method=")

    def agreement(self, answers: Answers) -> pd.DataFrame:  # noqa: ARG002 - as above
        """Measure how far workers agree; see `nblabel.agreement`.

        Returns
        -------
        DataFrame
            Columns measure, label (None: all), alpha (NaN where it is undefined).

        Raises
        ------
        TaskError
            When this task type cannot.
        """
        raise TaskError(f"{type(self).__name__} does not say what agreement is")

    @abstractmethod
    def tidy(self, annotation: Any) -> pd.DataFrame:
        """Give one row for each part of an annotation (box, class, span, ...), with its class in the column ``label``.

        An annotation that is a list has one row an element, so that the annotations of many items can be given as one list.
        """
