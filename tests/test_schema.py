from __future__ import annotations

import contextlib
import json
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nblabel import schema
from nblabel.errors import SchemaError
from nblabel.tasks.bounding_box import BoundingBox
from nblabel.wire import WIRE_TYPES, ItemView, Operation

EVERY = (*WIRE_TYPES, *BoundingBox.wire_types)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A leaf.

    With more to say.
    """

    name: str
    size: float | None = None


@dataclass(frozen=True, kw_only=True)
class Tree:
    leaves: list[Leaf] = field(default_factory=list)
    kind: Literal["oak", "ash"] = "oak"
    places: dict[str, int] = field(default_factory=dict)
    mixed: list[int | str] = field(default_factory=list)
    known: bool = True
    anything: Any = None


TYPESCRIPT = """\
/** A leaf. */
export interface Leaf {
  name: string;
  size: number | null;
}

export interface Tree {
  leaves: Leaf[];
  kind: "ash" | "oak";
  places: Record<string, number>;
  mixed: (number | string)[];
  known: boolean;
  anything: unknown;
}"""


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"leaves": [{"name": "a"}, {"name": 3}]}, "/leaves/1/name"),
        ({"leaves": [{}]}, "/leaves/0"),
        ({"kind": "elm"}, "/kind"),
        ({"places": {"here": "x"}}, "/places/..."),
        ({"leaves": None}, "/leaves"),
        ([], ""),
        (None, ""),
        ("tree", ""),
    ],
)
def test_error_points_to_the_place(data, path):
    with pytest.raises(SchemaError) as error:
        schema.load(data, Tree)
    assert error.value.path == path
    assert str(error.value).startswith(f"{path}: " if path else "Expected")


def test_unknown_keys_are_ignored():
    assert schema.load({"name": "a", "colour": "red"}, Leaf) == Leaf(name="a")


def test_dump_writes_defaults():
    assert schema.dump(Leaf(name="a")) == {"name": "a", "size": None}


def test_typescript():
    assert schema.typescript([Leaf, Tree]) == TYPESCRIPT


def test_json_schema_is_valid_and_complete():
    whole = schema.json_schema(EVERY)
    jsonschema.Draft202012Validator.check_schema(whole)
    for form in EVERY:
        described = whole["$defs"][form.__name__]
        assert list(described["properties"]) == [entry.name for entry in fields(form)]
        required = [entry.name for entry in fields(form) if entry.default is MISSING and entry.default_factory is MISSING]
        assert described.get("required", []) == required


JSON = st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5)
OPERATIONS = st.builds(
    Operation,
    id=st.text(),
    item=st.integers(0, 2**53),
    kind=st.sampled_from(["change", "submit", "skip"]),
    change=JSON,
    undoes=st.none() | st.text(),
    seconds=st.floats(allow_nan=False, allow_infinity=False),
)


@given(OPERATIONS)
def test_what_goes_out_comes_back(operation):
    assert schema.load(json.loads(json.dumps(schema.dump(operation))), Operation) == operation


@given(JSON | st.dictionaries(st.sampled_from([entry.name for entry in fields(ItemView)]), JSON))
def test_any_data_is_loaded_or_refused(data):
    with contextlib.suppress(SchemaError):
        assert isinstance(schema.load(data, ItemView), ItemView)
