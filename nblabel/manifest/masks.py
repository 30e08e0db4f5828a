"""The masks that labels of semantic segmentation refer to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nblabel import storage
from nblabel.errors import MediaError
from nblabel.geometry.mask_png import decode_mask

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["read_mask"]

_log = logging.getLogger(__name__)


def read_mask(path: str | os.PathLike[str], color_map: Mapping[Any, Any] | None = None) -> NDArray[np.uint8]:
    """Read a mask of semantic segmentation.

    Parameters
    ----------
    path : path or URL
        A PNG of 8 bits a channel: palette, gray, RGB or RGBA.
    color_map : mapping, optional
        The ``internal-color-map`` of its metadata. With one, pixels are told apart by their colours (jobs of 2020 wrote wrong indices), and by their
        indices where no colour of the map occurs; a pixel that is mostly transparent, or of a colour that the map lacks, is background. Without one,
        the indices of a palette or gray image are taken as they are.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        Class indices as in the map, 0 for the background. Where the map has a real class at 0, as Lookout for Vision does, all are one larger.

    Raises
    ------
    StorageError
        When the file cannot be read.
    MediaError
        When it is not such a PNG, or has colours and no `color_map` was given.

    Examples
    --------
    >>> import os, tempfile
    >>> import numpy as np
    >>> from PIL import Image
    >>> path = os.path.join(tempfile.mkdtemp(), "mask.png")
    >>> Image.fromarray(np.array([[0, 1, 2]], np.uint8)).save(path)
    >>> read_mask(path)
    array([[0, 1, 2]], dtype=uint8)
    """
    try:
        found = decode_mask(storage.read_bytes(path), color_map)
    except MediaError as error:
        raise MediaError(f"{path}: {error}") from error
    if found.unknown:
        pixels = sum(found.unknown.values())
        _log.warning("%s: %s pixels of colours that color_map lacks are taken for background: %s", path, f"{pixels:,}", ", ".join(found.unknown))
    return found.mask
