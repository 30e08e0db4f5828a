"""Example images of the instructions, as a front end shows them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from nblabel.errors import MediaError, SessionError
from nblabel.media import read_image
from nblabel.storage import read_bytes

if TYPE_CHECKING:
    from nblabel.labels import Instructions
    from nblabel.media import Picture

__all__ = ["read_example"]


def read_example(instructions: Instructions, place: int) -> Picture:
    """Read an example image, the good ones first.

    Raises
    ------
    SessionError
        When there is none at this place.
    MediaError, StorageError
        When it cannot be read.
    """
    examples = [*instructions.good, *instructions.bad]
    if not 0 <= place < len(examples):
        raise SessionError(f"there is no example {place}; expected 0 to {len(examples) - 1}")
    return read_image(_load(examples[place]))


def _load(example: str) -> bytes:
    if not example.startswith("data:"):
        return read_bytes(example)
    head, _, content = example.partition(",")
    if not head.endswith(";base64"):
        raise MediaError(f"an example image is {example[:40]!r}…, expected a data URL in base64")
    return base64.b64decode(content)
