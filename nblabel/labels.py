"""Labels (classes) and worker instructions: what every task is made of."""

from __future__ import annotations

import base64
import io
import itertools
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from nblabel.errors import TaskError

__all__ = ["Instructions", "Label", "as_instructions", "as_labels", "default_color"]

# Okabe and Ito, "Color Universal Design" (2008), ordered so that neighbours differ most on photographs; without black, which dark pictures swallow.
_PALETTE = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
_KEYS = "1234567890"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_GOLDEN_ANGLE = 137.508
MAX_NAME = 256


@dataclass(frozen=True, slots=True)
class Label:
    """A class that can be given to an item or to a part of it.

    Parameters
    ----------
    name : str
        As it will stand in the manifest, blanks included; at most 256 characters.
    color : str, optional
        ``#rrggbb``; by default the next of a palette that colour-blind people can tell apart, without those given to other labels.
    key : str, optional
        The key that chooses this label, one character; by default 1 to 9 and 0 for the first ten.
    short_name : str, optional
        Three or four letters for narrow places.
    description : str, optional
        When to use it, shown to the person who labels.

    Raises
    ------
    TaskError
        When one of these does not have the form described.

    Examples
    --------
    >>> Label("cat", key="c")
    Label('cat', key='c')
    """

    name: str
    color: str | None = field(default=None, kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    short_name: str | None = field(default=None, kw_only=True)
    description: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TaskError(f"label {self.name!r}: a label's name is a text of at least one character")
        if len(self.name) > MAX_NAME:
            raise TaskError(f"label {self.name[:20]!r}…: the name has {len(self.name)} characters, Ground Truth allows {MAX_NAME}; shorten it")
        if self.color is not None and not _COLOR.fullmatch(self.color):
            raise TaskError(f"label {self.name!r}: color is {self.color!r}, expected six hexadecimal digits such as '#2ca02c'")
        if self.key is not None and (len(self.key) != 1 or self.key.isspace()):
            raise TaskError(f"label {self.name!r}: key is {self.key!r}, expected one character such as 'c' or '3'")

    def __repr__(self) -> str:
        given = (f"{name}={getattr(self, name)!r}" for name in ("color", "key", "short_name", "description") if getattr(self, name) is not None)
        return f"Label({', '.join([repr(self.name), *given])})"


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """What a worker is told.

    Parameters
    ----------
    short : str
        A sentence or two that stay in sight.
    full : str
        Markdown (CommonMark, tables), shown on demand. HTML in it is shown as text, images in it by their description.
    good, bad : iterable
        Example images: paths, URLs, PIL images, arrays of uint8 or encoded bytes. They are kept with the job and shown
        beside the full text; relative paths begin in the working directory.

    Raises
    ------
    TaskError
        When an example is none of these.

    Examples
    --------
    >>> Instructions(short="Draw tight boxes.", good=["good.jpg"]).good
    ('good.jpg',)
    """

    short: str = ""
    full: str = ""
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

    def __init__(self, *, short: str = "", full: str = "", good: Iterable[Any] = (), bad: Iterable[Any] = ()) -> None:
        # Frozen: the images become texts here, so that a job's instructions are plain data.
        for name, value in {"short": short, "full": full, "good": tuple(map(_example, good)), "bad": tuple(map(_example, bad))}.items():
            object.__setattr__(self, name, value)


def _example(image: Any) -> str:
    """Give an image's path or URL; one that is in memory becomes a URL that holds it."""
    if isinstance(image, str | os.PathLike):
        return os.fspath(image)
    if isinstance(image, bytes):
        content, kind = image, "application/octet-stream"
    else:
        content, kind = _png(image), "image/png"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _png(image: Any) -> bytes:
    from PIL import Image

    try:
        picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    except (AttributeError, TypeError) as error:
        raise TaskError(f"instructions: an example is {image!r:.80}, expected a path, a URL, a PIL image, an array of uint8 or bytes") from error
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def as_labels(labels: Iterable[str | Label], *, keys: str = _KEYS) -> tuple[Label, ...]:
    """Complete a list of names or labels with colours and with the first of `keys` that are free.

    Raises
    ------
    TaskError
        When there is none, when a name or a key occurs twice, or when a single string was given where a list is expected.

    Examples
    --------
    >>> as_labels(["cat", Label("dog", color="#000000", key="d")])
    (Label('cat', color='#e69f00', key='1'), Label('dog', color='#000000', key='d'))
    """
    if isinstance(labels, str):
        raise TaskError(f"labels: got the text {labels!r}, expected a list of names; write [{labels!r}]")
    given = [Label(label) if isinstance(label, str) else label for label in labels]
    for label in given:
        if not isinstance(label, Label):
            raise TaskError(f"labels: got {label!r}, expected names or nl.Label(...)")
    if not given:
        raise TaskError("labels: the list is empty, expected at least one name")
    _refuse_twice([label.name for label in given], "name")
    _refuse_twice([label.key.lower() for label in given if label.key is not None], "key")
    taken = {text.lower() for label in given for text in (label.color, label.key) if text is not None}
    colors = (color for color in map(default_color, itertools.count()) if color not in taken)
    free = (key for key in keys if key not in taken)
    return tuple(replace(label, color=label.color or next(colors), key=label.key or next(free, None)) for label in given)


def as_instructions(instructions: str | Instructions | None) -> Instructions:
    """Accept plain text where `Instructions` are meant."""
    if isinstance(instructions, Instructions):
        return instructions
    return Instructions(short=instructions or "")


def default_color(position: int) -> str:
    """Return the default colour at `position`: a fixed palette first, then hues spread by the golden angle."""
    if position < len(_PALETTE):
        return _PALETTE[position]
    hue = (position * _GOLDEN_ANGLE) % 360
    lightness = (0.62, 0.45, 0.75)[position % 3]
    return _hex(hue, 0.65, lightness)


def _hex(hue: float, saturation: float, lightness: float) -> str:
    spread = saturation * min(lightness, 1 - lightness)

    def channel(offset: int) -> int:
        place = (offset + hue / 30) % 12
        return round(255 * (lightness - spread * max(-1.0, min(place - 3, 9 - place, 1.0))))

    return f"#{channel(0):02x}{channel(8):02x}{channel(4):02x}"


def _refuse_twice(values: list[str], what: str) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise TaskError(f"labels: the {what} {value!r} is used {count} times; every label needs its own")
