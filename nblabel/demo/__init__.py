"""The demonstration project: a notebook, a handful of photographs and their manifest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DemoError", "make_project"]

_HERE = Path(__file__).parent


class DemoError(Exception):
    """The demonstration cannot go on; the message says what to do."""


def make_project(folder: Path) -> Path:
    """Make the project, or add what is missing to one that exists; never overwrite a file.

    Parameters
    ----------
    folder
        Where; made when it does not exist.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    DemoError
        When a file cannot be written there.
    """
    folder = folder.expanduser().resolve()
    photos = sorted((_HERE / "photos").iterdir())
    contents = {Path("photos", photo.name): photo.read_bytes() for photo in photos}
    contents[Path("photos.manifest")] = _manifest(photo.name for photo in photos if photo.suffix == ".jpg")
    contents[Path("quickstart.ipynb")] = _quickstart().read_bytes()
    try:
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        for path, content in contents.items():
            _write_new(folder / path, content)
    except OSError as error:
        raise DemoError(f"{folder} cannot hold the project ({error.strerror or error}); choose another folder with --dir.") from error
    return folder


def _manifest(names: Iterable[str]) -> bytes:
    lines = (json.dumps({"source-ref": f"photos/{name}"}, separators=(",", ":")) for name in names)
    return "".join(f"{line}\n" for line in lines).encode()


def _quickstart() -> Path:
    """Find the notebook, which an editable install leaves in the source tree."""
    packaged = _HERE / "quickstart.ipynb"
    return packaged if packaged.exists() else _HERE.parents[1] / "notebooks" / "quickstart.ipynb"


def _write_new(path: Path, content: bytes) -> None:
    if path.exists():
        return
    with path.open("xb") as file:
        file.write(content)
