"""`pressrun serve`: one machine that runs its deployments, on schedule and from the UI, without a work pool."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from flows.command import become_shielded, run_shielded
from flows.exits import DONE, with_exit_code
from flows.server import find_server, own_server, prefect_settings

FILE = "infra/prefect.yaml"


def add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command `serve`."""
    about = "run the deployments of a file on this machine: on schedule, and when somebody starts them in the Prefect UI"
    command = commands.add_parser("serve", help=about)
    command.add_argument("file", nargs="?", default=FILE, metavar="FILE", help=f"deployments (default: {FILE})")
    command.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these deployments (default: all)")
    command.set_defaults(run=lambda options: start_serving(options.file, options.only))


def start_serving(file: str, only: list[str]) -> int:
    """Serve in a process that Ctrl-C does not reach, so that runs end in order; returns the exit code."""
    return run_shielded(["from flows.serving import run_serving; run_serving()", file, *only], {})


def run_serving() -> None:
    """The shielded process: serve the file of the first argument, only the deployments of the others."""
    become_shielded()
    sys.exit(with_exit_code(lambda: _serve(sys.argv[1], sys.argv[2:])))


def _serve(file: str, only: list[str]) -> int:
    # Prefect wants its settings in the environment before it is imported.
    from flows.deployments_file import read_deployments  # noqa: PLC0415
    from flows.served import serve  # noqa: PLC0415

    deployments = read_deployments(file, only)
    with _server() as api:
        serve(deployments, api)
    return DONE


@contextmanager
def _server() -> Iterator[str]:
    """The API of the server that is configured, or else of one on this machine."""
    settings = prefect_settings()
    if settings.api.url:
        yield find_server()
        return
    log = settings.home / "pressrun-server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"no PREFECT_API_URL: a Prefect server of our own, its log is {log} ...", flush=True)
    with own_server(log, settings.server.api.port) as api:
        yield api
