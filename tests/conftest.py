"""What all tests share."""

from __future__ import annotations

import os
import uuid

import pytest
import toolchain
from harness import aws
from hypothesis import settings

# Scripts, to be run by hand.
collect_ignore = ["benchmarks"]

# Machines are shared: how long an example takes says nothing.
settings.register_profile("nblabel", deadline=None)
settings.load_profile("nblabel")


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


@pytest.fixture(scope="session")
def moto_endpoint() -> str:
    """Address of a server that stands in for AWS."""
    with aws.moto_server() as address:
        yield address


@pytest.fixture
def aws_environment(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make boto3 talk to that server; gives what changes the variables further."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_endpoint)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    return monkeypatch


@pytest.fixture
def bucket(aws_environment: pytest.MonkeyPatch) -> str:
    """URL of an empty bucket, without a slash at the end."""
    from nblabel.storage.s3 import S3

    name = f"nblabel-{uuid.uuid4().hex}"
    S3().client.create_bucket(Bucket=name)
    return f"s3://{name}"


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


def pytest_configure():
    aws.lead_to(aws.NOWHERE, os.environ)  # no test reaches AWS, whatever it does


def pytest_addoption(parser):
    parser.addoption("--screenshot", help="where to save the README's picture of the labeler, which a browser test makes")
    parser.addoption("--screenshot-masks", help="where to save the README's picture of masks, which a browser test makes")
