"""The tutorials run from top to bottom and show what they were saved with."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

pytestmark = pytest.mark.jupyter


def shown(notebook):
    """Give the texts that the cells of a notebook show."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"]["text/plain"] for output in outputs if "data" in output]


@pytest.mark.parametrize("name", ["named-entities", "classification"])
def test_tutorial_shows_what_it_was_saved_with(name, tmp_path, monkeypatch):
    import nbclient
    import nbformat

    for variable in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    saved = shown(notebook)
    assert saved
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert shown(notebook) == saved
