"""A Prefect server of one's own: quiet, private, and quick enough for thousands of shards."""

import argparse
import ctypes
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tasks.errors import FixTheRun

if TYPE_CHECKING:
    from prefect.settings import Settings

PR_SET_PDEATHSIG = 1
HOST, PORT = "127.0.0.1", 4200
START_SECONDS = 180
DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"

# What Prefect needs to be quiet, private and patient; whatever is set already is kept.
PREFECT_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the new UI calls an analytics host from the browser
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # by its silence the alarms know a run whose process is gone
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,tasks",
    "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",  # a shard has a line of its own; failures are errors
}


def add_server(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command `server`."""
    command = commands.add_parser("server", help="start a Prefect server with the settings that matter here; its UI has no login")
    command.add_argument("--host", default=HOST, help=f"address to listen at (default: {HOST}, this machine alone)")
    command.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    command.add_argument("--database", metavar="URL", help=f"without a password; with one: ${DATABASE} (default: SQLite at home)")
    command.set_defaults(run=lambda options: start_server(options.host, options.port, options.database))


def start_server(host: str, port: int, database: str | None) -> int:
    """Become `prefect server start`; raises FixTheRun before that."""
    if database and urlsplit(database).password:
        raise FixTheRun(f"a password in an argument is seen by everybody on the machine: set {DATABASE} in place of --database")
    if not is_free(host, port):
        raise FixTheRun(f"something listens at {host}:{port} already: choose another --port")
    if not is_loopback(host):
        print(f"pressrun: WARNING: the server has no login: who reaches {host}:{port} can run flows", file=sys.stderr, flush=True)
    more = {DATABASE: database} if database else {}
    command = server_command(host, port)
    os.execve(command[0], command, {**server_environ(host, port), **os.environ, **more})  # noqa: S606


def server_command(host: str, port: int) -> list[str]:
    """Prefect's own command for it."""
    return [str(Path(sys.executable).with_name("prefect")), "server", "start", "--host", host, "--port", str(port)]


def server_environ(host: str, port: int) -> dict[str, str]:
    """The settings of a server at this address: its UI asks the API there, and alarms link to it."""
    api = api_url(host, port)
    # An address for others may have another name outside; whoever opens it sets these two.
    ui = {"PREFECT_SERVER_UI_API_URL": api, "PREFECT_UI_URL": api.removesuffix("/api")} if is_loopback(host) else {}
    return {**PREFECT_SETTINGS, **ui}


def api_url(host: str, port: int) -> str:
    """Where the API of a server is."""
    return f"http://{host}:{port}/api"


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_free(host: str, port: int) -> bool:
    """Whether one can listen there; raises FixTheRun where one never can."""
    try:
        with socket.create_server((host, port)):
            return True
    except OSError as error:
        if error.errno == 98:  # EADDRINUSE
            return False
        raise FixTheRun(f"cannot listen at {host}:{port}: {error.strerror}") from error


def answers(api: str) -> bool:
    """Whether a Prefect server answers at this address."""
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200 and answer.read().strip() == b"true")
    except (urllib.error.URLError, OSError):
        return False


def find_server() -> str:
    """The API of the server that is configured, or of one on this machine; raises FixTheRun where none answers."""
    api = prefect_settings().api.url or api_url(HOST, prefect_settings().server.api.port)
    if not answers(api):
        raise FixTheRun(f"no Prefect server answers at {api}: start one with `pressrun server`, or set PREFECT_API_URL")
    return api


def prefect_settings() -> "Settings":
    """Prefect's settings, from the environment and from its own files."""
    for name, value in PREFECT_SETTINGS.items():
        os.environ.setdefault(name, value)
    from prefect.settings import get_current_settings  # noqa: PLC0415  (these have to be there first)

    return get_current_settings()


@contextmanager
def own_server(log: Path, port: int) -> Iterator[str]:
    """The API of a server that lives as long as this block, or of the one that answers there; raises FixTheRun."""
    api = api_url(HOST, port)
    if answers(api):
        yield api
        return
    if not is_free(HOST, port):
        raise FixTheRun(f"what listens at {HOST}:{port} is no Prefect server: set PREFECT_API_URL to one, or stop what is there")
    with log.open("ab") as lines:
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(port)], stdout=lines, stderr=lines)  # noqa: S603
    try:
        _wait_for(api, child, log)
        yield api
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


CHILD = "import sys; from flows.server import run_child; run_child(int(sys.argv[1]))"


def run_child(port: int) -> None:
    """A server that does not outlive who started it."""
    die_with_parent()
    start_server(HOST, port, None)


def die_with_parent() -> None:
    """Be sent SIGTERM when the process that started this one is gone, however it went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for(api: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(api):
        if child.poll() is not None or time.monotonic() > deadline:
            last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
            raise FixTheRun(f"the Prefect server did not start, see {log}: {last}")
        time.sleep(0.2)
