"""`pressrun serve` for tests: the project's own deployments, on the session's Prefect server."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.flows.command_line import PRESSRUN
from tests.servers.prefect_api import wait_for

ROOT = Path(__file__).parents[2]
FILE = ROOT / "infra" / "prefect.yaml"
SOURCES = ROOT / "tests" / "demo" / "sources.toml"
ENDED = {"Completed", "Failed", "Crashed", "Cancelled"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def environ(folder, prefect_server) -> dict[str, str]:
    corpus = {"PRESSRUN_ROOT": str(folder / "corpus"), "PRESSRUN_SOURCES": str(SOURCES)}
    return {**os.environ, **prefect_server.environ, **corpus}


@pytest.fixture(scope="module")
def serve(folder, environ):
    """The command, serving; its output goes to serve.log."""
    log = folder / "serve.log"
    with log.open("ab") as lines:
        process = subprocess.Popen([PRESSRUN, "serve", str(FILE)], env=environ, cwd=folder, stdout=lines, stderr=lines)
    try:
        wait_for(lambda: process.poll() is not None or "Ctrl-C ends it" in log.read_text())
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        process.terminate()
        process.wait(60)
