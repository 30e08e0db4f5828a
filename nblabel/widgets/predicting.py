"""What ``nl.label(..., suggest=)`` takes: the name of a column, or a function."""

from __future__ import annotations

import inspect
import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from nblabel.errors import FrameError, TaskError
from nblabel.media import read_image
from nblabel.session import Columns, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from nblabel.binding import Binding
    from nblabel.session import Predictions

__all__ = ["predictions_of"]


def predictions_of(suggest: Any, binding: Binding) -> Predictions | None:
    """Give the predictions that a user named; see `nblabel.label`.

    Raises
    ------
    FrameError
        When the column does not exist or is the one that labels are written to.
    TaskError
        When it is neither a column nor a function, or when the function wants what the task does not have.
    """
    if suggest is None:
        return None
    if isinstance(suggest, str):
        if suggest == binding.attribute:
            raise FrameError(f"suggest={suggest!r} is the column that labels are written to; predictions need a column of their own")
        return Columns(suggest, binding.predictions(suggest))
    if not callable(suggest):
        raise TaskError(f"suggest is {suggest!r:.80}, expected the name of a column, or a function that gives predictions for a list of sources")
    return Function(suggest, _loader(suggest, binding))


def _loader(function: Callable[..., Any], binding: Binding) -> Callable[[int], Any]:
    """Choose what the function gets by the name of its first parameter."""
    try:
        wanted = next(iter(inspect.signature(function).parameters), "sources")
    except ValueError:  # some functions written in C do not say
        wanted = "sources"
    loaders = {"images": _image, "texts": _text}
    kind = f"{binding.task.media}s"
    if wanted in loaders and wanted != kind:
        raise TaskError(f"suggest wants {wanted}, but {type(binding.task).__name__} labels {kind}; call its parameter {kind!r} or 'sources'")
    load = loaders.get(wanted)
    return binding.source_of if load is None else lambda index: load(binding.load(index))


def _image(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(read_image(data).data)) as image:
        return image.convert("RGB")


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig")
