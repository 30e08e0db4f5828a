"""The rows of a DataFrame as items of a job, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nblabel.binding.columns import LabelColumns
from nblabel.binding.identity import Places, source_column, texts
from nblabel.errors import FrameError
from nblabel.manifest import folders
from nblabel.manifest.attributes import check_attribute_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from nblabel.tasks import Task

__all__ = ["ItemRows", "check_attribute", "item_rows"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRows:
    """What the rows of a frame show, in its order.

    Attributes
    ----------
    identity : str
        The column that tells rows apart.
    identities : list of tuple
        The text of each there, and how many rows of the same text come before it.
    sources : list of str
        What each shows: a path, a URL or a text.
    folders : sequence of str or None
        The folder that its references start from.
    inline : bool
        Whether sources are the texts themselves, and not where they are.
    """

    identity: str
    identities: list[tuple[str, int]]
    sources: list[str]
    folders: Sequence[str | None]
    inline: bool


def item_rows(frame: pd.DataFrame, attribute: str, task: Task, *, source: str | None = None, key: str | None = None) -> ItemRows:
    """Read the rows of a frame that are to be labeled.

    Raises
    ------
    FrameError
        When the frame does not say what is labeled, or when the attribute does not suit it.
    """
    check_attribute(attribute, task)
    column = source_column(frame, source)
    identity = key or column
    if attribute in {column, identity}:
        raise FrameError(f"attribute {attribute!r} is the column that says what is labeled; labels need a column of their own")
    LabelColumns(frame, attribute).check()
    places = Places(frame, identity)
    return ItemRows(
        identity=identity,
        identities=list(places.rows),
        sources=places.texts if identity == column else texts(frame, column),
        folders=list(folders(frame)),
        inline=task.media == "text" and not column.endswith("-ref"),
    )


def check_attribute(attribute: str, task: Task) -> None:
    """Refuse a label attribute that Ground Truth would refuse for such a task.

    Raises
    ------
    FrameError
        It says which name would do.
    """
    check_attribute_name(attribute)
    if task.reference and not attribute.endswith("-ref"):
        raise FrameError(
            f"attribute {attribute!r}: labels of {type(task).__name__} are files, so its name must end in '-ref'; use {attribute + '-ref'!r}"
        )
    if not task.reference and attribute.endswith("-ref"):
        near = attribute.removesuffix("-ref")
        raise FrameError(
            f"attribute {attribute!r}: only labels that are files may end in '-ref', those of {type(task).__name__} are not; use {near!r}"
        )
