"""The front end's own checks and tests, run by pytest so that one command runs everything."""

from __future__ import annotations

import json
import re

import pytest
import toolchain

pytestmark = pytest.mark.javascript


@pytest.mark.parametrize("script", ["check", "lint", "test"])
def test_npm_script_passes(script, node_executable):
    done = toolchain.npm("run", "--silent", script)
    if done.returncode:
        pytest.fail(f"npm run {script}\n{done.stdout}", pytrace=False)


def test_every_task_type_has_a_bundle_without_paths_of_the_machine(front_end):
    tasks = {path.stem for path in (toolchain.JS / "src" / "tasks").glob("*.ts*")}
    bundles = {path.stem: path.read_text(encoding="utf-8") for path in (toolchain.ROOT / "nblabel" / "static").glob("*.js")}
    assert bundles.keys() == {*tasks, *(f"{task}.worker" for task in tasks), "crowd-elements"}
    for text in bundles.values():
        assert str(toolchain.ROOT) not in text
        assert "node_modules" not in text
        assert not re.search(r"(?:^|[;}])\s*import\b", text, re.MULTILINE), "a bundle imports nothing"


def test_lock_file_names_no_registry():
    lock = json.loads((toolchain.JS / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
