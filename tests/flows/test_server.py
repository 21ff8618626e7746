"""A server of one's own: private, told where it is, and gone with who started it."""

import os
import subprocess
import sys

import pytest

from flows.server import PREFECT_SETTINGS, answers, api_url, is_loopback, own_server, server_environ, start_server
from tasks.errors import FixTheRun
from tests.flows.command_line import run
from tests.servers.prefect_api import wait_for
from tests.servers.prefect_server import free_port
from tests.servers.web import WebServer

START = """
import sys, time
from pathlib import Path
from flows.server import own_server
with own_server(Path(sys.argv[1]), int(sys.argv[2])) as api:
    print(api, flush=True)
    time.sleep(600)
"""


def test_it_does_not_outlive_who_started_it(tmp_path):
    port = free_port()
    command = [sys.executable, "-c", START, str(tmp_path / "server.log"), str(port)]
    environ = {**os.environ, "PREFECT_HOME": str(tmp_path)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as starter:
        assert starter.stdout is not None
        api = starter.stdout.readline().strip()
        assert api == api_url("127.0.0.1", port), (tmp_path / "server.log").read_text()
        assert answers(api)
        with own_server(tmp_path / "second.log", port) as joined:
            assert joined == api
        assert not (tmp_path / "second.log").exists()
        starter.kill()
    wait_for(lambda: not answers(api), 60)


def test_what_listens_there_already_is_told(tmp_path, prefect_server):
    taken = run("server", "--port", prefect_server.port)
    assert (taken.returncode, taken.stderr) == (
        2,
        f"pressrun: something listens at 127.0.0.1:{prefect_server.port} already: choose another --port\n",
    )


def test_a_password_is_no_argument():
    refused = run("server", "--database", "postgresql+asyncpg://press:planted@db/prefect")
    assert refused.returncode == 2
    assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" in refused.stderr
    assert "planted" not in refused.stderr


def test_an_address_for_others_is_warned_of_in_one_line(monkeypatch, capsys):
    asked: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda _, command, environ: asked.append((command, environ)))
    monkeypatch.setattr(os, "environ", {})
    port = free_port()
    start_server("127.0.0.1", port, "sqlite+aiosqlite:///p.db")
    assert capsys.readouterr().err == ""
    start_server("0.0.0.0", port, None)
    assert capsys.readouterr().err == f"pressrun: WARNING: the server has no login: who reaches 0.0.0.0:{port} can run flows\n"
    (command, here), (_, everywhere) = asked
    assert command[1:] == ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
    assert here == {**server_environ("127.0.0.1", port), "PREFECT_SERVER_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///p.db"}
    assert here["PREFECT_SERVER_UI_API_URL"] == api_url("127.0.0.1", port)
    assert everywhere == PREFECT_SETTINGS


def test_which_addresses_are_for_this_machine_alone():
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org"))


def test_a_stranger_at_the_port_is_no_server(tmp_path):
    with WebServer(tmp_path) as stranger, pytest.raises(FixTheRun, match=r"is no Prefect server"):
        own_server(tmp_path / "log", stranger.server_port).__enter__()
