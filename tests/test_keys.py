"""The table of keys: defaults, profiles, and what a person asks for."""

from __future__ import annotations

import pytest

from nblabel.errors import TaskError
from nblabel.keys import PROFILES, SHARED, Keys, as_keys
from nblabel.labels import Label, as_labels
from nblabel.tasks import task_type, task_types

OWN = {"tool-box": ("b",), "tool-select": ("v",)}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", task_types())
def test_every_profile_of_every_task_gives_a_key_to_one_action(profile, name):
    bound = Keys(profile).resolve(task_type(name).actions)
    keys = [key for given in bound.values() for key in given]
    assert len(keys) == len(set(keys))
    wanted = {**SHARED, **task_type(name).actions}
    assert bound.keys() == wanted.keys()
    essential = ["submit", "skip", "next", "previous", "undo", "redo", "remove", "help", *(action for action in wanted if action.startswith("tool-"))]
    assert [action for action in essential if not bound[action]] == []


def test_defaults_do_not_collide():
    for name in task_types():
        bound = Keys().resolve(task_type(name).actions)
        assert {action: tuple(keys) for action, keys in bound.items()} == {**SHARED, **task_type(name).actions}


def test_a_label_has_its_key_whatever_the_profile():
    labels = as_labels(["cat", Label("dog", key="D")])
    bound = Keys().resolve(OWN, labels)
    assert bound["next"] == ["PageDown"]
    assert Keys("cvat").resolve(OWN, labels)["previous"] == []


def test_what_is_asked_for_takes_the_place_of_the_default():
    bound = Keys("cvat", {"skip": ["X", "Ctrl+Space"], "tool-box": "Alt+b", "repeat": []}).resolve(OWN)
    assert bound["skip"] == ["x", "Ctrl+Space"]
    assert bound["tool-box"] == ["Alt+b"]
    assert bound["repeat"] == []
    assert bound["next"] == ["f"]


def test_two_actions_can_swap_their_keys():
    bound = Keys(remap={"next": "a", "previous": "d"}).resolve(OWN)
    assert (bound["next"], bound["previous"]) == (["a"], ["d"])


@pytest.mark.parametrize(
    ("remap", "message"),
    [
        ({"skip": "d"}, "keys: 'd' for 'skip' is the key of 'next'"),
        ({"skip": "1"}, "keys: '1' for 'skip' is the key of the label 'cat'"),
        ({"skip": "q", "fit": "q"}, "keys: 'q' for 'fit' is the key of 'skip'"),
        ({"skipp": "q"}, "there is no action 'skipp'; did you mean 'skip'"),
        ({"zzz": "q"}, "there is no action 'zzz'; there are .*'submit'"),
    ],
)
def test_collisions_and_unknown_actions_are_refused_by_name(remap, message):
    with pytest.raises(TaskError, match=message):
        Keys(remap=remap).resolve(OWN, as_labels(["cat"]))


@pytest.mark.parametrize("key", ["", "ctrl+z", "Ctrl+", "ab", "Shift+Ctrl+z", 3, "Space", "Escape"])
def test_what_is_not_a_key_is_refused(key):
    with pytest.raises(TaskError, match=r"keys: .*'skip'"):
        Keys(remap={"skip": [key]})


def test_profile_is_known():
    with pytest.raises(TaskError, match=r"'cvatt' is unknown; there are \['nblabel', 'cvat', 'label-studio', 'labelme'\]"):
        Keys("cvatt")


def test_short_forms():
    assert as_keys(None) == Keys()
    assert as_keys("cvat") == Keys("cvat")
    assert as_keys({"skip": "x"}) == Keys(remap={"skip": ("x",)})
    with pytest.raises(TaskError, match="expected a profile"):
        as_keys(3)
