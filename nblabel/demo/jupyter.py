"""JupyterLab as a child process: started on a notebook, announced when it answers, stopped with its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from nblabel.demo import DemoError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["require_jupyterlab", "serve"]

_FIRST_PORT = 8888
_SECONDS_TO_START = 120
_SECONDS_TO_STOP = 15
_STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def require_jupyterlab() -> None:
    """Refuse to go on without JupyterLab.

    Raises
    ------
    DemoError
        When it is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise DemoError('JupyterLab is not installed; run: pip install "nblabel[lab]"')


def serve(notebook: Path, *, port: int | None = None, browser: bool = True) -> None:
    """Serve a notebook's folder with JupyterLab, until this process is told to stop or somebody shuts the server down in its menu.

    Parameters
    ----------
    notebook
        The notebook to open.
    port
        The port to listen on; by default the first free one from 8888 on.
    browser
        Whether to open the notebook in a browser.

    Raises
    ------
    DemoError
        When the port is taken, or when JupyterLab does not start or breaks.
    KeyboardInterrupt
        When this process is told to stop; the server has stopped by then.
    """
    if port is not None:
        _require_free(port)
    with tempfile.TemporaryFile() as log, _stop_signals_interrupt():
        earlier = {server["pid"] for server in _servers(notebook.parent)}
        process = _start(notebook, port=port, browser=browser, log=log)
        try:
            server = _wait_until_it_answers(process, notebook.parent, earlier, log)
            path = urllib.parse.quote(f"lab/tree/{notebook.name}")
            print(f"JupyterLab: {server['url']}{path}?{urllib.parse.urlencode({'token': server['token']})}")  # noqa: T201
            print("Stop it with Ctrl-C.", flush=True)  # noqa: T201
            if process.wait():
                raise DemoError(_with_last_lines("JupyterLab stopped by itself", log))
        finally:
            _stop(process)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(f"Port {port} cannot be used ({error.strerror}); choose another one with --port, or leave --port out.") from error


def _start(notebook: Path, *, port: int | None, browser: bool, log: BinaryIO) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "jupyterlab", str(notebook)),
        f"--ServerApp.root_dir={notebook.parent}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port or _FIRST_PORT}",
        f"--ServerApp.port_retries={0 if port else 100}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # In a session of its own, Ctrl-C in the terminal reaches this process only, which then stops the server in order.
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603


def _servers(folder: Path) -> list[dict[str, Any]]:
    from jupyter_server.serverapp import list_running_servers

    return [server for server in list_running_servers() if Path(server["root_dir"]) == folder]


def _wait_until_it_answers(process: subprocess.Popen[bytes], folder: Path, earlier: set[int], log: BinaryIO) -> dict[str, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        for server in _servers(folder):
            if server["pid"] not in earlier:
                try:
                    opener.open(f"{server['url']}api", timeout=2).close()
                except OSError:
                    continue
                return server
        time.sleep(0.1)
    raise DemoError(_with_last_lines("JupyterLab did not start", log))


def _with_last_lines(what: str, log: BinaryIO) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    return "\n".join([f"{what}; these are its last lines:", *lines[-15:]])


@contextmanager
def _stop_signals_interrupt() -> Iterator[None]:
    """Let every request to stop arrive as KeyboardInterrupt, also where the shell made a background process deaf to Ctrl-C."""
    handlers = {number: signal.signal(number, signal.default_int_handler) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
