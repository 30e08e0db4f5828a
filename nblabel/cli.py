"""The ``nblabel`` command."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import nblabel

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments
        Words after ``nblabel``; those of this process by default.
    """
    parser = argparse.ArgumentParser(prog="nblabel", description="Label data in a notebook.")
    parser.add_argument("--version", action="version", version=f"nblabel {nblabel.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="make a small project with photographs and open JupyterLab on it")
    demo.add_argument("--dir", type=Path, default=Path("nblabel-demo"), help="folder of the project (default: %(default)s)")
    demo.add_argument("--port", type=_port, help="port of JupyterLab (default: the first free one from 8888 on)")
    demo.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    demo.set_defaults(run=_demo)

    doctor = commands.add_parser("doctor", help="print versions, and what to do when a widget does not render")
    doctor.set_defaults(run=_doctor)

    options = parser.parse_args(arguments)
    code: int = options.run(options)
    return code


def _port(text: str) -> int:
    highest = 65535
    if not text.isdecimal() or not 1 <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to {highest}")
    return int(text)


def _demo(options: argparse.Namespace) -> int:
    from nblabel.demo import DemoError, make_project
    from nblabel.demo.jupyter import require_jupyterlab, serve

    try:
        require_jupyterlab()
        project = make_project(options.dir)
        serve(project / "quickstart.ipynb", port=options.port, browser=not options.no_browser)
    except DemoError as error:
        print(f"nblabel: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # the ordinary way to end it
        return 0
    return 0


def _doctor(_: argparse.Namespace) -> int:
    print(nblabel.doctor())
    return 0
