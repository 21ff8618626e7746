"""Processes to kill: those of a run, and a Dask cluster of one's own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.flows.command_line import PRESSRUN


def until(what: Callable[[], object], seconds: float = 90) -> object:
    """Wait until it is true; returns what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


class Run:
    """A run that goes on while the test does something to it."""

    def __init__(self, log: Path, *arguments: object, kind: str = "backfill", **environ: str) -> None:
        self.log, self.kind = log, kind
        command = [PRESSRUN, kind, *(str(argument) for argument in arguments)]
        with log.open("ab") as stream:
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream, env={**os.environ, **environ})

    def named(self, text: str) -> list[psutil.Process]:
        """Processes below the command whose command line holds a text."""
        found = []
        for each in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if text in " ".join(each.cmdline()):
                    found.append(each)
            except psutil.Error:
                continue
        return found

    @property
    def workers(self) -> list[psutil.Process]:
        return self.named("multiprocessing.spawn")

    @property
    def page_processes(self) -> list[psutil.Process]:
        return self.named("tasks.page_child")

    @property
    def flow(self) -> psutil.Process:
        return self.named(f"run_{self.kind}")[0]

    def wait(self, seconds: float = 180) -> int:
        """Its exit code."""
        return self.process.wait(seconds)

    @property
    def output(self) -> str:
        return self.log.read_text()


def kill(process: psutil.Process) -> None:
    """SIGKILL; one that is gone already is fine."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


# Without the second address their pages of health and metrics are open to every interface.
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")


class DaskCluster:
    """A scheduler and workers in processes of their own, on a fixed port, each to be killed and started again."""

    def __init__(self, folder: Path, path: str = "") -> None:
        self.folder, self.environ = folder, {**os.environ, **({"PYTHONPATH": path} if path else {})}
        self.port = 0
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self, *options: str) -> "subprocess.Popen[bytes]":
        log = self.folder / f"scheduler-{time.monotonic_ns()}.log"
        process = self._start(log, "scheduler", "--port", str(self.port), *LOOPBACK, *options)
        found = until(lambda: re.search(r"Scheduler at:\s+tcp://127.0.0.1:(\d+)", log.read_text()))
        self.port = int(found[1])  # type: ignore[index]
        return process

    def start_worker(self, threads: str = "1") -> "subprocess.Popen[bytes]":
        return self._start(self.folder / "worker.log", "worker", self.address, "--nthreads", threads, *LOOPBACK)

    def _start(self, log: Path, *arguments: str) -> "subprocess.Popen[bytes]":
        with log.open("ab") as stream:
            command = [sys.executable, "-m", "dask", *arguments]
            process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=self.folder, env=self.environ)
        self.started.append(process)
        return process

    def __enter__(self) -> "DaskCluster":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.started:
            for each in [*_children(process.pid), process]:
                kill(each)
        for process in self.started:
            process.wait(20)


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
