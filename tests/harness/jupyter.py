"""A real Jupyter server, and its notebooks driven through Playwright."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from harness.labeler import Labeler
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.context?.isReady && panel.sessionContext?.session?.kernel?.status === "idle";
}"""
EVALUATE = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code: "", silent: false, store_history: false, user_expressions: { value: code } });
  const { value } = (await future.done).content.user_expressions;
  if (value.status !== "ok") throw new Error(`${value.ename}: ${value.evalue}`);
  return value.data["text/plain"];
}"""
EXECUTE = "(code) => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }); }"
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell) => (cell.model.outputs?.toJSON() ?? [])
  .map((output) => output.text ?? (output.traceback ?? []).join("\\n") ?? ""))"""
SETTINGS = {"fetchNews": "false", "checkForUpdates": False}
CLASSES = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}


class JupyterServer:
    """JupyterLab or Notebook 7 on a port of its own, with settings of its own."""

    def __init__(self, folder, application):
        self.folder = folder
        self.application = application
        self.work = folder / "work"
        self._process = None

    def __enter__(self):
        self.work.mkdir()
        settings = self.folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(SETTINGS), encoding="utf-8")
        places = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        environment = dict(os.environ, JUPYTER_PREFER_ENV_PATH="1", **{name: str(self.folder / place) for name, place in places.items()})
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        options = [
            "--no-browser",
            "--allow-root",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--IdentityProvider.token=",
            f"--ServerApp.root_dir={self.work}",
            f"--{CLASSES[self.application]}.expose_app_in_browser=True",
        ]
        if self.application == "jupyterlab":
            options.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
        self._log = (self.folder / "server.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.application, *options], env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._wait()
        return self

    def __exit__(self, *failure):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _wait(self):
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/api/status", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if self._process.poll() is not None:
                    raise RuntimeError((self.folder / "server.log").read_text(encoding="utf-8")) from None
                time.sleep(0.1)

    def open(self, page, name, cells, url=None):
        """Write a notebook of these cells and open it in a page, at another address of this server if so wished."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cells = [
            {"cell_type": "code", "id": f"cell-{number}", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
            for number, source in enumerate(cells)
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
        (self.work / name).parent.mkdir(parents=True, exist_ok=True)
        (self.work / name).write_text(json.dumps(notebook), encoding="utf-8")
        return self.visit(page, name, url)

    def visit(self, page, name, url=None):
        """Open a notebook that exists."""
        place = f"lab/tree/{name}?reset" if self.application == "jupyterlab" else f"notebooks/{name}"
        page.goto(f"{url or self.url}/{place}")
        page.wait_for_function(READY, timeout=90_000)
        return Notebook(page)


class Notebook:
    """A notebook that is open in a page."""

    def __init__(self, page):
        self.page = page

    def run_all(self):
        """Run all cells, without waiting for the last to end."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def execute(self, code):
        """Run code in the kernel, as a cell does, without waiting for it to end."""
        self.page.evaluate(EXECUTE, code)

    def wait_idle(self):
        """Wait until the cells that were sent have ended: what is asked last is answered last."""
        self.page.wait_for_function(READY, timeout=90_000)
        self.evaluate("None")

    def wait_for_file(self, path):
        """Wait until a cell has made a file: the kernel's status tells of its threads too."""
        for _ in range(1200):
            if path.exists():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{path.name} was not made; the cells say:\n{self.outputs()}")

    def evaluate(self, expression):
        """Read a value in the kernel, as its repr."""
        return self.page.evaluate(EVALUATE, expression)

    def restart(self):
        """Restart the kernel, as the menu does, without its question."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.wait_idle()

    def cells(self):
        """Count the cells and their kinds."""
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.type)")

    def outputs(self):
        """Text of all outputs, for messages of failing tests."""
        return "\n".join(text if isinstance(text, str) else "".join(text) for text in self.page.evaluate(OUTPUTS))

    def labeler(self):
        """Wait for the labeler of this notebook."""
        labeler = Labeler(self.page)
        try:
            labeler.root.wait_for(timeout=60_000)
        except PlaywrightTimeoutError:
            raise AssertionError(f"no labeler appeared; the cells say:\n{self.outputs()}") from None
        return labeler.wait_ready()
