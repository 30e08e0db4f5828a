"""Requests checked against botocore's own model of a service, also where its client lets them pass: longest, largest, pattern, enum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from nblabel.errors import RequestError

__all__ = ["check_request"]

_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "boolean": (bool,), "list": (list, tuple), "structure": (Mapping,)}
# Python's expressions have no classes of Unicode: \w holds letters, numbers and the underscore that each of these patterns allows anyway. Marks,
# symbols and punctuation stand only where letters and numbers may, too: beyond ASCII all characters but the controls are let through.
_MARKS = "!-/:-@\\[-`{-~\u00a1-\uffff\U00010000-\U0010ffff"
_UNICODE = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": "\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    **dict.fromkeys([r"\p{M}", r"\p{S}", r"\p{P}"], _MARKS),
}


def check_request(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Check a request as the service would.

    Parameters
    ----------
    service, operation : str
        As boto3 and the API reference name them: ``"sagemaker"``, ``"CreateLabelingJob"``.
    request : mapping
        What the client would be given.

    Raises
    ------
    RequestError
        The first rule that is broken. When several are, the rest is told in a note (``__notes__``).

    Examples
    --------
    >>> check_request("sagemaker", "StopLabelingJob", {"LabelingJobName": "my cats"})
    Traceback (most recent call last):
    nblabel.errors.RequestError: LabelingJobName is 'my cats': it must match [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; change it
    """
    problems = list(_problems(_model(service).operation_model(operation).input_shape, request, ""))
    if problems:
        for problem in problems[1:]:
            problems[0].add_note(f"also: {problem}")
        raise problems[0]


@cache
def _model(service: str) -> Any:
    import botocore.session

    return botocore.session.get_session().get_service_model(service)


def _problems(shape: Any, value: Any, path: str) -> Iterator[RequestError]:
    fits: bool = isinstance(value, _TYPES.get(shape.type_name, (object,)))
    if not fits or (shape.type_name == "integer" and type(value) is bool):
        yield RequestError(path, value, f"it must be of the type {shape.type_name}", remedy="give it as one")
    elif shape.type_name == "structure":
        yield from _member_problems(shape, value, path)
    elif shape.type_name == "list":
        yield from _out_of_range(shape, len(value), value, path, "entries")
        for place, member in enumerate(value):
            yield from _problems(shape.member, member, f"{path}[{place}]")
    elif shape.type_name == "integer":
        yield from _out_of_range(shape, value, value, path, "")
    elif shape.type_name == "string":
        yield from _text_problems(shape, value, path)


def _member_problems(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[RequestError]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield RequestError(_at(path, name), None, "it is required", remedy="give it")
    for name, member in value.items():
        if name not in shape.members:
            yield RequestError(_at(path, name), member, "there is no such field", remedy=f"use one of {sorted(shape.members)}")
        elif member is not None or name not in shape.required_members:
            yield from _problems(shape.members[name], member, _at(path, name))


def _text_problems(shape: Any, value: str, path: str) -> Iterator[RequestError]:
    yield from _out_of_range(shape, len(value), value, path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(_python(pattern), value):
        yield RequestError(path, value, f"it must match {pattern.removeprefix('^').removesuffix('$')}", remedy="change it")
    if shape.enum and value not in shape.enum:
        yield RequestError(path, value, f"it must be one of {shape.enum}", remedy="choose one of them")


def _out_of_range(shape: Any, size: int, value: Any, path: str, unit: str) -> Iterator[RequestError]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        limits = f"{least or 0} to {most}" if most is not None else f"{least} or more"
        rule = f"it must have {limits} {unit}, it has {size}" if unit else f"it must be {limits}"
        yield RequestError(path, value, rule, remedy=f"make it {'smaller' if most is not None and size > most else 'larger'}")


@cache
def _python(pattern: str) -> str:
    for foreign, own in _UNICODE.items():
        pattern = pattern.replace(foreign, own)
    return pattern


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
