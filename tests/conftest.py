"""Real servers for every test that wants one: a store in a folder and on S3, a Prefect server."""

import uuid

import pytest
from hypothesis import HealthCheck, settings

from tasks.storage import open_store
from tasks.storage.base import Store
from tests.servers.prefect_server import PrefectServer
from tests.servers.s3 import S3Server

# A deadline measures what else the machine does. Fixtures that all examples of a property share are meant to be shared.
settings.register_profile(
    "pressrun", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("pressrun")


@pytest.fixture(scope="session")
def s3():
    """One S3 server for the whole session, started by the first test that needs it."""
    with S3Server() as server:
        yield server


@pytest.fixture
def bucket(s3, monkeypatch) -> str:
    """A fresh bucket, as s3://..., with the environment set for it."""
    for name, value in s3.environ.items():
        monkeypatch.setenv(name, value)
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.make_bucket(name)
    return f"s3://{name}"


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path) -> Store:
    """The same tests for both kinds of store."""
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    return open_store(request.getfixturevalue("bucket") + "/some/prefix")


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    with PrefectServer(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.fixture
def prefect(prefect_server, monkeypatch):
    """The environment points at the session's server."""
    for name, value in prefect_server.environ.items():
        monkeypatch.setenv(name, value)
    return prefect_server
