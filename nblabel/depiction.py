"""What an annotation looks like where nothing runs: drawn into a picture or a text, and HTML without any script.

Task types say what is to be seen (`Depiction`); how it becomes HTML, and that nothing in it is taken for markup, is here alone.
"""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["LONGEST_SIDE", "UNKNOWN_COLOR", "Depiction", "Entry", "Run", "draw_boxes", "to_html"]

LONGEST_SIDE = 640
"""Pixels of the longer side of a picture: enough to see what was labeled, small enough to be kept in a notebook."""

UNKNOWN_COLOR = "#808080"
"""Colour of a class that a task does not have."""

MOST_ENTRIES = 60
MOST_CHARACTERS = 4_000
LONGEST_DETAIL = 200
_LONGEST_TAG = 24
_TEXT_SIZE = 13
_BRIGHT = 140
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of an annotation: its class, the class's colour (``#rrggbb``), and what else there is to say."""

    label: str
    color: str = UNKNOWN_COLOR
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text between two borders of parts: the colours of the parts that it lies in, and the classes of those that end with it."""

    text: str
    colors: Sequence[str] = ()
    ends: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Depiction:
    """What is to be seen of an annotation.

    Attributes
    ----------
    entries : sequence of Entry
        Its parts, as a list beside the item.
    image : PIL image or None
        The item with the parts drawn into it.
    runs : sequence of Run
        A text with its parts.
    """

    entries: Sequence[Entry] = field(default_factory=list)
    image: Image.Image | None = None
    runs: Sequence[Run] = field(default_factory=list)


def draw_boxes(image: Image.Image, boxes: Iterable[tuple[str, str, tuple[float, float, float, float]]]) -> Image.Image:
    """Draw rectangles with their names into a copy of an RGB image.

    Parameters
    ----------
    image : PIL image
        The image.
    boxes : iterable of (name, color, (left, top, right, bottom))
        Pixels of that image. Where the font lacks a name's letters, the rectangle's number stands for it.
    """
    drawn = image.copy()
    pen, font = ImageDraw.Draw(drawn), _font()
    for number, (name, color, corners) in enumerate(boxes, 1):
        left, top, right, bottom = corners
        left, top, right, bottom = max(left, 1), max(top, 1), min(right, image.width - 2), min(bottom, image.height - 2)
        right, bottom = max(left, right), max(top, bottom)  # one that reaches over the image shows as a line at its border
        pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="#000000", width=1)
        pen.rectangle((left, top, right, bottom), outline=color, width=2)
        tag = name[:_LONGEST_TAG] if name.isascii() and name.isprintable() else str(number)
        width = pen.textlength(tag, font=font) + 8
        x = max(min(left - 2, image.width - width), 0)
        y = max(top - _TEXT_SIZE - 8, 0)
        pen.rectangle((x, y, x + width, y + _TEXT_SIZE + 5), fill=color)
        pen.text((x + 4, y + 1), tag, font=font, fill="#000000" if _brightness(color) > _BRIGHT else "#ffffff")
    return drawn


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_TEXT_SIZE)


def _brightness(color: str) -> float:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def to_html(depiction: Depiction, *, title: str, facts: Sequence[str], note: str = "") -> str:
    """Write a depiction as HTML that stands alone: no script, no address to fetch, all texts escaped.

    Parameters
    ----------
    depiction : Depiction
        What is seen.
    title : str
        What a person calls the item.
    facts : sequence of str
        What is said beside the title.
    note : str
        A sentence below it.

    Examples
    --------
    >>> print(to_html(Depiction(entries=[Entry("a < b", "#ff0000")]), title="x & y", facts=["Draft"]))
    <div style="max-width:640px"><div><b><bdi>x &amp; y</bdi></b> · <bdi>Draft</bdi></div>
    <div><span style="color:#ff0000">■</span> <bdi>a &lt; b</bdi></div></div>
    """
    heading = " · ".join([f"<b>{_text(title)}</b>", *map(_text, facts)])
    parts = [f"<div>{heading}</div>"]
    if depiction.image is not None:
        image = depiction.image
        source = f"data:image/jpeg;base64,{base64.b64encode(_jpeg(image)).decode()}"
        parts.append(f'<img src="{source}" width="{image.width}" height="{image.height}" alt="{_plain(title)}" style="max-width:100%;height:auto">')
    if depiction.runs:
        inner = "".join(map(_run, _shortened(depiction.runs)))
        parts.append(f'<div dir="auto" style="white-space:pre-wrap;margin:6px 0;line-height:1.6">{inner}</div>')
    parts += map(_entry, depiction.entries[:MOST_ENTRIES])
    if (more := len(depiction.entries) - MOST_ENTRIES) > 0:
        parts.append(f"<div>and {more:,} more</div>")
    if note:
        parts.append(f"<div><i>{_text(note)}</i></div>")
    return f'<div style="max-width:{LONGEST_SIDE}px">' + "\n".join(parts) + "</div>"


def _entry(entry: Entry) -> str:
    detail = f" <small>{_text(_cut(entry.detail, LONGEST_DETAIL))}</small>" if entry.detail else ""
    return f'<div><span style="color:{_plain(entry.color)}">■</span> {_text(entry.label)}{detail}</div>'


def _run(run: Run) -> str:
    inner = _plain(run.text)
    for color in run.colors:
        inner = f'<span style="background-color:{_plain(color)}40;border-bottom:2px solid {_plain(color)}">{inner}</span>'
    return inner + "".join(f" <small><b>{_text(name)}</b></small> " for name in run.ends)


def _shortened(runs: Iterable[Run]) -> Iterable[Run]:
    left = MOST_CHARACTERS
    for run in runs:
        if len(run.text) > left:
            yield Run(f"{run.text[:left]}…", run.colors)
            return
        left -= len(run.text)
        yield run


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _text(text: str) -> str:
    """Write a text in a direction of its own, so that it turns nothing round it."""
    return f"<bdi>{_plain(text)}</bdi>"


def _plain(text: str) -> str:
    return html.escape(_LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text))


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
