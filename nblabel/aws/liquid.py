"""Worker templates filled in, as far as Ground Truth's Liquid can be had here: python-liquid, and the filters that AWS adds.

Source of the filters: SageMaker developer guide, "Adding automation with Liquid". What AWS adds and this lacks is an error, not left as it stands.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nblabel.errors import MissingExtraError, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["fill"]


def fill(template: str, entered: Mapping[str, Any], access: Callable[[str], str]) -> tuple[str, list[str]]:
    """Fill a template in.

    Parameters
    ----------
    template : str
        Its text.
    entered : mapping
        What a pre-annotation Lambda function gives as ``taskInput``.
    access : callable
        Gives the URL under which a browser reads what ``grant_read_access`` is asked for.

    Returns
    -------
    page, problems
        The page, in which what is undefined is left out, and what is undefined.

    Raises
    ------
    RequestError
        The template is no Liquid, or has a tag or a filter that is not known.
    MissingExtraError
        Python-liquid is not installed.
    """
    try:
        import liquid
        from liquid.exceptions import LiquidError, UndefinedError
    except ImportError as error:
        raise MissingExtraError("a preview of a worker template", extra="preview", package="python-liquid") from error
    from markupsafe import Markup

    filters = {"to_json": _to_json, "grant_read_access": access, "skip_autoescape": Markup}

    def render(undefined: type[liquid.Undefined]) -> str:
        environment = liquid.Environment(autoescape=True, undefined=undefined)
        environment.filters.update(filters)
        return str(environment.from_string(template).render(task={"input": entered}))

    try:
        try:
            return render(liquid.StrictDefaultUndefined), []
        except UndefinedError as error:
            what = f"{_line(template, error)}: {error.args[0]}; the task input has {sorted(entered)}"
            return render(liquid.Undefined), [what]
    except LiquidError as error:
        field, value = f"the worker template, {_line(template, error)}", error.args[0]
        raise RequestError(field, value, "it is no Liquid that is known", remedy="correct it, or let AWS render it: service=True") from error


def _to_json(value: Any) -> str:
    # What is undefined says so when it is made a text, or is the empty one.
    return json.dumps(value, ensure_ascii=False, default=lambda undefined: str(undefined) or None)


def _line(template: str, error: Any) -> str:
    """Name the line that an error is about."""
    start = getattr(error.token, "start_index", 0)
    return f"line {template.count(chr(10), 0, start) + 1}"
