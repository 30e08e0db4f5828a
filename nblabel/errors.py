"""Every error that nblabel raises on purpose.

::

    NblabelError
    ├── SchemaError      ValueError     a value does not have the form that was declared
    ├── ManifestError    ValueError     a manifest breaks the rules
    ├── TaskError        ValueError     unknown task, or a setting that does not fit it
    ├── AnnotationError  ValueError     an annotation is not acceptable for its task and item
    ├── MediaError       ValueError     an image, text or video cannot be read or shown
    ├── FrameError       ValueError     a DataFrame cannot be bound to a labeling job
    ├── QueryError       ValueError     a filter in SQL cannot be understood
    ├── RequestError     ValueError     a service would refuse a request, or not do what was meant
    ├── MissingExtraError ImportError   an optional package is not installed
    ├── ServiceError     OSError        a service of AWS cannot be reached, or refused what was asked
    ├── StorageError     OSError        read, write or list of a file or URL failed
    ├── StoreError       OSError        the labeling store cannot be opened or written
    ├── SessionError     RuntimeError   a front end asked for what this session cannot do
    │   └── ConflictError RuntimeError  an item was changed elsewhere since whoever hands it in has seen it
    ├── AssistError      ValueError     prompts do not fit the image, or a model does not have the form expected
    └── CancelledError   RuntimeError   work was given up because it was no longer wanted

Each class also derives from the builtin that a caller would catch, says *where: what was wrong, what was expected; what to do*, and keeps its facts
in attributes. A front end receives `code`, the message and `path`.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AnnotationError",
    "AssistError",
    "CancelledError",
    "ConflictError",
    "FrameError",
    "ManifestError",
    "MediaError",
    "MissingExtraError",
    "NblabelError",
    "QueryError",
    "RequestError",
    "SchemaError",
    "ServiceError",
    "SessionError",
    "StorageError",
    "StoreError",
    "TaskError",
]

_LONGEST_SHOWN = 200


class NblabelError(Exception):
    """Base of all errors that nblabel raises on purpose."""

    code: ClassVar[str] = "error"
    path: str | None = None


class SchemaError(NblabelError, ValueError):
    """A value does not have the form that was declared.

    Attributes
    ----------
    path : str
        JSON Pointer (RFC 6901) to the offending value, ``""`` for the whole.
    """

    code = "schema"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class ManifestError(NblabelError, ValueError):
    """A manifest breaks the rules.

    Attributes
    ----------
    uri : str
        The manifest.
    line : int or None
        Line number, from 1; None when the whole file is meant.
    attribute : str or None
        The key that it is about.
    """

    code = "manifest"

    def __init__(self, message: str, *, uri: str, line: int | None = None, attribute: str | None = None) -> None:
        super().__init__(f"{uri}:{line}: {message}" if line is not None else f"{uri}: {message}")
        self.uri = uri
        self.line = line
        self.attribute = attribute


class TaskError(NblabelError, ValueError):
    """An unknown task type, or a setting that does not fit it."""

    code = "task"


class AnnotationError(NblabelError, ValueError):
    """An annotation is not acceptable for its task and item.

    Attributes
    ----------
    item : str or None
        What was being labeled.
    path : str
        JSON Pointer to the offending part of the annotation.
    """

    code = "annotation"

    def __init__(self, message: str, *, item: str | None = None, path: str = "") -> None:
        super().__init__(": ".join(part for part in (item, path, message) if part))
        self.item = item
        self.path = path


class MediaError(NblabelError, ValueError):
    """An image, text or video cannot be read or shown."""

    code = "media"


class FrameError(NblabelError, ValueError):
    """A DataFrame cannot be bound to a labeling job as asked."""

    code = "frame"


class QueryError(NblabelError, ValueError):
    """A filter in SQL cannot be understood.

    Attributes
    ----------
    where : str
        The filter.
    at : int
        Where in it the trouble begins, from 0.
    """

    code = "query"

    def __init__(self, message: str, *, where: str, at: int) -> None:
        super().__init__(f"{where}: at character {at + 1}: {message}")
        self.where = where
        self.at = at


class RequestError(NblabelError, ValueError):
    """A service would refuse a request, or not do what was meant; nothing was sent.

    Attributes
    ----------
    field : str
        Where in the request: ``HumanTaskConfig.TaskTitle``.
    value : object
        What stands there.
    rule, remedy : str
        What is expected, and what to do.
    """

    code = "request"

    def __init__(self, field: str, value: object, rule: str, *, remedy: str) -> None:
        shown = "is missing" if value is None else f"is {value!r}"
        super().__init__(f"{field} {shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + '…'}: {rule}; {remedy}")
        self.field = field
        self.value = value
        self.rule = rule
        self.remedy = remedy


class MissingExtraError(NblabelError, ImportError):
    """An optional package is not installed.

    Attributes
    ----------
    extra : str
        The extra of nblabel that brings it.
    """

    code = "missing-extra"

    def __init__(self, what: str, *, extra: str, package: str) -> None:
        super().__init__(f'{what} needs the package {package}, which is not installed; run: pip install "nblabel[{extra}]"')
        self.extra = extra


class StorageError(NblabelError, OSError):
    """Reading, writing or listing a file or URL failed.

    Attributes
    ----------
    uri : str
        What was asked for.
    """

    code = "storage"

    def __init__(self, message: str, *, uri: str) -> None:
        super().__init__(f"{uri}: {message}")
        self.uri = uri


class ServiceError(NblabelError, OSError):
    """A service of AWS cannot be reached, or refused what was asked.

    Attributes
    ----------
    operation : str
        What was asked, as the API reference calls it.
    reason : str
        The code of the answer, such as ``ThrottlingException``.
    """

    code = "service"

    def __init__(self, message: str, *, operation: str, reason: str = "") -> None:
        super().__init__(f"{operation}: {message}")
        self.operation = operation
        self.reason = reason


class StoreError(NblabelError, OSError):
    """The labeling store cannot be opened or written.

    Attributes
    ----------
    unfit : bool
        The folder is the reason: it may not be written to, or cannot lock files.
    """

    code = "store"

    def __init__(self, message: str, *, unfit: bool = False) -> None:
        super().__init__(message)
        self.unfit = unfit


class SessionError(NblabelError, RuntimeError):
    """A front end asked for something that this session cannot do."""

    code = "session"


class AssistError(NblabelError, ValueError):
    """Prompts do not fit the image, or a segmentation model does not have the form expected."""

    code = "assist"


class CancelledError(NblabelError, RuntimeError):
    """Work was given up because it was no longer wanted."""

    code = "cancelled"


class ConflictError(SessionError):
    """An item was changed elsewhere since whoever hands it in has seen it."""

    code = "conflict"
