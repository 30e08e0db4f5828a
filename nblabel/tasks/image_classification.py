"""Image classification, with one class or several an image."""

from __future__ import annotations

from types import MappingProxyType

from nblabel.tasks.classification import Classification

__all__ = ["ImageClassification"]


class ImageClassification(Classification):
    """Choose the class of an image, or all classes that fit.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes; a class's place in the list is its index in the output.
    multiple : bool, optional
        Whether an image may have several classes.
    exclusion : str, optional
        What the choice is called that excludes all classes; only with `multiple`, ``"None of these"`` by default.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Examples
    --------
    An annotation is a class name, or a list of them, empty when none fits:

    >>> from nblabel.tasks.base import Media
    >>> task = ImageClassification(["canyon", "clouds"], multiple=True)
    >>> task
    ImageClassification(['canyon', 'clouds'], multiple=True)
    >>> task.annotation(task.begin(["clouds"], Media()))
    ['clouds']
    >>> task.annotation(task.begin([], Media()))
    []
    """

    type = "image-classification"
    title = "Image classification"
    media = "image"
    actions = MappingProxyType({"grid": ("g",)})
    groundtruth_types = ("groundtruth/image-classification", "groundtruth/image-classification-multilabel")
