"""Names of label attributes: the keys under which Ground Truth writes labels (API reference, `LabelAttributeName`)."""

from __future__ import annotations

import re

from nblabel.errors import FrameError

__all__ = ["check_attribute_name", "metadata_name"]

_METADATA = "-metadata"
_LONGEST = 127
_NAME = re.compile(r"[a-zA-Z0-9](?:-*[a-zA-Z0-9])*")
_RESERVED = {"source", "source-ref"}


def metadata_name(name: str) -> str:
    """Return the key that holds the metadata of a label attribute.

    Examples
    --------
    >>> metadata_name("cats")
    'cats-metadata'
    """
    return name + _METADATA


def check_attribute_name(name: str) -> None:
    """Refuse a name that Ground Truth would refuse for a label attribute.

    Parameters
    ----------
    name
        Letters, digits and hyphens, at most 127, beginning and ending with a letter or digit, not ending with ``-metadata``.

    Raises
    ------
    FrameError
        The name breaks a rule; the message says which and proposes a name where there is a near one.

    Examples
    --------
    >>> check_attribute_name("cats-ref")
    >>> check_attribute_name("my cats")
    Traceback (most recent call last):
    nblabel.errors.FrameError: 'my cats' cannot be a label attribute: only letters, digits and hyphens are allowed; try 'my-cats'
    """
    if not isinstance(name, str):
        raise FrameError(f"a label attribute is named by a string, not by {name!r}")
    problem = _problem(name)
    if problem is None:
        return
    near = re.sub(r"[^a-zA-Z0-9]+", "-", name.removesuffix(_METADATA))[:_LONGEST].strip("-")
    advice = f"try {near!r}" if near and _problem(near) is None else "use another name"
    raise FrameError(f"{name!r} cannot be a label attribute: {problem}; {advice}")


def _problem(name: str) -> str | None:
    if not name:
        return "it is empty"
    if len(name) > _LONGEST:
        return f"it has {len(name)} characters, at most {_LONGEST} are allowed"
    if name.endswith(_METADATA):
        return f"names ending in {_METADATA} are kept for metadata"
    if name in _RESERVED:
        return "this key says what is to be labeled"
    if not re.fullmatch(r"[a-zA-Z0-9-]*", name):
        return "only letters, digits and hyphens are allowed"
    if not _NAME.fullmatch(name):
        return "it must begin and end with a letter or digit"
    return None
