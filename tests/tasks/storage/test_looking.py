"""Whose credentials, which endpoint, and what an address that is asked says."""

import socket

import pytest

from tasks.errors import FixTheRun
from tasks.storage.folder import FolderStore
from tasks.storage.looking import access_to_s3, ask, plain_host, quick_store

PLANTED = "planted-secret-5d0c"


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def test_nothing_is_set():
    access = access_to_s3()
    assert (access.credentials, access.region) == ("", "")
    assert access.endpoint.endswith("amazonaws.com")


def test_files_and_the_environment_are_told_apart_and_not_repeated(tmp_path, monkeypatch):
    (tmp_path / "credentials").write_text(f"[default]\naws_access_key_id = AK\naws_secret_access_key = {PLANTED}\n")
    (tmp_path / "config").write_text("[default]\nregion = eu-central-1\nendpoint_url = https://s3.example\n")
    found = access_to_s3()
    assert (found.credentials, found.region) == ("the credentials file", "eu-central-1")
    assert found.endpoint == "https://s3.example"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AK")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PLANTED)
    assert access_to_s3().credentials == "the environment (AWS_ACCESS_KEY_ID)"
    assert PLANTED not in str(found) + str(access_to_s3())


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AWS_PROFILE", "nobody", "AWS_PROFILE"),
        ("AWS_ACCESS_KEY_ID", "half", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ENDPOINT_URL", "x", "endpoint"),
    ],
)
def test_settings_that_cannot_be(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(FixTheRun, match=says):
        access_to_s3()


def test_a_server_that_is_there_tells_its_clock(s3):
    answer = ask(s3.endpoint)
    assert answer.problem == ""
    assert abs(answer.server_time - answer.sent) < 60


def test_an_address_where_something_else_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = ask(f"http://127.0.0.1:{silent.getsockname()[1]}", silence_seconds=0.2)
    assert "does not answer (TimeoutError)" in answer.problem


def test_an_address_is_shown_without_its_user():
    assert plain_host(f"https://me:{PLANTED}@host:1/x?{PLANTED}") == "https://host:1"


def test_a_folder_needs_no_haste(tmp_path):
    assert isinstance(quick_store(str(tmp_path)), FolderStore)
