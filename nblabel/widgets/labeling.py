"""`nblabel.label`: from data and a task to a widget."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import numpy as np
import pandas as pd
from PIL import Image

from nblabel import media
from nblabel.binding import OWNER, Binding
from nblabel.errors import FrameError, MediaError, StoreError, TaskError
from nblabel.keys import Keys, as_keys
from nblabel.session import Session
from nblabel.store import Store
from nblabel.tasks import Task
from nblabel.widgets.labeler import Labeler
from nblabel.widgets.predicting import predictions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nblabel.assist import Segmenter

__all__ = ["front_end", "label", "replace_older", "segmenter_for"]

_labelers: WeakSet[Labeler] = WeakSet()
"""Those that are alive, so that a cell that is run again takes the place of its earlier run; ipywidgets would keep them all."""


def label(
    data: Any,
    task: Task,
    *,
    attribute: str | None = None,
    name: str | None = None,
    store: str | os.PathLike[str] | None = None,
    source: str | None = None,
    root: str | os.PathLike[str] | None = None,
    key: str | None = None,
    output: str | os.PathLike[str] | None = None,
    suggest: str | Callable[[list[Any]], Iterable[Any]] | None = None,
    segmenter: Segmenter | Callable[..., Any] | None = None,
    keys: str | Mapping[str, str | Iterable[str]] | Keys | None = None,
) -> Labeler:
    """Label the rows of a DataFrame, or one item, in a notebook.

    Before it returns, the label column and its metadata column are in the DataFrame, filled with all earlier work.

    Parameters
    ----------
    data : DataFrame, path, bytes, PIL image, ndarray or str
        A DataFrame is labeled in place. Anything else is one item, known by its path, or by its content where it has none; labeling it again shows
        earlier work. An array has shape (h, w) or (h, w, 3) and type uint8. To a task that labels texts, a str is the text itself; the path of a text
        file is a `pathlib.Path`, and bytes are UTF-8.
    task : Task
        What is done, such as ``BoundingBox(["cat", "dog"])``.
    attribute : str, optional
        The label attribute: the column that labels are written to. Derived from `name` when only that is given, and from the type of `task` for one
        item.
    name : str, optional
        The job's name; the attribute by default.
    store : path, optional
        Where the work is kept; ``.nblabel/store.db`` by default. One file holds many jobs.
    source : str, optional
        The column that says what is labeled; ``source-ref`` or ``source`` by default.
    root : path, optional
        Folder in which relative paths are looked up after the manifest's own folder and before the working directory.
    key : str, optional
        A column that tells rows apart; by default the source and how often it occurred before.
    output : path, optional
        Folder for files that the task writes, such as masks; the store remembers it. By default they lie beside the manifest of their item.
    segmenter : Segmenter or callable, optional
        What proposes masks, for tasks that paint them, in place of the task's own; see `nblabel.assist.as_segmenter`.
    suggest : str or callable, optional
        Predictions that are shown as suggestions, to be accepted, changed or rejected: the name of a column that holds them, or a function that makes
        them. A prediction is an annotation as ``w.value`` gives it, whose parts may have a ``score``, or a tuple of an annotation and a list of
        scores; in a column also a label as Ground Truth writes it. Of a mask each class is suggested, and accepted where no pixel has a class yet: an
        array of class indices, alone or in a tuple with one score or scores by class, or a list of ``{"label", "mask", "score"}``. The function gets
        a list of a few items and returns a prediction for each: their sources, or, if its parameter is called ``images``, PIL images (RGB, on the
        stored grid), or, if it is called ``texts``, texts. It runs in a thread of its own, ahead of the person who labels; what it raises is shown in
        the labeler.
    keys : str, mapping or Keys, optional
        Which keys do what: the profile of a tool that the hands know (``"cvat"``, ``"label-studio"``, ``"labelme"``), or keys by the name of the
        action (``{"skip": "x"}``), or both in a `Keys`.

    Returns
    -------
    Labeler
        The widget.

    Raises
    ------
    FrameError
        When the DataFrame cannot be labeled as asked.
    MediaError
        When a single item cannot be shown.
    TaskError
        When `task` is none, when the store has another type of task under this attribute, when the task has no use for `output`, or when a key of
        `keys` is taken.
    StoreError
        When the store cannot be opened.

    Notes
    -----
    Two notebooks that label one attribute of one store are one person's: both show the same work, each follows the other, and what the other changed
    unseen is not handed in but shown first (`ConflictError` from Python). People who are to label independently of each other are a team's workers:
    ``nl.LocalWorkforce().team("cats").as_worker("ann").label(job)``.
    """
    if not isinstance(task, Task):
        raise TaskError(f"task is {task!r}, expected a task with its labels, such as nl.BoundingBox(['cat', 'dog'])")
    if output is not None and not task.reference:
        raise TaskError(f"{type(task).__name__} writes no files of its own; leave output= out")
    preferred = as_keys(keys)
    task.view(preferred)
    if suggest is not None and not task.suggestible:
        raise TaskError(f"{type(task).__name__} takes no suggestions; leave suggest= out")
    chosen_segmenter = segmenter_for(task, segmenter)
    module = front_end(task)
    if isinstance(data, pd.DataFrame):
        frame, media, chosen = data, None, _attribute(attribute, name, task)
    else:
        frame, media = _one_text(data) if task.media == "text" else _one_row(data)
        chosen = _attribute(attribute, name or task.type, task)
    opened = Store(store)
    try:
        binding = Binding(frame, chosen, task, opened, name=name, source=source, key=key, root=root, media=media, output=output)
        name_of_all = f"{opened.identity}/{binding.job.id}/{OWNER}"
        predictions = predictions_of(suggest, binding)
        session = Session(
            binding.journal, binding.task, binding, name=name_of_all, since=binding.sequence, predictions=predictions, segmenter=chosen_segmenter
        )
        if frame is not data:
            _refuse_unreadable(session)
        labeler = Labeler(module, binding, session, opened, preferred)
    except BaseException:
        opened.close()
        raise
    replace_older(labeler)
    return labeler


def segmenter_for(task: Task, given: Segmenter | Callable[..., Any] | None = None) -> Segmenter | None:
    """Give what proposes masks, where the task has a use for it."""
    if not task.segments:
        if given is not None:
            raise TaskError(f"{type(task).__name__} has no use for a segmenter; leave segmenter= out")
        return None
    from nblabel.assist import as_segmenter

    return as_segmenter(given if given is not None else task.segmenter)


def _refuse_unreadable(session: Session) -> None:
    """Say at once of a single item that it cannot be shown; of many that is no reason to stop."""
    view, _ = session.view(0)
    if view.error is not None:
        raise MediaError(view.error if view.name in view.error else f"{view.name}: {view.error}")


def replace_older(newest: Labeler) -> None:
    """Let a labeler take the place of earlier ones of the same worker at the same job."""
    for older in [labeler for labeler in _labelers if labeler.comm is not None]:
        if older.session_name == newest.session_name:
            older.supersede()
    _labelers.add(newest)


def _attribute(attribute: str | None, name: str | None, task: Task) -> str:
    if attribute is not None:
        return attribute
    if name is None:
        raise FrameError("say which column the labels go to: nl.label(df, task, attribute='my-labels')")
    return _derived(name, task)


def _derived(name: str, task: Task) -> str:
    return f"{name}-ref" if task.reference and not name.endswith("-ref") else name


def front_end(task: Task) -> str:
    """Read the front end of a task type.

    Raises
    ------
    StoreError
        When this installation lacks it.
    """
    name = task.view().type
    path = files("nblabel").joinpath("static", f"{name}.js")
    if not path.is_file():
        raise StoreError(
            f"{path}: the front end of {name!r} is missing from this installation; run: pip install --force-reinstall nblabel (in a source tree:"
            " pip install -e .)"
        )
    return path.read_text(encoding="utf-8")


def _one_row(data: Any) -> tuple[pd.DataFrame, list[bytes] | None]:
    """Make a frame of one item, with its media where they are in no file."""
    if isinstance(data, str | os.PathLike):
        path = os.fspath(data)
        if path.endswith(".manifest"):
            raise FrameError(f"{path!r} is a manifest; read it first: nl.label(nl.read_manifest({path!r}), ...)")
        return _frame(path), None
    if isinstance(data, bytes | bytearray | memoryview):
        content = bytes(data)
    elif isinstance(data, np.ndarray):
        content = media.png(_picture(data))
    elif isinstance(data, Image.Image):
        content = media.png(data)
    else:
        raise FrameError(
            f"expected a DataFrame, a path, bytes, a PIL image or an array, got {type(data).__name__}; put several items into a DataFrame"
        )
    return _frame(f"sha256:{hashlib.sha256(content).hexdigest()}"), [content]


def _one_text(data: Any) -> tuple[pd.DataFrame, list[bytes] | None]:
    if isinstance(data, str):
        return pd.DataFrame({"source": pd.Series([data], dtype=object)}), None
    if isinstance(data, os.PathLike | bytes | bytearray | memoryview):
        return _one_row(data)
    raise FrameError(f"expected a DataFrame, a text, a pathlib.Path or bytes, got {type(data).__name__}; put several texts into a DataFrame")


def _frame(source: str) -> pd.DataFrame:
    return pd.DataFrame({"source-ref": [source]})


def _picture(array: np.ndarray[Any, Any]) -> Image.Image:
    gray_or_color = len(array.shape) > 1 and array.shape[2:] in {(), (3,), (4,)}
    if array.dtype != np.uint8 or not gray_or_color or not array.size:
        expected = "expected an array of uint8, of shape (h, w) for gray, (h, w, 3) for RGB or (h, w, 4) for RGBA"
        raise MediaError(f"{expected}, got {array.dtype} and {array.shape}; values from 0 to 1 become (255 * array).astype('uint8')")
    return Image.fromarray(array)
