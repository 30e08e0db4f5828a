"""Text classification, with one class or several a text."""

from __future__ import annotations

from types import MappingProxyType

from nblabel.tasks.classification import Classification

__all__ = ["TextClassification"]


class TextClassification(Classification):
    """Choose the class of a text, or all classes that fit.

    Parameters
    ----------
    labels : iterable of str or Label
        The classes; a class's place in the list is its index in the output.
    multiple : bool, optional
        Whether a text may have several classes.
    exclusion : str, optional
        What the choice is called that excludes all classes; only with `multiple`, ``"None of these"`` by default.
    instructions : str or Instructions, optional
        What the person who labels is told.

    Examples
    --------
    An annotation is a class name, or a list of them, empty when none fits:

    >>> from nblabel.tasks.base import Media
    >>> task = TextClassification(["critical", "approving"])
    >>> task.annotation(task.begin("approving", Media()))
    'approving'
    """

    type = "text-classification"
    title = "Text classification"
    media = "text"
    actions = MappingProxyType({"grid": ("g",), "scroll-down": ("ArrowDown",), "scroll-up": ("ArrowUp",)})
    groundtruth_types = ("groundtruth/text-classification", "groundtruth/text-classification-multilabel")
