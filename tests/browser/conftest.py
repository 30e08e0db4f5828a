"""A real Chromium, and the two places where a labeler is shown: a plain page and a Jupyter server."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from harness.jupyter import JupyterServer
from harness.page import PlainPage
from harness.photographs import save_photographs
from playwright.sync_api import sync_playwright

# As root Chromium has no sandbox; the others stop it from calling home, which a test must not do.
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--disable-quic", "--disable-sync", "--no-first-run"]
# JupyterLab, not we: Notebook 7 raises this one on every page.
FOREIGN_ERRORS = ("reading 'schema'",)


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(chromium_executable):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_executable, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def _tab(chromium, **options):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not [error for error in errors if not any(known in error for known in FOREIGN_ERRORS)]


@pytest.fixture
def tab(chromium):
    """An empty page that must not raise an error."""
    with _tab(chromium) as page:
        yield page


@pytest.fixture
def plain_page(tab, monkeypatch):
    """A page without Jupyter, in which real widgets can be shown."""
    return PlainPage(tab, monkeypatch)


@pytest.fixture
def photographs(tmp_path):
    """A folder with four pictures, and a manifest that names them."""
    return save_photographs(tmp_path)


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory):
    with JupyterServer(tmp_path_factory.mktemp("lab"), application="jupyterlab") as server:
        yield server


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory):
    with JupyterServer(tmp_path_factory.mktemp("notebook"), application="notebook") as server:
        yield server
