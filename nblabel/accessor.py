"""The accessor ``df.nblabel``: it holds nothing and only hands on, because pandas may keep it longer than it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import os

__all__ = ["ManifestAccessor"]

_METADATA = "-metadata"


@pd.api.extensions.register_dataframe_accessor("nblabel")
class ManifestAccessor:
    """The labels of a DataFrame and their way back into a manifest.

    Examples
    --------
    >>> import nblabel.accessor
    >>> pd.DataFrame({"source-ref": ["a.jpg"], "cats": [None], "cats-metadata": [None]}).nblabel
    1 row, label attributes: cats
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __repr__(self) -> str:
        count = len(self._frame)
        names = [str(name) for name in self._frame.columns if f"{name}{_METADATA}" in self._frame.columns]
        return f"{count} row{'' if count == 1 else 's'}, label attributes: {', '.join(names) or 'none'}"

    def to_manifest(self, destination: Any) -> None:
        """Write the frame as a manifest; see `nblabel.write_manifest`."""
        from nblabel.manifest import write_manifest

        write_manifest(self._frame, destination)

    def validate(self) -> pd.DataFrame:
        """Check the frame as a manifest: one row a problem, with line, attribute, code, message and remedy; see `nblabel.manifest.validate`."""
        from nblabel.manifest import validate

        return validate(self._frame)

    def join(self, attribute: str, store: str | os.PathLike[str] | None = None) -> pd.DataFrame:
        """Bring what the store knows of a label attribute into this frame.

        Parameters
        ----------
        attribute : str
            The label attribute.
        store : path, optional
            The store; ``.nblabel/store.db`` by default.

        Returns
        -------
        DataFrame
            The frame itself, its label column and metadata column filled.
        """
        from nblabel.binding import join

        return join(self._frame, attribute, store)
