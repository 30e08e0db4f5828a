from __future__ import annotations

import sys
from pathlib import Path

import pytest

import nblabel as nl
from nblabel import diagnosis

HERE = Path(sys.prefix)
ELSEWHERE = Path("/elsewhere")
GOOD = {"nblabel": "0.1.0", "ipywidgets": "8.1.5", "jupyterlab_widgets": "3.0.13", "anywidget": "0.9.18", "jupyterlab": "4.2.0", "notebook": None}
LABEXTENSION = Path("share/jupyter/labextensions/anywidget")
SERVER = "Jupyter server (JupyterLab or Notebook)"


@pytest.mark.parametrize(
    ("versions", "host", "server", "labextension", "missing", "remedy"),
    [
        pytest.param({}, SERVER, HERE, LABEXTENSION, (), "reload the browser page once", id="nothing-wrong"),
        pytest.param({"nblabel": None}, SERVER, HERE, LABEXTENSION, (), "pip install -e .", id="source-tree"),
        pytest.param({}, SERVER, HERE, LABEXTENSION, ("bounding-box",), "install nblabel again", id="no-bundle"),
        pytest.param({"ipywidgets": "7.8.1"}, SERVER, HERE, LABEXTENSION, (), 'pip install "ipywidgets>=8.1"', id="old-ipywidgets"),
        pytest.param({"anywidget": None}, SERVER, HERE, LABEXTENSION, (), "anywidget is not installed", id="no-anywidget"),
        pytest.param({}, SERVER, ELSEWHERE, None, (), f"runs in, {ELSEWHERE},", id="server-elsewhere"),
        pytest.param({}, SERVER, None, None, (), "the environment of the Jupyter server and reload", id="no-labextension"),
        pytest.param({}, "VS Code", None, None, (), "Reload Window", id="vs-code"),
        pytest.param({}, "Google Colab", None, None, (), "reload the browser page", id="colab"),
        pytest.param({}, "plain Python", None, LABEXTENSION, (), "run nblabel demo", id="plain-python"),
        pytest.param({"jupyterlab": None}, "plain Python", None, LABEXTENSION, (), 'pip install "nblabel[lab]"', id="no-jupyterlab"),
    ],
)
def test_one_remedy_is_chosen_from_the_findings(versions, host, server, labextension, missing, remedy):
    assert remedy in diagnosis._remedy({**GOOD, **versions}, host, server, labextension, missing)


def test_report_shows_versions_and_ends_with_the_remedy():
    report = nl.doctor()
    lines = repr(report).splitlines()
    assert lines[0].split() == ["Python", ".".join(map(str, sys.version_info[:3]))]
    assert any(line.split() == ["nblabel", nl.__version__] for line in lines)
    assert lines[-1] == f"If the widget does not render: {report.remedy}"


def test_report_names_the_environment_of_the_server_when_it_is_another_one():
    report = diagnosis.Report(GOOD, SERVER, ELSEWHERE, None, ("bounding-box",), "...")
    assert "server's environment    /elsewhere" in repr(report)
    assert "missing for bounding-box" in repr(report)


def test_labextension_is_looked_for_where_the_server_runs(tmp_path):
    assert diagnosis._labextension(tmp_path) is None
    folder = tmp_path / "share" / "jupyter" / "labextensions" / "anywidget"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    assert diagnosis._labextension(tmp_path) == folder


def test_plain_python_is_recognised():
    assert diagnosis._host() == "plain Python"
