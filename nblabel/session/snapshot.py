"""A picture of an item and its annotation that stays where it is put: in a saved notebook, in an HTML export."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from nblabel.depiction import LONGEST_SIDE, Depiction, to_html
from nblabel.media import shrink
from nblabel.tasks.base import Media

if TYPE_CHECKING:
    from nblabel.session.session import Session
    from nblabel.tasks import Task
    from nblabel.wire import ItemView

__all__ = ["Snapshot", "take_snapshot"]

LONGEST_TITLE = 80
# What is decoded for nobody who asked; a JPEG file is decoded in small.
_QUICK_PIXELS = 4_000_000

_log = logging.getLogger(__name__)


class Snapshot:
    """An item with its annotation, as it was at one moment; ends a cell to be shown.

    Attributes
    ----------
    image : PIL image or None
        The item, at most 640 pixels wide and high, with what is labeled drawn into it; None for a text, and for what cannot be shown.
    html : str
        The same with its list of labels, as HTML that stands alone and runs nothing.
    """

    def __init__(self, html: str, image: Image.Image | None, text: str) -> None:
        self.html = html
        self.image = image
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self.html

    def _repr_jpeg_(self) -> bytes | None:
        if self.image is None:
            return None
        file = io.BytesIO()
        self.image.save(file, "JPEG", quality=85)
        return file.getvalue()


def take_snapshot(session: Session, index: int, *, note: str = "", quick: bool = False) -> Snapshot:
    """Depict an item of a session and its annotation as they are now.

    Parameters
    ----------
    session : Session
        The session.
    index : int
        The item.
    note : str
        A sentence below it.
    quick : bool
        Whether a large image that takes long to decode is left out, and its labels are drawn on gray.
    """
    view, data = session.view(index)
    depiction, trouble = _depict(session.task, view, data, quick=quick)
    progress = session.progress
    state = "changed since it was submitted" if view.edited else view.state
    facts = [
        session.task.title,
        f"item {index + 1:,} of {progress.total:,}",
        state,
        f"{progress.submitted:,} submitted",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ]
    said = " ".join(sentence for sentence in (trouble or view.error, note) if sentence)
    listed = ", ".join(f"{entry.label} {entry.detail}".strip() for entry in depiction.entries) or "no labels"
    title = view.name if len(view.name) <= LONGEST_TITLE else f"{view.name[:LONGEST_TITLE]}…"
    html = to_html(depiction, title=title, facts=facts, note=said)
    return Snapshot(html, depiction.image, f"{title}: {', '.join(facts)}; {listed}")


def _depict(task: Task, view: ItemView, data: bytes | None, *, quick: bool) -> tuple[Depiction, str | None]:
    if data is None:
        return Depiction(), None
    media = Media(width=view.width, height=view.height)
    try:
        if task.media == "text":
            return task.depict(view.value, data.decode("utf-8"), media), None
        width, height = view.width or 1, view.height or 1
        if quick and view.mime != "image/jpeg" and width * height > _QUICK_PIXELS:
            scale = LONGEST_SIDE / max(width, height)
            ground = Image.new("RGB", (max(round(width * scale), 1), max(round(height * scale), 1)), "#d0d0d0")
            return task.depict(view.value, ground, media), "The image is large and was left out; w.snapshot() has it."
        return task.depict(view.value, shrink(data, LONGEST_SIDE), media), None
    except Exception as error:  # noqa: BLE001 - an item that cannot be depicted must not keep its labeler from being shown
        _log.exception("%s cannot be depicted", view.name)
        return Depiction(), f"It cannot be depicted ({type(error).__name__}: {error})."
