"""Style, types and the direction of imports."""

from __future__ import annotations

import sys

import pytest
import toolchain

pytestmark = pytest.mark.lint


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "ruff", "check", "."], id="ruff"),
        pytest.param(["-m", "ruff", "format", "--check", "."], id="ruff-format"),
        pytest.param(["-m", "mypy"], id="mypy"),
        pytest.param(["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"], id="import-linter"),
    ],
)
def test_source_tree_passes(command):
    done = toolchain.run(sys.executable, *command, cwd=toolchain.ROOT)
    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)
