"""Creation dates as they stand in manifests."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

__all__ = ["read_date"]

_IN_WORDS = re.compile(r" *\(.*\)$")


def read_date(text: Any) -> datetime | None:
    """Read a creation date in any of the forms found in real manifests; None when it is not a date.

    Examples
    --------
    >>> read_date("2024-03-04T09:51:00.148118").isoformat()
    '2024-03-04T09:51:00.148118+00:00'
    >>> read_date("Mon Mar 04 2024 10:51:00 GMT+0100 (Central European Standard Time)").isoformat()
    '2024-03-04T09:51:00+00:00'
    >>> read_date("yesterday")
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.strptime(_IN_WORDS.sub("", text), "%a %b %d %Y %H:%M:%S GMT%z")
        except ValueError:
            return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
