from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

import nblabel

HEAVY = {
    *("anywidget", "ipywidgets", "ipycanvas", "IPython", "traitlets", "comm"),
    *("boto3", "botocore", "starlette", "msgspec", "PIL", "sqlite3", "jupyterlab", "jupyter_core"),
}


def python(program):
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_loads_nothing_heavy():
    program = "import pandas, sys; before = set(sys.modules); import nblabel; print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    assert set(python(program).split()) & HEAVY == set()


def test_import_registers_the_accessor():
    assert python("import nblabel, pandas; print(type(pandas.DataFrame().nblabel).__module__)") == "nblabel.accessor\n"


@pytest.mark.parametrize("name", nblabel.__all__)
def test_public_name_is_there(name):
    assert getattr(nblabel, name) is getattr(nblabel, name)
    assert name in dir(nblabel)


def test_public_functions_are_not_hidden_by_modules_of_the_same_name():
    program = "import nblabel, pkgutil; [__import__(f'nblabel.{m.name}') for m in pkgutil.iter_modules(nblabel.__path__) if m.name != '__main__']"
    assert python(f"{program}\nprint(all(callable(getattr(nblabel, name)) for name in ('label', 'doctor', 'read_manifest')))") == "True\n"


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'nblabel' has no attribute 'bounding_boxes'"):
        _ = nblabel.bounding_boxes


def test_every_task_type_of_nblabel_is_public():
    entries = importlib.metadata.entry_points(group="nblabel.tasks")
    assert {entry.attr for entry in entries if entry.module.startswith("nblabel.")} <= set(nblabel.__all__)


def test_version_is_the_distributions():
    assert importlib.metadata.version("nblabel") == nblabel.__version__


def test_every_task_type_has_its_front_end():
    assert nblabel.doctor().missing_bundles == ()


def test_package_is_typed():
    files = {str(path) for path in importlib.metadata.files("nblabel") or []}
    assert "nblabel/py.typed" in files or not any(path.startswith("nblabel/") for path in files), "an editable install lists no modules"
