"""The tutorials run from top to bottom and show what they were saved with."""

from __future__ import annotations

from pathlib import Path

import pytest

import nblabel as nl

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

pytestmark = pytest.mark.jupyter


def shown(notebook):
    """Give the texts that the cells of a notebook show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"]["text/plain"] for output in outputs if "data" in output]


@pytest.mark.parametrize("name", ["named-entities", "classification", "ground-truth"])
def test_tutorial_shows_what_it_was_saved_with(name, tmp_path, monkeypatch):
    import nbclient
    import nbformat

    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    for variable in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    saved = shown(notebook)
    assert saved
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert shown(notebook) == saved


def test_masks_run(tmp_path, monkeypatch):
    import nbclient
    import nbformat

    for variable in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOKS / "segmentation.ipynb", as_version=4)
    saved = shown(notebook)  # what is proposed becomes better, and times are others each time
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert [text.split("=")[0].split("/")[0] for text in shown(notebook)[:5]] == [text.split("=")[0].split("/")[0] for text in saved[:5]]
    assert len(shown(notebook)) == len(saved)


def test_labeling_job_runs(tmp_path, monkeypatch):
    import nbclient
    import nbformat

    for variable in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOKS / "labeling-job.ipynb", as_version=4)
    saved = shown(notebook)  # names of workers outside, and times, are others each time
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert len(shown(notebook)) == len(saved)
    assert any("8 of 8 labeled, 32 answers" in text and "agreement (alpha): detection" in text for text in shown(notebook))
    opened = nl.open_job(tmp_path / "team-output" / "shapes")
    assert opened.result()["shapes"].map(lambda label: len(label["annotations"])).tolist() == [2] * 8
    assert len(opened.responses()) == 32
