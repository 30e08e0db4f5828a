"""What a front end may ask of a session: the methods of `nblabel.wire`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nblabel import schema
from nblabel.errors import NblabelError, SessionError
from nblabel.session.examples import read_example
from nblabel.wire import ErrorView, Example, ExampleParams, MoveParams, Nothing, OpenParams, Operation, Request, SegmentParams, Tiles, TilesParams

if TYPE_CHECKING:
    from nblabel.session.session import Session

__all__ = ["handle", "reply"]

_log = logging.getLogger(__name__)

MOST_TILES = 100
"""Items that are looked at in small at once, at most."""

Buffers = Sequence[bytes]


def reply(session: Session, message: Any) -> tuple[dict[str, Any], Buffers]:
    """Answer a request; see `Session.reply`."""
    number = message.get("id") if isinstance(message, dict) else None
    try:
        request = schema.load(message, Request)
        result, parts = handle(session, request.method, request.params, request.origin)
        return {"id": number, "result": schema.dump(result)}, parts
    except NblabelError as error:
        view = ErrorView(code=error.code, message=str(error), path=error.path)
    except Exception as error:  # noqa: BLE001 - a front end is always answered
        _log.exception("a request of the front end failed: %.200r", message)
        text = f"Something went wrong inside nblabel ({type(error).__name__}: {error}). What was saved before is safe; the kernel's log has details."
        view = ErrorView(code="internal", message=text)
    return {"id": number, "error": schema.dump(view)}, ()


def handle(session: Session, method: str, params: Any, origin: str | None) -> tuple[Any, Buffers]:
    """Do what a front end asks for; see `Session.handle`."""
    if method not in _METHODS:
        raise SessionError(f"method {method!r} is unknown; there are {sorted(_METHODS)}; reload the page, or update nblabel")
    form, handler = _METHODS[method]
    return handler(session, schema.load({} if params is None else params, form), origin)


def _open(session: Session, params: OpenParams, _: str | None) -> tuple[Any, Buffers]:
    view, data = session.view(params.index)
    return view, () if data is None else (data,)


def _glance(session: Session, params: OpenParams, _: str | None) -> tuple[Any, Buffers]:
    view, data = session.glance(params.index)
    return view, () if data is None else (data,)


def _media(session: Session, params: OpenParams, _: str | None) -> tuple[Any, Buffers]:
    view, data = session.whole(params.index)
    return view, () if data is None else (data,)


def _tiles(session: Session, params: TilesParams, _: str | None) -> tuple[Any, Buffers]:
    shown = [session.tile(index) for index in params.indices[:MOST_TILES]]
    return Tiles(items=[view for view, _ in shown]), [data for _, data in shown if data is not None]


def _move(session: Session, params: MoveParams, origin: str | None) -> tuple[Any, Buffers]:
    return session.move(params.index, origin=origin), ()


def _more(session: Session, _: Nothing, __: str | None) -> tuple[Any, Buffers]:
    return session.more(), ()


def _commit(session: Session, operation: Operation, origin: str | None) -> tuple[Any, Buffers]:
    return session.commit(operation, origin=origin), ()


def _undo(session: Session, _: Nothing, origin: str | None) -> tuple[Any, Buffers]:
    return session.undo(origin=origin), ()


def _redo(session: Session, _: Nothing, origin: str | None) -> tuple[Any, Buffers]:
    return session.redo(origin=origin), ()


def _segment(session: Session, params: SegmentParams, _: str | None) -> tuple[Any, Buffers]:
    session.segment(params)
    return Nothing(), ()


def _drop(session: Session, params: Nothing, _: str | None) -> tuple[Any, Buffers]:
    session.drop()
    return params, ()


def _example(session: Session, params: ExampleParams, _: str | None) -> tuple[Any, Buffers]:
    picture = read_example(session.task.instructions, params.place)
    return Example(mime=picture.mime), (picture.data,)


def _listen(session: Session, params: Nothing, _: str | None) -> tuple[Any, Buffers]:
    session.retell()
    return params, ()


def _leave(session: Session, params: Nothing, _: str | None) -> tuple[Any, Buffers]:
    session.leave()
    return params, ()


_METHODS: dict[str, tuple[type, Callable[[Session, Any, str | None], tuple[Any, Buffers]]]] = {
    "open": (OpenParams, _open),
    "glance": (OpenParams, _glance),
    "media": (OpenParams, _media),
    "tiles": (TilesParams, _tiles),
    "move": (MoveParams, _move),
    "more": (Nothing, _more),
    "commit": (Operation, _commit),
    "undo": (Nothing, _undo),
    "redo": (Nothing, _redo),
    "segment": (SegmentParams, _segment),
    "drop": (Nothing, _drop),
    "example": (ExampleParams, _example),
    "listen": (Nothing, _listen),
    "leave": (Nothing, _leave),
}
