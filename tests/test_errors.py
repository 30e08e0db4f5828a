from __future__ import annotations

import inspect

import pytest

from nblabel import errors

ALL = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_one_of_ours_and_documented(kind):
    assert issubclass(kind, errors.NblabelError)
    assert inspect.getdoc(kind)
    if kind is not errors.NblabelError:
        assert any(issubclass(kind, builtin) for builtin in (ValueError, OSError, RuntimeError, ImportError))


def test_codes_tell_errors_apart():
    assert len({kind.code for kind in ALL}) == len(ALL)


def test_every_error_class_is_listed():
    classes = {name for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, errors.NblabelError)}
    assert classes == set(errors.__all__)
    branches = (line.replace("│", " ").strip() for line in errors.__doc__.splitlines())
    listed = {line.split()[1] for line in branches if line.startswith(("├──", "└──"))}
    assert listed == classes - {"NblabelError"}


@pytest.mark.parametrize(
    ("error", "text", "facts"),
    [
        (errors.SchemaError("not a number", path="/a/0"), "/a/0: not a number", {"path": "/a/0"}),
        (errors.SchemaError("not a number"), "not a number", {"path": ""}),
        (errors.ManifestError("not JSON", uri="a.manifest", line=3), "a.manifest:3: not JSON", {"uri": "a.manifest", "line": 3}),
        (errors.ManifestError("empty", uri="a.manifest"), "a.manifest: empty", {"line": None}),
        (errors.AnnotationError("too wide", item="cat.jpg", path="/0"), "cat.jpg: /0: too wide", {"item": "cat.jpg", "path": "/0"}),
        (errors.AnnotationError("too wide"), "too wide", {"item": None, "path": ""}),
        (errors.StorageError("no such file", uri="s3://a/b"), "s3://a/b: no such file", {"uri": "s3://a/b"}),
    ],
)
def test_message_says_where_and_the_facts_are_kept(error, text, facts):
    assert str(error) == text
    assert {name: getattr(error, name) for name in facts} == facts
