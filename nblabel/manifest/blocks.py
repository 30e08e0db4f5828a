"""Blocks of whole lines, cut out of a manifest of any size by byte ranges.

The block of the range (start, end) holds the lines that *begin* in it, so that ranges put one after the other give each line once, wherever they are
cut and whoever reads them: this process, the workers of a cluster, from a disk or by ranged requests from S3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nblabel import storage
from nblabel.errors import ManifestError
from nblabel.manifest.lines import find_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Block", "read_block"]

_MARGIN = 1 << 16


class Block(NamedTuple):
    """Some lines that follow each other in a manifest.

    Attributes
    ----------
    data
        The lines as they are in the file, blank ones included.
    starts, ends
        (n,) int64: where each line that is not blank begins and ends in `data`, the line end left out.
    offset
        Where `data` begins in the manifest.
    """

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    offset: int = 0

    @classmethod
    def of(cls, data: bytes, offset: int = 0) -> Block:
        """Find the lines of some bytes."""
        return cls(data, *find_lines(data), offset)

    def feeds(self) -> NDArray[np.int64]:
        """Return how many line feeds of `data` stand before each line.

        Returns
        -------
        numpy.ndarray
            (n,) int64.
        """
        whole = np.frombuffer(self.data, np.uint8)
        return np.searchsorted(np.flatnonzero(whole == ord("\n")), self.starts)

    def pieces(self, places: NDArray[np.intp]) -> Iterator[memoryview]:
        """Yield the bytes of some lines (positions, ascending) with the line ends that they have, runs of lines at once; no blank lines."""
        if not len(places):
            return
        view = memoryview(self.data)
        # Up to where a line's own line end reaches: the byte after a carriage return, or at the end, is the last.
        after = np.minimum(self.ends + 1, len(self.data))
        whole = np.frombuffer(self.data, np.uint8)
        inside = self.ends < len(self.data)
        after[inside] += whole[self.ends[inside]] == ord("\r")
        starts, stops = self.starts[places], np.minimum(after, len(self.data))[places]
        cuts = np.flatnonzero(stops[:-1] != starts[1:])
        firsts, lasts = np.concatenate([[0], cuts + 1]), np.concatenate([cuts, [len(places) - 1]])
        for start, stop in zip(starts[firsts].tolist(), stops[lasts].tolist(), strict=True):
            yield view[start:stop]


def read_block(uri: str, start: int, end: int, size: int) -> Block:
    """Read the lines that begin in a byte range.

    Parameters
    ----------
    uri
        Local path or URL of the manifest.
    start, end
        The range; `end` is left out.
    size
        Bytes that the manifest had when the reading began.

    Raises
    ------
    StorageError
        The manifest cannot be read.
    ManifestError
        It has become shorter.
    """
    # One byte more in front tells whether a line begins at the start of the range; the margin behind holds the rest of the last line, mostly.
    first, margin = max(start - 1, 0), _MARGIN
    data = _read(uri, first, min(end + margin, size))
    begin = 0 if start == 0 else data.find(b"\n") + 1
    if start and (not begin or first + begin >= end):
        return Block.of(b"", end)
    # The last line that begins in the range ends at the first line feed from the last byte of the range on.
    while (stop := data.find(b"\n", end - 1 - first)) < 0 and first + len(data) < size:
        margin *= 4
        data += _read(uri, first + len(data), min(end + margin, size))
    return Block.of(data[begin : stop + 1 if stop >= 0 else len(data)], first + begin)


def _read(uri: str, start: int, end: int) -> bytes:
    data = storage.read_range(uri, start, end)
    if len(data) < end - start:
        raise ManifestError("the manifest became shorter while it was read; read it again", uri=uri)
    return data
