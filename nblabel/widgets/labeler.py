"""The labeling widget."""

from __future__ import annotations

import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

import anywidget
import traitlets

from nblabel import schema
from nblabel.errors import AnnotationError, MediaError, SessionError, StorageError, StoreError
from nblabel.session.snapshot import Snapshot, take_snapshot
from nblabel.widgets.home_thread import HomeThread, shell
from nblabel.wire import Notice, Progress, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from nblabel.binding import Row
    from nblabel.keys import Keys
    from nblabel.session import Session
    from nblabel.store import Store

__all__ = ["Labeler", "Submission"]


_FOLLOW_SECONDS = 2.0
"""How often an idle kernel looks for what other notebooks did in the same job."""

_COPY_SECONDS = 30.0
"""How often at most the copy of a store is renewed that is not kept beside the work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What was handed in.

    Attributes
    ----------
    index : int
        The item's place in the widget.
    source : str
        What was labeled.
    annotation : object
        What the person meant, as ``w.value`` gives it.
    label, metadata : object
        The same as Ground Truth writes it.
    """

    index: int
    source: str
    annotation: Any
    label: Any
    metadata: Any


class Bound(Protocol):
    """What a labeler is bound to: a `nblabel.binding.Binding`, or a worker's answers."""

    attribute: str

    @property
    def frame(self) -> pd.DataFrame:
        """The rows."""

    def what(self, index: int) -> str:
        """Tell what is labeled."""

    def write(self, index: int) -> Row | None:
        """Write an item's row."""

    def by_place(self, annotations: Any) -> Mapping[int, Any]:
        """Give annotations by the place of their item."""


class _Gone:
    """Stands where a closed labeler had what it worked on."""

    def __getattr__(self, name: str) -> NoReturn:
        raise StoreError("this labeler was closed when a newer one of the same job was made; use that one, or call nl.label again: nothing is lost")


def current_cell() -> int | None:
    """Give the number of the cell that is running, None outside IPython."""
    running = shell()
    return None if running is None else int(running.execution_count)


def _opening(_: Any, labeler: Labeler) -> dict[str, Any]:
    """Describe the present state to a page that opens: made when it is sent, so that a page that is reloaded shows the current item."""
    return labeler.opening()


# In a row of widgets, what the others leave: by itself the interface asks for no width.
_ROOM = {"flex": "1 1 0%", "min_width": "min(320px, 100%)"}


class Labeler(anywidget.AnyWidget):
    """Labels the items of a DataFrame; made by `nblabel.label`.

    End a cell with it to show it. Everything that a person can do in it can be done from Python, and the other way round.

    Attributes
    ----------
    value : object
        The current item's annotation; setting it is one gesture, which every view shows at once and which can be undone.
    index : int
        The current item; setting it goes there.
    progress : Progress
        How many items there are, and how many were submitted and skipped.

    Notes
    -----
    `value`, `index` and `progress` can be observed: ``w.observe(fn, "value")``. They, the DataFrame and callbacks change on the thread that runs the
    cells only: at once while it is idle, at the end of a cell that is running, or at `sync` inside it. What Python does is done to the item that
    `index` names, even if the person has moved on since.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _task = traitlets.Dict().tag(sync=True)
    _opening = traitlets.Dict().tag(sync=True, to_json=_opening)

    value = traitlets.Any()
    index = traitlets.Int()
    progress = traitlets.Instance(Progress, read_only=True)

    def __init__(self, module: str, binding: Bound, session: Session, store: Store, keys: Keys) -> None:
        self._binding = binding
        self._session = session
        self._store = store
        self._mirroring = False
        self._mirrored: object = None
        self._news: dict[int, Receipt] = {}
        self._handed_in: set[int] = set()
        self._news_lock = Lock()
        self._callbacks: list[Callable[[Submission], object]] = []
        self._calls: dict[tuple[int, int], tuple[Callable[[Submission], object], Submission]] = {}
        self._told_of_missing_row = False
        self._copied = time.monotonic()
        self._cell = current_cell()
        self._in_use = False
        self._left = False
        self._superseded = False
        self._abandoned = False
        self._home = HomeThread(self._settle)
        session.on_event(self._hear)
        self._settle()
        super().__init__(_esm=module, _task=schema.dump(session.task.view(keys)), layout=_ROOM)
        self.on_msg(self._receive)
        self._home.repeat(_FOLLOW_SECONDS)

    def __repr__(self) -> str:
        if isinstance(self._session, _Gone):
            return f"{type(self).__name__} (closed: a newer one of the same job took its place)"
        progress = self._session.progress
        current = self._session.current
        more = {"edited": self._session.edited, "skipped": progress.skipped}
        rest = "".join(f", {count} {name}" for name, count in more.items() if count)
        return (
            f"{type(self._session.task).__name__} {self._binding.attribute!r}: {progress.submitted} of {progress.total} submitted{rest},"
            f" at item {current + 1} {self._session.name_of(current)}"
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._in_use, self._left = True, False
        data, metadata = cast("tuple[dict[str, Any], dict[str, Any]]", super()._repr_mimebundle_(**options))
        # Where no widget can be shown: in an export, on a page that shows notebooks, in a notebook of somebody else's.
        with suppress(StoreError):
            note = "A picture of what was here when the cell ran; run the cell to label."
            data["text/html"] = take_snapshot(self._session, self._session.current, note=note, quick=True).html
        return data, metadata

    @property
    def session_name(self) -> str:
        """Who labels what: the store, the job and the worker."""
        return self._session.name

    @property
    def source(self) -> str:
        """What the current item shows: a path, a URL or a text."""
        return self._binding.what(self.index)

    @property
    def data(self) -> pd.DataFrame:
        """The DataFrame that is labeled: the very object that was given."""
        return self._binding.frame

    def snapshot(self) -> Snapshot:
        """Depict the current item with its annotation: a picture and a list that stay as they are, in a saved notebook and in its exports.

        Returns
        -------
        Snapshot
            Ends a cell to be shown; `html` and `image` are what it shows.

        Notes
        -----
        An export, and a notebook that is not trusted, show the like in place of the labeler by themselves. A trusted notebook that is opened again
        shows "model not found" in its place until the cell has run: JupyterLab prefers what cannot be shown to what can.
        """
        return take_snapshot(self._session, self._session.current)

    def submit(self) -> None:
        """Hand in the current item, write its row and go to the next unfinished one."""
        self._move_on(self._session.submit(self.index))

    def skip(self) -> None:
        """Pass over the current item and go to the next unfinished one; its row gets no label."""
        self._move_on(self._session.skip(self.index))

    def next(self) -> None:
        """Go to the item after this one; the last one stays."""
        self.index = min(self.index + 1, len(self._session) - 1)

    def previous(self) -> None:
        """Go to the item before this one; the first one stays."""
        self.index = max(self.index - 1, 0)

    def set(self, annotations: Any, *, submit: bool = False) -> None:
        """Give many items annotations, as one step of the history; when one is not acceptable, all stay as they are.

        Parameters
        ----------
        annotations : mapping or DataFrame
            Annotations by the place of their item or by what it is called (its source, or what is in the column that tells rows apart); or a
            DataFrame with that column and a column ``annotation``, or with that column and one row for each part of an annotation, as
            ``df.nblabel.annotations`` gives them.
        submit : bool
            Whether the items are handed in too.

        Raises
        ------
        FrameError
            When an item is unknown, or when a DataFrame has another form.
        AnnotationError
            When an annotation is not acceptable; the message names item and field.
        """
        self._in_use = True
        self._session.set_annotations(self._binding.by_place(annotations), submit=submit)
        self._home.run()

    @property
    def history(self) -> pd.DataFrame:
        """What was done in this job, oldest first: ``time`` (UTC), ``item``, ``operation`` and ``seconds`` spent on it.

        An operation is a change, submit or skip, the accept or reject of suggestions, or the undo or redo of one of them.
        """
        return self._session.history()

    def undo(self) -> None:
        """Take back the newest step, whoever made it, and go to its item.

        A step is a gesture, a submission, the skipping of an item, or what one call from Python did to many items.
        """
        self._in_use = True
        self._session.undo()
        self._home.run()

    def redo(self) -> None:
        """Bring back what was taken back last and go to its item."""
        self._in_use = True
        self._session.redo()
        self._home.run()

    @property
    def suggestions(self) -> pd.DataFrame:
        """What is suggested for the current item: a row for each suggestion, by its id, the surest first.

        ``state`` is waiting, accepted, changed (accepted and changed since) or rejected; ``score`` and ``source`` come with the suggestion; the other
        columns say what is suggested.
        """
        return self._session.suggestion_table(self.index)

    def accept(self, *ids: str, above: float | None = None) -> None:
        """Accept suggestions for the current item that wait, as one step.

        Parameters
        ----------
        *ids : str
            Which ones, by their ids in `suggestions`; all by default.
        above : float, optional
            The least score that is accepted.
        """
        self._answer(ids, above, accept=True)

    def reject(self, *ids: str) -> None:
        """Reject suggestions for the current item that wait, as one step: those named, or all."""
        self._answer(ids, None, accept=False)

    def sync(self) -> None:
        """Bring the DataFrame, `value`, `index` and `progress` up to date inside a cell that is running.

        Also takes in what other notebooks did in the same job.

        Raises
        ------
        SessionError
            When it is called on another thread than the one that made the widget.
        """
        if not self._home.here:
            raise SessionError("sync() writes into the DataFrame, so call it on the thread that made the widget")
        self._in_use = True
        self._settle()

    def on_submit(self, callback: Callable[[Submission], object]) -> None:
        """Call a function after each submission, once its row is written.

        Parameters
        ----------
        callback : callable
            Gets a `Submission`. An exception in it is shown and stops nothing.
        """
        self._in_use = True
        self._callbacks.append(callback)

    def close(self) -> None:
        """Take the widget away; what was done stays in the store."""
        super().close()
        if hasattr(self, "_home"):
            self._home.leave()
            if not isinstance(self._session, _Gone):
                self._session.close()
                with suppress(StoreError):
                    self._store.keep_copy()
            self._store.close()

    def supersede(self) -> None:
        """Make room for a newer labeler of the same job.

        What is on show goes on working, without media kept ready. One that nobody looks at is closed: its page told that it left, or it was made in
        an earlier cell and neither shown nor used since.
        """
        self._superseded = True
        self._session.forget_media()
        self._abandoned = self._left or not (self._in_use or self._cell == current_cell())
        if self._abandoned:
            self._home.run()

    # From the front end

    def opening(self) -> dict[str, Any]:
        """Give the state in which a page opens; media as bytes."""
        view, media = self._session.view(self._session.current)
        return {
            "item": schema.dump(view),
            "media": media,
            "progress": schema.dump(self._session.progress),
            "session": self._session.name,
            "notice": None if self._store.note is None else schema.dump(Notice(level="warning", message=self._store.note)),
        }

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        self._in_use, self._left = True, False
        reply, parts = self._session.reply(content)
        self.send(reply, buffers=list(parts))
        self._home.run()

    def _hear(self, event: str, params: Any) -> None:
        if event == "left":
            self._left, self._abandoned = True, self._superseded
        elif event == "submitted":
            self._handed_in.add(params.sequence)
        else:
            if isinstance(params, Receipt) and params.operation.kind != "change":
                with self._news_lock:
                    self._news[params.sequence] = params
            self.send({"event": event, "params": schema.dump(params)})

    # On the home thread

    @traitlets.validate("value")
    def _set_value(self, proposal: Any) -> Any:
        if self._mirroring:
            return proposal["value"]
        self._in_use = True
        self._session.set_annotation(self.index, proposal["value"])
        self._mirrored = self._stamp()
        return self._session.annotation(self.index)

    @traitlets.validate("index")
    def _set_index(self, proposal: Any) -> Any:
        if not self._mirroring:
            self._in_use = True
            self._session.move(proposal["value"])
            self._home.run()
        return proposal["value"]

    def _answer(self, ids: Sequence[str], above: float | None, *, accept: bool) -> None:
        self._in_use = True
        self._session.answer(self.index, ids or None, above=above, accept=accept)
        self._home.run()

    def _move_on(self, receipt: Receipt) -> None:
        self._in_use = True
        if receipt.next is not None:
            self._session.move(receipt.next)
        self._home.run()

    def _settle(self) -> None:
        """Bring frame and traits in line with the store, then tell the user's callbacks.

        What waits is taken off only once it is done, so that an interrupt leaves the rest for the next time.
        """
        if isinstance(self._session, _Gone):
            return
        self._session.refresh()
        if self._news and time.monotonic() - self._copied > _COPY_SECONDS:
            self._copied = time.monotonic()
            self._store.keep_copy()
        while (receipt := self._oldest_news()) is not None:
            row = self._write(receipt.index)
            if row is not None:
                self._apply(receipt, row)
            with self._news_lock:
                del self._news[receipt.sequence]
            self._handed_in.discard(receipt.sequence)
        self._mirror()
        while self._calls:
            callback, submission = self._calls.pop(next(iter(self._calls)))
            with self._shown(f"A function given to on_submit failed ({getattr(callback, '__name__', callback)})"):
                callback(submission)
        if self._abandoned:
            self._let_go()

    def _oldest_news(self) -> Receipt | None:
        with self._news_lock:
            return next(iter(self._news.values()), None)

    def _write(self, index: int) -> Row | None:
        with self._shown("The label is saved, but it could not be written into the DataFrame"):
            return self._binding.write(index)
        return None

    def _apply(self, receipt: Receipt, row: Row) -> None:
        """Tell of a row that was written."""
        if receipt.operation.kind == "submit" and receipt.sequence in self._handed_in:
            submission = self._submission(receipt.index, row)
            for number, callback in enumerate(self._callbacks):
                self._calls[receipt.sequence, number] = callback, submission
        if not row.found and not self._told_of_missing_row:
            self._told_of_missing_row = True
            message = (
                f"{self._session.name_of(receipt.index)}: saved, but its row is no longer in the DataFrame;"
                f" df.nblabel.join({self._binding.attribute!r}) brings it into any frame that has it"
            )
            self._session.notify(Notice(level="warning", message=message))

    def _submission(self, index: int, row: Row) -> Submission:
        annotation = self._session.annotation(index)
        return Submission(index=index, source=self._binding.what(index), annotation=annotation, label=row.label, metadata=row.metadata)

    def _let_go(self) -> None:
        """Close for good and keep nothing alive: neither the DataFrame nor anything of the user's."""
        self.close()
        self._binding = cast("Bound", _Gone())
        self._session = cast("Session", _Gone())
        self._callbacks.clear()
        self.unobserve_all()

    def _mirror(self) -> None:
        """Show the session's state in the traits."""
        current, stamp = self._session.current, self._stamp()
        state: dict[str, Any] = {"index": current, "progress": self._session.progress}
        if stamp != self._mirrored:
            state["value"] = self._annotation(current)
            self._mirrored = stamp
        for name, present in state.items():
            before, self._mirroring = self._mirroring, True
            try:
                with self._shown(f"A function that observes {name!r} failed"):
                    self.set_trait(name, present)
            finally:
                self._mirroring = before

    def _stamp(self) -> object:
        return self._session.current, self._session.stamp(self._session.current)

    def _annotation(self, index: int) -> Any:
        """Give an item's annotation; None when it refers to a file that cannot be read, of which the labeler tells."""
        try:
            return self._session.annotation(index)
        except (AnnotationError, MediaError, StorageError):
            return None

    @contextmanager
    def _shown(self, what: str) -> Iterator[None]:
        """Show an exception, to the person who labels and to the one who programs, and go on."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever a user's function raises
            self._session.notify(Notice(level="error", message=f"{what}: {type(error).__name__}: {error}"))
            running = shell()
            if running is not None:
                running.showtraceback((type(error), error, error.__traceback__))
            else:
                traceback.print_exception(error)
