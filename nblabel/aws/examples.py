"""Example images of instructions, put where workers can see them."""

from __future__ import annotations

import base64
import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from nblabel import storage
from nblabel.errors import RequestError
from nblabel.labels import Instructions

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["place_examples"]

_DATA = re.compile(r"data:([^;,]*);base64,(.*)", re.DOTALL)
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}
# Braces and quotes would end the place in the template that the URL is put into.
_UNFIT = re.compile(r"""[{}'"]""")


def place_examples(instructions: Instructions, folder: str) -> tuple[Instructions, dict[str, bytes]]:
    """Give instructions whose examples are URLs, and the files that must be put there for it.

    Parameters
    ----------
    instructions : Instructions
        Examples at https and on S3 stay where they are; files of this machine and images in memory move into the folder.
    folder : str
        A URL of S3.

    Raises
    ------
    RequestError
        The URL of an example cannot stand in a template.
    StorageError
        A file cannot be read.

    Examples
    --------
    >>> placed, files = place_examples(Instructions(good=["https://example.com/a.png", b"..."]), "s3://bucket/examples")
    >>> placed.good, files
    (('https://example.com/a.png', 's3://bucket/examples/good-2'), {'s3://bucket/examples/good-2': b'...'})
    """
    files: dict[str, bytes] = {}
    good = list(_placed(instructions.good, f"{folder}/good", files))
    bad = list(_placed(instructions.bad, f"{folder}/bad", files))
    return Instructions(short=instructions.short, full=instructions.full, good=good, bad=bad), files


def _placed(images: Iterable[str], prefix: str, files: dict[str, bytes]) -> Iterable[str]:
    for number, image in enumerate(images, start=1):
        if image.startswith("https://"):
            yield image
            continue
        url = image
        if not image.startswith("s3://"):
            inside = _DATA.fullmatch(image)
            suffix = _SUFFIXES.get(inside[1], "") if inside else PurePath(image).suffix
            url = f"{prefix}-{number}{suffix}"
            files[url] = base64.b64decode(inside[2]) if inside else storage.read_bytes(image)
        if _UNFIT.search(url):
            rule = "braces and quotes in it cannot stand in a worker template"
            raise RequestError("the URL of an example image", url, rule, remedy="name it otherwise")
        yield url
