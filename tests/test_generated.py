"""What is generated from the dataclasses is what lies in the source tree."""

from __future__ import annotations

import importlib.util

import pytest
import toolchain

from nblabel import schema
from nblabel.wire import WIRE_TYPES


@pytest.mark.javascript
def test_typescript_types_are_fresh():
    if not toolchain.HAS_SOURCES:
        pytest.skip("an installed wheel has no TypeScript")
    spec = importlib.util.spec_from_file_location("generate_types", toolchain.JS / "generate_types.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    for path, text in generator.render().items():
        assert path.read_text(encoding="utf-8") == text, "run: python js/generate_types.py"


def test_json_schema_describes_every_message():
    definitions = schema.json_schema(WIRE_TYPES)["$defs"]
    assert {form.__name__ for form in WIRE_TYPES} <= definitions.keys()
    assert set(definitions["Operation"]["required"]) == {"id", "item", "kind"}
