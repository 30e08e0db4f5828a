"""One dataclass is the Python type, the JSON Schema and the TypeScript type.

Data that comes from outside (a front end, a file) becomes a dataclass through `load` and nowhere else; it goes out through `dump`. The TypeScript
side of the same facts is written by `typescript` into ``js/src/generated/schema.ts``, and a test fails when that file is stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from nblabel.errors import SchemaError

__all__ = ["dump", "json_schema", "load", "typescript"]

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<what>.*) - at `(?P<place>\$.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_REFERENCE = "#/$defs/"


def load(data: object, form: type[T]) -> T:
    """Turn plain JSON data into `form`, or say exactly where it does not fit.

    Parameters
    ----------
    data : object
        Dicts, lists, strings, numbers, booleans and None, as JSON has them.
    form : type
        A dataclass, or any annotation made of dataclasses.

    Returns
    -------
    object
        An instance of `form`. Unknown keys are ignored, so that an older Python understands a newer front end.

    Raises
    ------
    SchemaError
        With a JSON Pointer to the first value that does not fit.

    Examples
    --------
    >>> from nblabel.wire import Progress
    >>> load({"total": 3, "submitted": 1, "skipped": 0}, Progress)
    Progress(total=3, submitted=1, skipped=0, ahead=0)
    >>> load({"total": "3", "submitted": 1, "skipped": 0}, Progress)
    Traceback (most recent call last):
    nblabel.errors.SchemaError: /total: Expected `int`, got `str`
    """
    try:
        return msgspec.convert(data, form)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        if found is None:
            raise SchemaError(str(error)) from None
        raise SchemaError(found["what"], path=_pointer(found["place"])) from None


def dump(value: object) -> Any:
    """Turn dataclasses into plain JSON data.

    Examples
    --------
    >>> from nblabel.wire import Progress
    >>> dump(Progress(total=3, submitted=1, skipped=0))
    {'total': 3, 'submitted': 1, 'skipped': 0, 'ahead': 0}
    """
    return msgspec.to_builtins(value)


def json_schema(forms: Iterable[type]) -> dict[str, Any]:
    """Describe dataclasses in JSON Schema 2020-12, one entry of ``$defs`` a class."""
    _, definitions = msgspec.json.schema_components(forms, ref_template=_REFERENCE + "{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions}


def typescript(forms: Sequence[type]) -> str:
    """Write dataclasses as TypeScript interfaces, in the order given.

    Fields with a default are still required in TypeScript: `dump` always writes them.

    Examples
    --------
    >>> from nblabel.wire import Progress
    >>> print(typescript([Progress]))
    /** How far a labeling job has come, counted in items; `ahead` are those that may still be given to who labels, beside the total. */
    export interface Progress {
      total: number;
      submitted: number;
      skipped: number;
      ahead: number;
    }
    """
    definitions: Mapping[str, Any] = json_schema(forms)["$defs"]
    return "\n\n".join(_interface(form.__name__, definitions[form.__name__]) for form in forms)


def _pointer(place: str) -> str:
    return "".join(f"/{name or index}" for name, index in _STEP.findall(place))


def _interface(name: str, definition: Mapping[str, Any]) -> str:
    summary = definition.get("description", "").strip().split("\n\n")[0]
    lines = [f"/** {' '.join(summary.split())} */"] if summary else []
    lines.append(f"export interface {name} {{")
    lines += [f"  {field}: {_type(schema)};" for field, schema in definition["properties"].items()]
    return "\n".join([*lines, "}"])


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    if "anyOf" in schema:
        return " | ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(choice) for choice in schema["enum"])
    match schema.get("type"):
        case "array":
            item = _type(schema["items"]) if "items" in schema else "unknown"
            return f"({item})[]" if "|" in item else f"{item}[]"
        case "object":
            return f"Record<string, {_type(schema.get('additionalProperties', {}))}>"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as same:
            return str(same)
        case _:
            return "unknown"
