"""Keys: which ones do what, by default and in the profiles of other tools.

This is the one table. A front end gets it resolved, as part of `nblabel.wire.TaskView`, binds each action that it has to its keys and shows the same
table when ``?`` is pressed. A task type adds the keys of its own actions (`nblabel.tasks.Task.actions`).

A key is written as a badge shows it: ``Enter``, ``b``, ``?``, ``Ctrl+z``, ``Alt+Shift+ArrowUp``; ``Ctrl`` is also the Mac's Command key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from nblabel.errors import TaskError

if TYPE_CHECKING:
    from nblabel.labels import Label
    from nblabel.wire import LabelView

__all__ = ["PROFILES", "SHARED", "Keymap", "Keys", "as_keys"]

Keymap = Mapping[str, tuple[str, ...]]
"""Keys by the name of the action."""

SHARED: Keymap = MappingProxyType(
    {
        "submit": ("Enter",),
        "skip": ("s",),
        "next": ("d", "PageDown"),
        "previous": ("a", "PageUp"),
        "undo": ("Ctrl+z",),
        "redo": ("Ctrl+Shift+z", "Ctrl+y"),
        "remove": ("Delete", "Backspace"),
        "accept-all": ("Shift+Enter",),
        "reject": ("Shift+Delete", "Shift+Backspace"),
        "surer": (">",),
        "less-sure": ("<",),
        "duplicate": ("Ctrl+d",),
        "copy": ("Ctrl+c",),
        "paste": ("Ctrl+v",),
        "repeat": ("r",),
        "edit": ("e",),
        "next-entry": (".",),
        "previous-entry": (",",),
        "hide": ("h",),
        "solo": ("Shift+h",),
        "show-all": ("Alt+h",),
        "lock": ("l",),
        "search": ("/",),
        "fit": ("f",),
        "zoom-in": ("+", "="),
        "zoom-out": ("-",),
        "picture": ("i",),
        "full-screen": ("m",),
        "instructions": ("Shift+i",),
        "help": ("?", "F1"),
    }
)
"""Actions that all task types share, with their keys."""

# CVAT 2.15 (shortcuts-reducer.ts), Label Studio 1.23 (keymap), labelme 7.1 (default_config.yaml). What they leave to the mouse, and keys that a
# browser or Tab's way through a page needs, stay as they are here.
PROFILES: Mapping[str, Keymap] = MappingProxyType(
    {
        "nblabel": {},
        "cvat": {
            "submit": ("Enter", "Ctrl+s"),
            "next": ("f",),
            "previous": ("d",),
            "repeat": ("Ctrl+b",),
            "fit": ("0",),
            "help": ("F1", "?"),
            "picture": ("F2",),
            "zoom-in": (),
            "zoom-out": (),
            "tool-box": ("n",),
            "new-box": ("Shift+n",),
            "front": ("+", "="),
            "back": ("-",),
        },
        "label-studio": {
            "submit": ("Ctrl+Enter", "Enter"),
            "skip": ("Ctrl+Space",),
            "remove": ("Backspace", "Delete"),
            "next-entry": ("Alt+.",),
            "hide": ("Alt+h",),
            "show-all": ("Ctrl+h",),
            "lock": ("Alt+l",),
            "fit": ("Shift+1",),
            "repeat": (),
            "tool-select": ("v",),
            "tool-box": ("r",),
            "tool-polygon": ("p",),
            "tool-brush": ("b",),
            "tool-eraser": ("e",),
            "tool-wand": ("w",),
        },
        "labelme": {
            "submit": ("Ctrl+s", "Enter"),
            "next": ("d",),
            "previous": ("a",),
            "edit": ("Ctrl+e",),
            "repeat": ("Ctrl+p",),
            "show-all": ("t",),
            "fit": ("Ctrl+f",),
            "tool-select": ("Ctrl+j",),
            "tool-box": ("Ctrl+r",),
            "tool-rectangle": ("Ctrl+r",),
            "tool-polygon": ("Ctrl+n",),
        },
    }
)
"""What the profiles of other tools change; actions that a task type does not have are passed over."""

_KEY = re.compile(r"(?P<modifiers>(?:Ctrl\+)?(?:Alt\+)?(?:Shift\+)?)(?P<key>\S|[A-Z][A-Za-z]+|F\d{1,2})")
_KEPT = {"Escape": "leaves the labeler", "Tab": "moves the focus", "Space": "held down, moves the image"}


@dataclass(frozen=True)
class Keys:
    """Which keys do what.

    Parameters
    ----------
    profile : str
        ``nblabel``, or the habits of another tool: ``cvat``, ``label-studio``, ``labelme``.
    remap : mapping, optional
        Keys by the name of an action: one key or a list of them, ``[]`` for none.

    Raises
    ------
    TaskError
        When the profile is unknown or a key is not written as one.

    Examples
    --------
    >>> Keys("cvat", {"skip": "x"})
    Keys('cvat', {'skip': ('x',)})
    """

    profile: str = "nblabel"
    remap: Mapping[str, str | Iterable[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise TaskError(f"keys: the profile {self.profile!r} is unknown; there are {list(PROFILES)}")
        remap = {action: tuple(_normal(key, action) for key in ([keys] if isinstance(keys, str) else keys)) for action, keys in self.remap.items()}
        object.__setattr__(self, "remap", remap)

    def __repr__(self) -> str:
        return f"Keys({', '.join([repr(self.profile), *([repr(self.remap)] if self.remap else [])])})"

    def resolve(self, own: Keymap, labels: Iterable[Label | LabelView] = ()) -> dict[str, list[str]]:
        """Give the keys of every action of a task, none of them twice.

        The keys of labels come first, then those asked for here, then the profile's, then nblabel's own; an action whose key is taken has none.

        Parameters
        ----------
        own : mapping
            The task type's own actions and their keys.
        labels : iterable of Label or LabelView
            The classes, whose keys are theirs.

        Raises
        ------
        TaskError
            When `remap` names an action that does not exist, or a key that a label or another action has.

        Examples
        --------
        >>> Keys("labelme").resolve({"tool-box": ("b",)})["tool-box"]
        ['Ctrl+r']
        """
        defaults = {**SHARED, **own}
        for action in self.remap:
            if action not in defaults:
                near = difflib.get_close_matches(action, defaults, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {sorted(defaults)}"
                raise TaskError(f"keys: there is no action {action!r}; {hint}")
        profile = {action: keys for action, keys in PROFILES[self.profile].items() if action in defaults}
        owners = {label.key.lower(): f"the label {label.name!r}" for label in labels if label.key is not None}
        bound: dict[str, list[str]] = {action: [] for action in defaults}
        for layer in (profile, {action: keys for action, keys in defaults.items() if action not in profile}):
            for action, given in layer.items():
                if action not in self.remap:
                    bound[action] = [key for key in given if owners.setdefault(key, repr(action)) == repr(action)]
        for action, keys in self.remap.items():
            for key in keys:
                if owners.setdefault(key, repr(action)) != repr(action):
                    raise TaskError(f"keys: {key!r} for {action!r} is the key of {owners[key]}; choose another, or give that another")
            bound[action] = list(keys)
        return bound


def as_keys(keys: str | Mapping[str, str | Iterable[str]] | Keys | None) -> Keys:
    """Accept a profile's name, or keys by action, where `Keys` are meant.

    Raises
    ------
    TaskError
        When it is none of these.
    """
    if keys is None:
        return Keys()
    if isinstance(keys, Keys):
        return keys
    if isinstance(keys, str):
        return Keys(keys)
    if isinstance(keys, Mapping):
        return Keys(remap=keys)
    raise TaskError(f"keys: got {keys!r:.80}, expected a profile such as 'cvat', keys by action such as {{'skip': 'x'}}, or nl.Keys(...)")


def _normal(key: str, action: str) -> str:
    """Write a key as front ends do: letters small, since a capital is Shift and the letter."""
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if found is None:
        raise TaskError(f"keys: {key!r} for {action!r} is not a key; write one as 'x', '?', 'Ctrl+z', 'Alt+Shift+ArrowUp' or 'F2'")
    if key in _KEPT:
        raise TaskError(f"keys: {key!r} for {action!r}: {key} {_KEPT[key]}; choose another")
    return found["modifiers"] + (found["key"].lower() if len(found["key"]) == 1 else found["key"])
