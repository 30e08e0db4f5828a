"""The labeling widget."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from nblabel import schema
from nblabel.errors import SessionError
from nblabel.widgets.home_thread import HomeThread, shell
from nblabel.wire import Notice, Progress, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from nblabel.binding import Binding
    from nblabel.session import Session
    from nblabel.store import Store

__all__ = ["Labeler", "Submission"]


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


def _opening(_: Any, labeler: Labeler) -> dict[str, Any]:
    """Describe the present state to a page that opens: made when it is sent, so that a page that is reloaded shows the current item."""
    return labeler.opening()


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
    cells only: at once while it is idle, at the end of a cell that is running, or at `sync` inside it.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _task = traitlets.Dict().tag(sync=True)
    _opening = traitlets.Dict().tag(sync=True, to_json=_opening)

    value = traitlets.Any()
    index = traitlets.Int()
    progress = traitlets.Instance(Progress, read_only=True)

    def __init__(self, module: str, binding: Binding, session: Session, store: Store) -> None:
        self._binding = binding
        self._session = session
        self._store = store
        self._mirroring = False
        self._news: list[Receipt] = []
        self._news_lock = Lock()
        self._submitted: list[Callable[[Submission], object]] = []
        self._home = HomeThread(self._settle)
        self._mirror()
        session.on_event(self._hear)
        super().__init__(_esm=module, _task=schema.dump(session.task.view()))
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        progress = self._session.progress
        current = self._session.current
        skipped = f", {progress.skipped} skipped" if progress.skipped else ""
        return (
            f"{type(self._session.task).__name__} {self._binding.attribute!r}: {progress.submitted} of {progress.total} submitted{skipped},"
            f" at item {current + 1} {self._session.name_of(current)}"
        )

    @property
    def data(self) -> pd.DataFrame:
        """The DataFrame that is labeled: the very object that was given."""
        return self._binding.frame

    def submit(self) -> None:
        """Hand in the current item, write its row and go to the next unfinished one."""
        self._leave(self._session.submit())

    def skip(self) -> None:
        """Pass over the current item and go to the next unfinished one; its row gets no label."""
        self._leave(self._session.skip())

    def next(self) -> None:
        """Go to the item after this one; the last one stays."""
        self.index = min(self._session.current + 1, len(self._session) - 1)

    def previous(self) -> None:
        """Go to the item before this one; the first one stays."""
        self.index = max(self._session.current - 1, 0)

    def undo(self) -> None:
        """Take back the newest change, whoever made it, and go to its item."""
        self._session.undo()
        self._home.run()

    def redo(self) -> None:
        """Bring back what was undone last and go to its item."""
        self._session.redo()
        self._home.run()

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
        self._settle()

    def on_submit(self, callback: Callable[[Submission], object]) -> None:
        """Call a function after each submission, once its row is written.

        Parameters
        ----------
        callback : callable
            Gets a `Submission`. An exception in it is shown and stops nothing.
        """
        self._submitted.append(callback)

    def close(self) -> None:
        """Take the widget away; what was done stays in the store."""
        super().close()
        if hasattr(self, "_home"):
            self._home.leave()
            self._store.close()

    # From the front end

    def opening(self) -> dict[str, Any]:
        """Give the state in which a page opens; media as bytes."""
        view, media = self._session.view(self._session.current)
        return {
            "item": schema.dump(view),
            "media": media,
            "progress": schema.dump(self._session.progress),
            "session": self._session.name,
        }

    def _receive(self, _: Any, content: Any, buffers: list[Any]) -> None:
        reply, parts = self._session.reply(content, buffers)
        self.send(reply, buffers=list(parts))
        self._home.run()

    def _hear(self, event: str, params: Any) -> None:
        self.send({"event": event, "params": schema.dump(params)})
        if isinstance(params, Receipt) and params.operation.kind != "change":
            with self._news_lock:
                self._news.append(params)

    # On the home thread

    @traitlets.validate("value")
    def _set_value(self, proposal: Any) -> Any:
        if self._mirroring:
            return proposal["value"]
        current = self._session.current
        self._session.set_annotation(current, proposal["value"])
        self._home.run()
        return self._session.annotation(current)

    @traitlets.validate("index")
    def _set_index(self, proposal: Any) -> Any:
        if not self._mirroring:
            self._session.move(proposal["value"])
            self._home.run()
        return proposal["value"]

    def _leave(self, receipt: Receipt) -> None:
        if receipt.next is not None:
            self._session.move(receipt.next)
        self._home.run()

    def _settle(self) -> None:
        """Bring frame and traits in line with the store, then tell the user's callbacks."""
        with self._news_lock:
            news, self._news = self._news, []
        for index in self._session.refresh():
            self._write(index)
        submissions = []
        for receipt in news:
            cells = self._write(receipt.index)
            if receipt.operation.kind == "submit" and cells is not None:
                submissions.append(self._submission(receipt.index, cells))
        self._mirror()
        for submission in submissions:
            for callback in self._submitted:
                with self._shown(f"A function given to on_submit failed ({getattr(callback, '__name__', callback)})"):
                    callback(submission)

    def _write(self, index: int) -> Sequence[Any] | None:
        with self._shown("The label is saved, but it could not be written into the DataFrame"):
            return self._binding.write(index)
        return None

    def _submission(self, index: int, cells: Sequence[Any]) -> Submission:
        annotation = self._session.annotation(index)
        return Submission(index=index, source=self._session.name_of(index), annotation=annotation, label=cells[0], metadata=cells[1])

    def _mirror(self) -> None:
        """Show the session's state in the traits."""
        current = self._session.current
        for name, present in (("index", current), ("progress", self._session.progress), ("value", self._session.annotation(current))):
            before, self._mirroring = self._mirroring, True
            try:
                with self._shown(f"A function that observes {name!r} failed"):
                    self.set_trait(name, present)
            finally:
                self._mirroring = before

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
