"""The one protocol between those who ask for a mask and those who find one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np

from nblabel.errors import AssistError, CancelledError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nblabel.assist.prompts import Prompts

__all__ = ["CallableSegmenter", "Cancelled", "Segmenter", "as_rgb", "check_prompts", "never", "obey", "stop_if"]

Cancelled: TypeAlias = Callable[[], bool]
"""Tells whether the work is no longer wanted; `threading.Event.is_set` is one."""

_RGB, _RGBA = 3, 4


def never() -> bool:
    """Be the `Cancelled` of work that is wanted to its end."""
    return False


@runtime_checkable
class Segmenter(Protocol):
    """Finds the mask of one object in an image from what a person points at.

    Whoever asks calls `embed` once per image, keeps what it gives for as long as the image is worked on, and calls `predict` after every prompt. Both
    may be called in any thread, but not at the same time for one embedding. Nothing else is kept between calls: the mask depends on the
    image, the prompts and the previous mask only.

    Attributes
    ----------
    name : str
        What the segmenter is called in messages and in provenance.
    """

    name: str

    def embed(self, image: NDArray[np.uint8], *, cancelled: Cancelled = never) -> Any:
        """Do once what all prompts on an image share; may take seconds.

        Parameters
        ----------
        image : (height, width), (height, width, 3) or (height, width, 4) uint8 array
            Grey, RGB or RGBA on the grid of the image as stored. It must not be changed while the embedding is in use.
        cancelled : callable
            Asked now and then.

        Returns
        -------
        object
            For `predict` only; what it is, is the segmenter's own affair.

        Raises
        ------
        AssistError
            When the array is no such image.
        CancelledError
            When `cancelled` said so.
        """

    def predict(
        self, embedding: Any, prompts: Prompts, previous: NDArray[np.bool_] | None = None, *, cancelled: Cancelled = never
    ) -> NDArray[np.bool_]:
        """Find the mask of the object that the prompts mean.

        Give all prompts of the object each time, the new one last; earlier results are remembered in the embedding, so that a further mark
        costs little and taking back the last one costs nothing.

        Parameters
        ----------
        embedding : object
            What `embed` of this segmenter gave for the image.
        prompts : Prompts
            At least a mark, extreme points or a box, in pixels of the image as stored.
        previous : (height, width) bool array, optional
            A mask from elsewhere, to be corrected by the marks. It takes the place of what extreme points or a box would give, and the prompts may
            then be empty. Not for the segmenter's own last mask: that follows from the prompts.
        cancelled : callable
            Asked now and then.

        Returns
        -------
        (height, width) bool array
            True where the object is; a new array, which the caller owns. The pixels of positive marks are in it, those of negative marks are not
            (of two marks that contradict each other the later one counts).

        Raises
        ------
        AssistError
            When the prompts do not fit the image (`Prompts.check`), there are none, or `previous` has another size.
        CancelledError
            When `cancelled` said so.
        """


class CallableSegmenter:
    """Makes a segmenter of a function ``predict(image, prompts) -> mask``.

    Parameters
    ----------
    predict : callable
        Takes the image, a (height, width, 3) uint8 array, and `Prompts`; gives a (height, width) array that is true or above 0 where the object is.
    name : str, optional
        By default that of the function.

    Examples
    --------
    >>> from nblabel.assist import Box, Prompts
    >>> def bright(image, prompts):
    ...     return image.mean(axis=2) > 127
    >>> segmenter = CallableSegmenter(bright)
    >>> embedding = segmenter.embed(np.array([[0, 255, 255], [0, 0, 255]], np.uint8))
    >>> segmenter.predict(embedding, Prompts(box=Box(0, 0, 3, 2))).tolist()
    [[False, True, True], [False, False, True]]
    """

    def __init__(self, predict: Callable[[NDArray[np.uint8], Prompts], Any], *, name: str | None = None) -> None:
        self._predict = predict
        self.name: str = name or str(getattr(predict, "__name__", type(predict).__name__))

    def __repr__(self) -> str:
        return f"CallableSegmenter({self.name})"

    def embed(self, image: NDArray[np.uint8], *, cancelled: Cancelled = never) -> Any:
        """See `Segmenter.embed`."""
        stop_if(cancelled)
        return as_rgb(image)

    def predict(
        self, embedding: Any, prompts: Prompts, previous: NDArray[np.bool_] | None = None, *, cancelled: Cancelled = never
    ) -> NDArray[np.bool_]:
        """See `Segmenter.predict`; a function of two arguments knows no previous mask and refuses one, and marks bind it only at their own pixels."""
        height, width = embedding.shape[:2]
        if check_prompts(prompts, previous, (height, width)) is not None:
            raise AssistError(f"{self.name} takes an image and prompts and cannot start from a mask; use a segmenter with embed and predict for that")
        stop_if(cancelled)
        found = np.asarray(self._predict(embedding, prompts))
        stop_if(cancelled)
        if found.shape != (height, width):
            raise AssistError(f"{self.name} gave an array of shape {found.shape} for an image of shape {(height, width)}; a mask has the image's own")
        return obey(found > 0, prompts)


def obey(mask: NDArray[np.bool_], prompts: Prompts) -> NDArray[np.bool_]:
    """Set the very pixels that marks name, in place, as `Segmenter.predict` promises."""
    height, width = mask.shape
    for mark in prompts.marks:
        mask[mark.pixels(width=width, height=height)] = mark.positive
    return mask


def as_rgb(image: Any) -> NDArray[np.uint8]:
    """Give an image three channels; transparent parts are shown on white. An RGB image is given back as it is, not copied.

    Raises
    ------
    AssistError
        When the array is not of the kind that `Segmenter.embed` takes.

    Examples
    --------
    >>> as_rgb(np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8)).tolist()
    [[[255, 255, 255], [10, 20, 30]]]
    """
    array = np.asarray(image)
    channels = array.shape[2] if array.ndim == _RGB else 1 if array.ndim == _RGB - 1 else 0
    if array.dtype != np.uint8 or channels not in {1, _RGB, _RGBA} or not array.size:
        raise AssistError(
            f"an image is a uint8 array of shape (height, width), (height, width, 3) or (height, width, 4), got {array.dtype} of shape {array.shape}"
        )
    if channels == _RGB:
        return array
    if channels == 1:
        return np.repeat(array.reshape(*array.shape[:2], 1), _RGB, axis=2)
    color, alpha = array[..., :_RGB].astype(np.uint16), array[..., _RGB:].astype(np.uint16)
    return cast("NDArray[np.uint8]", ((color * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))


def check_prompts(prompts: Prompts, previous: Any, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
    """Check what `Segmenter.predict` is asked about an image of this (height, width), and give the previous mask as a bool array of its own.

    Raises
    ------
    AssistError
        As `Segmenter.predict` says.
    """
    height, width = shape
    prompts.check(width=width, height=height)
    if previous is None:
        if not (prompts.extremes or prompts.box or prompts.marks):
            raise AssistError("there are no prompts; point at the object: four extreme points, a box or a mark")
        return None
    mask = np.asarray(previous)
    if mask.shape != shape:
        raise AssistError(f"the previous mask has the shape {mask.shape}, the image {shape}; both are (height, width)")
    return mask > 0


def stop_if(cancelled: Cancelled) -> None:
    """Raise `CancelledError` when the work is no longer wanted."""
    if cancelled():
        raise CancelledError("the segmentation was cancelled before it was done; ask again if it is wanted after all")
