"""What a front end and a `Session` say to each other, whatever carries it (a kernel message, HTTP, a form).

A request is ``{"id", "method", "params"}`` and is always answered, by ``{"id", "result"}`` or ``{"id", "error"}``; an answer may carry binary parts.
What happens elsewhere (another view, Python) reaches a front end as ``{"event", "params"}``.

======== =========================== ======================= ==============================================================
method   params                      result                  meaning
======== =========================== ======================= ==============================================================
open     `OpenParams`                `ItemView` + media      look at an item; moves nothing, so it serves to fetch ahead
glance   `OpenParams`                `ItemView` + media      the same at once, a large image in small (``preview``)
media    `OpenParams`                `MediaView` + media     the whole of what was seen in small
tiles    `TilesParams`               `Tiles` + media         look at several items in small; moves nothing
move     `MoveParams`                `Position`              make an item the current one
commit   `Operation`                 `Receipt`               make one finished gesture durable; safe to repeat
undo     `Nothing`                   `Receipt` or null       take back the newest gesture that the store knows
redo     `Nothing`                   `Receipt` or null       bring back what was undone last
segment  `SegmentParams`             `Nothing`               look for the mask of an object; `Proposal` events tell of it
drop     `Nothing`                   `Nothing`               let go of what is being looked for
example  `ExampleParams`             `Example` + media       look at an example image of the instructions
leave    `Nothing`                   `Nothing`               the last view of this page was taken away, and nothing waits in it
======== =========================== ======================= ==============================================================

========== ============ ==========================================================
event      params       meaning
========== ============ ==========================================================
operation  `Receipt`    an operation was made durable (its own sender gets it too)
moved      `Position`   another item became the current one
suggested  `Suggested`  suggestions for an item are there
notice     `Notice`     something a person must read
proposal   `Proposal`   how far the search for a mask has come, or what it found
========== ============ ==========================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "WIRE_TYPES",
    "ErrorView",
    "Example",
    "ExampleParams",
    "Examples",
    "ItemView",
    "LabelView",
    "Markup",
    "MediaView",
    "MoveParams",
    "Nothing",
    "Notice",
    "OpenParams",
    "Operation",
    "Position",
    "Progress",
    "Proposal",
    "Receipt",
    "Request",
    "Role",
    "SegmentParams",
    "State",
    "Suggested",
    "Suggestion",
    "TaskView",
    "Tiles",
    "TilesParams",
]

State = Literal["unlabeled", "draft", "submitted", "skipped"]
"""Where an item stands: untouched, begun, handed in, or passed over."""

Role = Literal["do", "undo", "redo"]
"""What an operation is in the history: something new, the taking back of something, or the taking back of that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelView:
    """A class as the palette shows it."""

    name: str
    color: str
    key: str | None = None
    short_name: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Markup:
    """A piece of formatted text: a text, or an element with its parts; `href` is where a link leads."""

    tag: str = "text"
    text: str = ""
    href: str | None = None
    children: list[Markup] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Examples:
    """How many images show what is right and what is wrong; `example` asks for one, the good ones first."""

    good: int = 0
    bad: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    """A task as a front end needs it; `instructions` stay in sight, `details` are shown on demand, `settings` are the task type's own.

    `keys` are the keys of every action that is not a label's, none of them twice; see `nblabel.keys`.
    """

    type: str
    title: str
    labels: list[LabelView]
    instructions: str
    details: list[Markup] = field(default_factory=list)
    examples: Examples = field(default_factory=Examples)
    settings: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a labeling job has come, counted in items; `ahead` are those that may still be given to who labels, beside the total."""

    total: int
    submitted: int
    skipped: int
    ahead: int = 0

    @property
    def remaining(self) -> int:
        """Items neither submitted nor skipped."""
        return self.total - self.submitted - self.skipped


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A part of an annotation that is proposed to the person who labels, to be accepted, changed or rejected.

    `part` is a part of the task's working value, under the suggestion's own `id`: a part of the value with that id came from it. `score` is what its
    maker says, higher is surer. `source` names the maker.
    """

    id: str
    part: Any
    score: float | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemView:
    """One item as a front end shows it; the media's bytes travel beside it.

    `id` is the store's and never changes; `index` is the item's place in this session. `value` is the task's working value. `edited` means that a
    submitted item has changes that were not submitted again. `next` is the first unfinished item after this one, this one left out, so that a front
    end can move on without waiting. `error` says why the media cannot be shown. Sizes are pixels of the stored image, also where `preview` says that
    the media beside it are that image in small. Of the `suggestions` those whose ids are in `answered` were accepted or rejected; the others wait.
    `latest` is the id of the newest operation on the item.
    """

    id: int
    index: int
    name: str
    state: State
    edited: bool
    value: Any
    next: int | None = None
    mime: str | None = None
    width: int | None = None
    height: int | None = None
    preview: bool = False
    error: str | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    latest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggested:
    """The suggestions that an item has now, those that were answered before included."""

    item: int
    index: int
    suggestions: list[Suggestion]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One finished gesture, named by whoever made it so that repeating it does nothing.

    `change` is the task's own change set (kind ``change`` only), null when the value stays as it is. `undoes` names the operation, of the same kind,
    that this one takes back; redo is the undoing of an undo. `seconds` is the time spent on the item since the operation before. `answers` are the
    suggestions that it accepts, so that parts of the change have their ids, or rejects; `reopens` names those that wait again. They travel as a
    whole, so that the operation means the same after a restart. `batch` is what operations have in common that are one step of the history. `basis`
    is the id of the newest operation on the item that whoever hands it in has seen, the empty text for none; on another basis it is refused.
    """

    id: str
    item: int
    kind: Literal["change", "submit", "skip"]
    change: Any = None
    undoes: str | None = None
    seconds: float = 0.0
    answers: list[Suggestion] = field(default_factory=list)
    reopens: list[str] = field(default_factory=list)
    batch: str | None = None
    basis: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """An operation that is durable, its number in the job's log, its role in the history, and how things stand after it.

    `origin` names the view that sent it, null when Python did. `next` is the first unfinished item after this one, null when nothing is left.
    """

    operation: Operation
    sequence: int
    role: Role
    index: int
    state: State
    edited: bool
    progress: Progress
    origin: str | None = None
    next: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """The current item's place in this session."""

    index: int
    origin: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenParams:
    """Which item to look at."""

    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaView:
    """The media of an item, which travel beside it, or why they cannot be shown."""

    mime: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TilesParams:
    """Which items to look at in small."""

    indices: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tiles:
    """Items in small; the media of those that have a `mime` travel beside them, in the same order: thumbnails, and beginnings of texts."""

    items: list[ItemView]


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveParams:
    """Which item to go to."""

    index: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentParams:
    """What a person points at in an item; `prompts` are `nblabel.assist.Prompts`, `token` names the question."""

    index: int
    token: str
    prompts: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """The answer to a `SegmentParams` so far; `runs` are those of the whole image, 1 where the object is."""

    index: int
    token: str
    state: Literal["preparing", "working", "ready", "failed"]
    runs: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleParams:
    """Which example image of the instructions to look at."""

    place: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An example image of the instructions; its bytes travel beside it."""

    mime: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Nothing:
    """A method that needs no parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A sentence for the person who labels."""

    level: Literal["info", "warning", "error"]
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorView:
    """Why a request failed; `path` is a JSON Pointer into its params."""

    code: str
    message: str
    path: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """The envelope of everything that a front end asks for; `origin` names the view."""

    id: str
    method: str
    params: Any = None
    origin: str | None = None


WIRE_TYPES: tuple[type, ...] = (
    LabelView,
    Markup,
    Examples,
    TaskView,
    Progress,
    Suggestion,
    ItemView,
    Suggested,
    Operation,
    Receipt,
    Position,
    OpenParams,
    MediaView,
    TilesParams,
    Tiles,
    MoveParams,
    SegmentParams,
    Proposal,
    ExampleParams,
    Example,
    Nothing,
    Notice,
    ErrorView,
    Request,
)
