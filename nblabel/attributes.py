"""Attributes: what is written down of a part beside its class, such as the colour of a car."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from nblabel import schema
from nblabel.errors import AnnotationError, SchemaError, TaskError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Attribute", "as_attributes", "check_attributes", "lacking_attribute"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that is written down of every part.

    Parameters
    ----------
    name : str
        As it will stand in the manifest.
    type : str
        ``string`` or ``number``.
    choices : iterable of str, optional
        The values that a string may have; any text where there are none.
    minimum, maximum : float, optional
        The range of a number, both inclusive.
    required : bool, optional
        Whether an item can be submitted only once all its parts have it.
    labels : iterable of str, optional
        The classes whose parts have it; those of all classes by default.
    description : str, optional
        What to write, shown to the person who labels.

    Raises
    ------
    TaskError
        When one of these does not have the form described.

    Notes
    -----
    The fields are those of the attributes in Ground Truth's label category file (developer guide, "Label category configuration file"), where
    `choices` is ``enum`` and `required` is ``isRequired``.

    Examples
    --------
    >>> Attribute("color", choices=["red", "blue"], required=True)
    Attribute('color', choices=('red', 'blue'), required=True)
    """

    name: str
    type: Literal["string", "number"] = field(default="string", kw_only=True)
    choices: tuple[str, ...] = field(default=(), kw_only=True)
    minimum: float | None = field(default=None, kw_only=True)
    maximum: float | None = field(default=None, kw_only=True)
    required: bool = field(default=False, kw_only=True)
    labels: tuple[str, ...] = field(default=(), kw_only=True)
    description: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TaskError(f"attribute {self.name!r}: an attribute's name is a text of at least one character")
        if self.type not in {"string", "number"}:
            raise TaskError(f"attribute {self.name!r}: type is {self.type!r}, expected 'string' or 'number'")
        for name in ("choices", "labels"):
            given = getattr(self, name)
            if isinstance(given, str) or not all(isinstance(text, str) and text for text in given):
                raise TaskError(f"attribute {self.name!r}: {name} is {given!r}, expected a list of texts")
            object.__setattr__(self, name, tuple(given))
        if self.choices and self.type == "number":
            raise TaskError(f"attribute {self.name!r}: a number has no choices; make it a string, or give minimum and maximum")
        if (self.minimum is not None or self.maximum is not None) and self.type == "string":
            raise TaskError(f"attribute {self.name!r}: a string has neither minimum nor maximum; say type='number'")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise TaskError(f"attribute {self.name!r}: the minimum {self.minimum} is more than the maximum {self.maximum}")

    def __repr__(self) -> str:
        names = [name for name in self.__dataclass_fields__ if name != "name" and getattr(self, name) != self.__dataclass_fields__[name].default]
        return f"Attribute({', '.join([repr(self.name), *(f'{name}={getattr(self, name)!r}' for name in names)])})"

    def belongs_to(self, label: str) -> bool:
        """Tell whether parts of a class have it."""
        return not self.labels or label in self.labels


def as_attributes(attributes: Iterable[str | Attribute | Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """Accept names, attributes, or attributes as JSON has them.

    Raises
    ------
    TaskError
        When one is none of these, or two have the same name.
    """
    if isinstance(attributes, str):
        raise TaskError(f"attributes: got the text {attributes!r}, expected a list; write [{attributes!r}]")
    made = tuple(map(_as_attribute, attributes))
    names = [attribute.name for attribute in made]
    for name in names:
        if names.count(name) > 1:
            raise TaskError(f"attributes: the name {name!r} is used {names.count(name)} times; every attribute needs its own")
    return made


def _as_attribute(given: Any) -> Attribute:
    if isinstance(given, Attribute):
        return given
    if isinstance(given, str):
        return Attribute(given)
    try:
        return schema.load(given, Attribute)
    except SchemaError:
        raise TaskError(f"attributes: got {given!r:.80}, expected names or nl.Attribute(...)") from None


def check_attributes(attributes: Iterable[Attribute], given: Mapping[str, Any], *, path: str, known: Mapping[str, Any]) -> None:
    """Refuse values that attributes cannot have.

    Parameters
    ----------
    attributes : iterable of Attribute
        The attributes of the task.
    given : mapping
        Values by name.
    path : str
        JSON Pointer to `given`.
    known : mapping
        Values that were there before: a manifest may hold others than these attributes allow, and they must not get lost.

    Raises
    ------
    AnnotationError
        With a path to the value.
    """
    named = {attribute.name: attribute for attribute in attributes}
    for name, value in given.items():
        if name in known and isinstance(value, str | int | float | list | dict | None) and known[name] == value:
            continue
        if name not in named:
            raise AnnotationError(f"there is no attribute {name!r}; the task has {list(named)}", path=f"{path}/{name}")
        problem = _problem(named[name], value)
        if problem is not None:
            raise AnnotationError(f"{name} is {value!r:.80}, expected {problem}", path=f"{path}/{name}")


def _problem(attribute: Attribute, value: Any) -> str | None:
    if attribute.type == "number":
        low, high = attribute.minimum, attribute.maximum
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if fits and (low is None or value >= low) and (high is None or value <= high):
            return None
        bounds = [f"at least {low:g}" if low is not None else "", f"at most {high:g}" if high is not None else ""]
        return " of ".join(["a number", *[" and ".join(filter(None, bounds))] * any(bounds)])
    if attribute.choices:
        return None if isinstance(value, str) and value in attribute.choices else f"one of {list(attribute.choices)}"
    return None if isinstance(value, str) and value else "a text"


def lacking_attribute(attributes: Iterable[Attribute], label: str, given: Mapping[str, Any]) -> str | None:
    """Name the first required attribute that a part of a class lacks."""
    return next(
        (attribute.name for attribute in attributes if attribute.required and attribute.belongs_to(label) and attribute.name not in given), None
    )
