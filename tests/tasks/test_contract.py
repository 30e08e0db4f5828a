"""Every task type that is installed keeps the promises of its base class, on its own fixtures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nblabel.attributes import Attribute
from nblabel.errors import TaskError
from nblabel.tasks import Task, label_reader, task_type, task_types
from nblabel.tasks.base import Media
from nblabel.tasks.with_attributes import WithAttributes
from nblabel.testing import check_task
from nblabel.wire import WIRE_TYPES

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("name", task_types())
def test_task_type(name):
    form = task_type(name)
    assert form.type == name
    assert form.title
    assert form.media in {"image", "text"}
    assert not {wire.__name__ for wire in form.wire_types} & {wire.__name__ for wire in WIRE_TYPES}
    labels = json.loads((FIXTURES / name / "labels.json").read_text(encoding="utf-8"))
    annotations = {}
    for case in labels["encode"]:
        if classes(case["annotation"]) <= set(labels["labels"]):
            annotations.setdefault(json.dumps(case.get("settings", {})), []).append(case["annotation"])
    for settings, given in annotations.items():
        check_task(make(form, labels["labels"], json.loads(settings)), given, Media(**labels["media"]))


@pytest.mark.parametrize("name", [name for name in task_types() if name != "verification"])
def test_task_type_with_attributes(name):
    labels = json.loads((FIXTURES / name / "labels.json").read_text(encoding="utf-8"))
    task = WithAttributes(task_type(name)(labels["labels"]), [Attribute("weather", choices=["dry", "wet"]), Attribute("people", type="number")])
    assert (task.type, task.reference, task.groundtruth_types) == (name, task.task.reference, task.task.groundtruth_types)
    cases = [case["annotation"] for case in labels["encode"] if not case.get("settings")]
    plain = [annotation for annotation in cases if classes(annotation) <= set(labels["labels"])]
    given = [{"annotation": annotation, "attributes": {"weather": "wet", "people": number}} for number, annotation in enumerate(plain)]
    check_task(task, [*given, {"annotation": plain[0], "attributes": {}}], Media(**labels["media"]))


def make(form, labels, settings):
    """Make a task; verdicts are about labels of another one."""
    if "verified" in settings:
        settings["task"] = task_type(settings.pop("verified"))(["cat"])
    return form(labels=labels, **settings)


def classes(annotation):
    """Names of the classes in an annotation, whatever its form; indices are no names."""
    parts = [annotation] if isinstance(annotation, str | dict) else annotation
    return {part if isinstance(part, str) else part["label"] for part in parts if isinstance(part, str | dict)}


@pytest.mark.parametrize("name", task_types())
def test_labels_find_their_reader(name):
    form = task_type(name)
    assert form.groundtruth_types
    for groundtruth_type in form.groundtruth_types:
        assert type(label_reader(groundtruth_type)) is form
    assert label_reader("groundtruth/unheard-of") is None


def test_unknown_task_type_proposes_a_near_one():
    with pytest.raises(TaskError, match=r"'bounding-bx' is unknown; installed are \[.*\]; did you mean 'bounding-box'\?"):
        task_type("bounding-bx")
    with pytest.raises(TaskError, match="install the package that brings it"):
        task_type("zzz")


class Plugin:
    """Stands in for an entry point of another package."""

    name = "thing"
    value = "package.module:Thing"

    def __init__(self, loaded):
        self._loaded = loaded

    def load(self):
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


@pytest.mark.parametrize(
    ("loaded", "text"), [(ImportError("no module"), "cannot be loaded.*no module"), (dict, "is not a subclass of nblabel.tasks.Task")]
)
def test_broken_plugin_is_reported_when_it_is_asked_for(monkeypatch, loaded, text):
    monkeypatch.setattr("nblabel.tasks.entry_points", lambda **_: [Plugin(loaded)])
    with pytest.raises(TaskError, match=text):
        task_type("thing")


def test_plugin_is_a_task_type_like_any_other(monkeypatch):
    class Thing(task_type("bounding-box")):
        type = "thing"

    monkeypatch.setattr("nblabel.tasks.entry_points", lambda **_: [Plugin(Thing)])
    assert issubclass(task_type("thing"), Task)


@pytest.mark.parametrize(
    ("method", "broken"),
    [
        ("annotation", lambda value: []),
        ("difference", lambda before, after: {}),
        ("encode", lambda annotation, context: ({}, {})),
        ("restore", lambda annotation: []),
    ],
)
def test_broken_promises_are_found(method, broken):
    form = task_type("bounding-box")
    task = type("Broken", (form,), {method: lambda self, *given: broken(*given)})(["cat"])
    box = {"label": "cat", "left": 1, "top": 2, "width": 3, "height": 4}
    with pytest.raises(AssertionError):
        check_task(task, [[], [box]], Media(width=64, height=48, depth=3))
