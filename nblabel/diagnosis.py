"""What ``nblabel doctor`` and ``nl.doctor()`` look at when a widget does not render."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path

__all__ = ["Report", "doctor"]

_PACKAGES = (
    *("nblabel", "numpy", "pandas", "pillow", "ipywidgets", "jupyterlab_widgets", "anywidget", "ipycanvas"),
    *("ipykernel", "jupyter_server", "jupyterlab", "notebook"),
)
_REQUIRED = {"ipywidgets": (8, 1), "jupyterlab_widgets": (3, 0), "anywidget": (0, 9)}
_STATIC = Path(__file__).parent / "static"
_SHOWN_BY_OTHERS = {"verification"}
"""Task types without a front end of their own: that of the labels they are about shows them."""


@dataclass(frozen=True)
class Report:
    """Findings about this environment; its repr is meant to be read.

    Attributes
    ----------
    versions : dict of str to (str or None)
        Installed versions; None for what is not installed.
    host : str
        What this process seems to run in.
    server_prefix : Path or None
        Python environment of the Jupyter server, as far as it can be told from here.
    labextension : Path or None
        Where the server's environment (this one, when that is unknown) holds anywidget's half for the browser.
    missing_bundles : tuple of str
        Built-in task types without a front end.
    remedy : str
        The one thing to do when a widget does not render.
    """

    versions: dict[str, str | None]
    host: str
    server_prefix: Path | None
    labextension: Path | None
    missing_bundles: tuple[str, ...]
    remedy: str

    def __repr__(self) -> str:
        rows = {name: found or "not installed" for name, found in self.versions.items()}
        rows["host"] = self.host
        rows["environment"] = sys.prefix
        if self.server_prefix and self.server_prefix != Path(sys.prefix):
            rows["server's environment"] = str(self.server_prefix)
        rows["anywidget labextension"] = str(self.labextension) if self.labextension else "not found"
        rows["front end"] = f"missing for {', '.join(self.missing_bundles)}" if self.missing_bundles else "present"
        width = max(map(len, rows))
        table = "\n".join(f"{name:<{width}}  {value}" for name, value in rows.items())
        return f"{table}\n\nIf the widget does not render: {self.remedy}"


def doctor() -> Report:
    """Examine this environment, without using the network.

    Returns
    -------
    Report
        Versions, findings, and the one thing to do when a widget does not render.

    Examples
    --------
    >>> doctor().versions["nblabel"] is not None
    True
    """
    versions = {"Python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}}
    host = _host()
    server_prefix = _server_prefix()
    labextension = _labextension(server_prefix)
    missing = _missing_bundles()
    remedy = _remedy(versions, host, server_prefix, labextension, missing)
    return Report(versions, host, server_prefix, labextension, missing, remedy)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _host() -> str:
    if "google.colab" in sys.modules:
        return "Google Colab"
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "kernel"):
        return "plain Python"
    if "VSCODE_PID" in os.environ or "VSCODE_CWD" in os.environ:
        return "VS Code"
    if "SAGEMAKER_APP_TYPE" in os.environ:
        return f"SageMaker {os.environ['SAGEMAKER_APP_TYPE']}"
    if "JPY_SESSION_NAME" in os.environ or "JPY_PARENT_PID" in os.environ:
        return "Jupyter server (JupyterLab or Notebook)"
    return "Jupyter kernel"


def _server_prefix() -> Path | None:
    """Find the environment of the Jupyter server that started this kernel; its command begins with the path of its Python."""
    try:
        import psutil
    except ImportError:
        return None
    try:
        words = psutil.Process(int(os.environ["JPY_PARENT_PID"])).cmdline()
    except (KeyError, ValueError, psutil.Error):
        return None
    python = Path(words[0]) if words else Path()
    return python.parent.parent if python.is_absolute() and python.name.startswith("python") else None


def _labextension(server_prefix: Path | None) -> Path | None:
    if server_prefix and server_prefix != Path(sys.prefix):
        folders = [server_prefix / "share" / "jupyter" / "labextensions"]
    else:
        try:
            from jupyter_core.paths import jupyter_path
        except ImportError:
            return None
        folders = [Path(folder) for folder in jupyter_path("labextensions")]
    return next((folder / "anywidget" for folder in folders if (folder / "anywidget" / "package.json").is_file()), None)


def _missing_bundles() -> tuple[str, ...]:
    built_in = {entry.name for entry in entry_points(group="nblabel.tasks") if entry.module.startswith("nblabel.")}
    return tuple(sorted(name for name in built_in - _SHOWN_BY_OTHERS if not (_STATIC / f"{name}.js").is_file()))


def _remedy(
    versions: dict[str, str | None], host: str, server_prefix: Path | None, labextension: Path | None, missing_bundles: tuple[str, ...]
) -> str:
    """Choose the first remedy that the findings call for."""
    if versions["nblabel"] is None:
        return "nblabel runs from a source tree that is not installed; run in that folder: pip install -e ."
    if missing_bundles:
        return "nblabel's front end is missing; install nblabel again: pip install --force-reinstall --no-deps nblabel"
    for package, floor in _REQUIRED.items():
        if _numbers(versions[package]) < floor:
            return f'{package} is {versions[package] or "not installed"}; run: pip install "{package}>={".".join(map(str, floor))}"'
    if host == "plain Python":
        if versions["jupyterlab"] is None and versions["notebook"] is None:
            return 'widgets need a notebook, and JupyterLab is not installed; run: pip install "nblabel[lab]" and then nblabel demo'
        return "widgets need a notebook; run nblabel demo, or call nl.doctor() in the notebook where the widget does not render."
    if labextension is None and host not in {"Google Colab", "VS Code"}:
        elsewhere = server_prefix and server_prefix != Path(sys.prefix)
        where = f"in the environment that the Jupyter server runs in, {server_prefix}," if elsewhere else "in the environment of the Jupyter server"
        return f"install anywidget {where} and reload the browser page: pip install anywidget"
    if host == "VS Code":
        return 'run "Developer: Reload Window" once, then the cell again.'
    return "reload the browser page once and run the cell again: a page that was open before nblabel was installed does not know its widgets."


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (text or "").split(".")[:2] if part.isdecimal())
