"""What all tests share."""

from __future__ import annotations

import pytest
import toolchain


@pytest.fixture(scope="session")
def chromium_executable() -> str:
    """Path of the Chromium to launch."""
    return _or_fail(toolchain.chromium)


@pytest.fixture(scope="session")
def node_executable() -> str:
    """Path of a Node.js."""
    return _or_fail(toolchain.node)


@pytest.fixture(scope="session")
def front_end() -> None:
    """Make sure that nblabel/static/ holds the bundles of js/src as it is now."""
    _or_fail(toolchain.ensure_front_end)


@pytest.fixture(autouse=True)
def _browser_tests_use_fresh_bundles(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("browser"):
        request.getfixturevalue("front_end")


def _or_fail(tool):
    """Turn a missing tool into a failure of one sentence."""
    try:
        return tool()
    except Exception as error:
        if type(error).__name__ in {"ToolMissingError", "FrontEndError"}:
            pytest.fail(str(error), pytrace=False)
        raise


def pytest_addoption(parser):
    parser.addoption("--screenshot", help="where to save the README's picture of the labeler, which a browser test makes")
