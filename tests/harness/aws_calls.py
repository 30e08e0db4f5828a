"""What boto3 is asked for, whatever the service, and faults put before or behind any of these calls."""

from __future__ import annotations

import threading

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError


class KilledError(BaseException):
    """The process ends here; nothing that catches errors may hold it up."""


def refused(operation, code):
    """The answer of a service that refuses."""
    return ClientError({"Error": {"Code": code, "Message": "a fault of the test"}, "ResponseMetadata": {"HTTPHeaders": {}}}, operation)


class AwsCalls(list):
    """Operations with their parameters, in order; `done` are those that took effect.

    Attributes
    ----------
    errors : dict
        Codes that operations are refused with, by name.
    answers : dict
        What gives the answer of an operation, by name, in place of a service.
    at : int or None
        The call (0 is the first) that meets `fault`: a code; ``"kill"``; ``"lost"``, which takes effect although its answer does not arrive;
        or ``"resent"``, which boto3 sends again after that.
    """

    def __init__(self, monkeypatch):
        super().__init__()
        self.errors, self.answers = {}, {}
        self.at = self.fault = None
        self.done = []
        self._lock = threading.Lock()
        make = BaseClient._make_api_call
        monkeypatch.setattr(BaseClient, "_make_api_call", lambda client, operation, given: self._call(make, client, operation, given))

    def reset(self, at=None, fault=None):
        """Forget what was asked for, and let a call of that number meet a fault."""
        self.clear()
        self.done.clear()
        self.at, self.fault = at, fault

    def named(self, *operations):
        """Give the parameters of some operations."""
        return [given for operation, given in self if operation in operations]

    def changes(self):
        """Name the operations that change something."""
        return [operation for operation, _ in self if not operation.startswith(("Get", "Head", "Describe", "List"))]

    def _call(self, make, client, operation, given):
        if "process_request_thread" in threading.current_thread().name:  # a stand-in for a service, which looks at S3 itself
            return make(client, operation, given)
        with self._lock:
            number = len(self)
            self.append((operation, given))
        fault = self.fault if number == self.at else self.errors.get(operation)
        if fault == "kill":
            raise KilledError
        if fault not in {None, "lost", "resent"}:
            # The answer to a HEAD has no body that could hold a code.
            raise refused(operation, "403" if fault == "AccessDenied" and operation.startswith("Head") else fault)
        if fault == "resent":
            make(client, operation, given)
        try:
            found = self.answers[operation](given) if operation in self.answers else make(client, operation, given)
        finally:
            if fault == "lost":  # whatever the answer would have been
                self.done.append((operation, given))
                raise ReadTimeoutError(endpoint_url=client.meta.endpoint_url)
        self.done.append((operation, given))
        return found
