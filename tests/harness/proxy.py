"""A proxy between a browser and a server that can be cut, as a connection is: what was open breaks off, and nothing new gets through."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, suppress


class Proxy:
    """Carries TCP connections on a port of its own to another port of this machine."""

    def __init__(self, port):
        self._target = ("127.0.0.1", port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._open = set()
        self._lock = threading.Lock()
        self._cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.cut()
        self._server.close()

    def cut(self):
        """Break all connections off, and let no new one through."""
        with self._lock:
            self._cut = True
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def mend(self):
        """Let new connections through again."""
        with self._lock:
            self._cut = False

    def _accept(self):
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        with closing(near):
            with self._lock:
                if self._cut:
                    return
                far = socket.create_connection(self._target)
                self._open |= {near, far}
            with closing(far):
                back = threading.Thread(target=_copy, args=(far, near), daemon=True)
                back.start()
                _copy(near, far)
                back.join()
            with self._lock:
                self._open -= {near, far}


def _copy(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
