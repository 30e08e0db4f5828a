from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

import nblabel as nl
from nblabel.demo import jupyter, make_project

OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path / "project")


@pytest.fixture
def jupyter_environment(tmp_path, monkeypatch):
    """Keep the configuration of whoever runs the tests out of them, and the tests out of it."""
    for name in (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
        "IPYTHONDIR",
    ):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")


def test_project_holds_notebook_manifest_and_photographs(project):
    frame = nl.read_manifest(project / "photos.manifest")
    photos = sorted(path.relative_to(project).as_posix() for path in project.glob("photos/*.jpg"))
    assert list(frame["source-ref"]) == photos
    assert 6 <= len(photos) <= 8
    assert sum(path.stat().st_size for path in project.glob("photos/*")) < 700_000
    assert json.loads((project / "quickstart.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4


def test_every_photograph_is_credited(project):
    credited = (project / "photos" / "CREDITS.md").read_text(encoding="utf-8")
    assert not [path.name for path in project.glob("photos/*.jpg") if f"| {path.name} |" not in credited]


def test_second_run_overwrites_nothing_and_adds_what_is_missing(project):
    (project / "quickstart.ipynb").write_text("mine")
    (project / "photos.manifest").write_text("mine too")
    (project / "photos" / "cat.jpg").unlink()
    assert make_project(project) == project
    assert (project / "quickstart.ipynb").read_text() == "mine"
    assert (project / "photos.manifest").read_text() == "mine too"
    assert (project / "photos" / "cat.jpg").stat().st_size > 1000


def test_notebook_is_stored_without_outputs(project):
    cells = json.loads((project / "quickstart.ipynb").read_text(encoding="utf-8"))["cells"]
    assert not [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")]


@pytest.mark.jupyter
def test_quickstart_runs_from_top_to_bottom_and_again(project, jupyter_environment):
    import nbclient
    import nbformat

    for _ in range(2):  # the second time the labels come from the store
        notebook = nbformat.read(project / "quickstart.ipynb", as_version=4)
        nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(project)}}).execute()
        rows = [json.loads(line) for line in (project / "labeled.manifest").read_text(encoding="utf-8").splitlines()]
        assert [row["source-ref"] for row in rows] == list(nl.read_manifest(project / "photos.manifest")["source-ref"])
        assert [len(row["things"]["annotations"]) if "things" in row else None for row in rows] == [2, *[None] * (len(rows) - 1)]
        assert rows[0]["things-metadata"]["human-annotated"] == "yes"


@contextlib.contextmanager
def running_demo(project, *arguments):
    command = [sys.executable, "-m", "nblabel", "demo", "--no-browser", "--dir", str(project), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.jupyter
@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals of this kind")
@pytest.mark.parametrize("stop_signal", [signal.SIGINT, signal.SIGTERM])
def test_demo_serves_the_notebook_until_it_is_stopped(stop_signal, project, jupyter_environment):
    with running_demo(project) as process:
        address = process.stdout.readline().removeprefix("JupyterLab: ").strip()
        assert "/lab/tree/quickstart.ipynb?token=" in address
        with OPEN(address) as answer:
            page = answer.read().decode()
        assert '"news": {"disabled": true}' in page
        server, _, _token = address.partition("/lab/tree/")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            OPEN(f"{server}/api/contents/quickstart.ipynb")
        process.send_signal(stop_signal)
        printed, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert complaints == ""
    assert "Traceback" not in printed
    with pytest.raises(urllib.error.URLError):
        OPEN(f"{server}/api")


@pytest.mark.jupyter
@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals of this kind")
def test_demo_stopped_while_the_server_starts_ends_cleanly(project, jupyter_environment, monkeypatch):
    started = []

    def interrupt(process, *_):
        started.append(process)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(jupyter, "_wait_until_it_answers", interrupt)
    with pytest.raises(KeyboardInterrupt):
        jupyter.serve(project / "quickstart.ipynb", browser=False)
    assert started[0].poll() is not None
