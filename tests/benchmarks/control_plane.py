"""`python -m tests.benchmarks.control_plane [--shards N ...] [--postgres]`: what a shard costs that does nothing.

A real Prefect server, a real Dask scheduler and worker, the flow and its windows as they are; only the work of a shard is left out. A
run is over when the last task run stands in the database, in its last state.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil

from flows.command import QUIET
from flows.server import PREFECT_SETTINGS
from tests.benchmarks.noop_flow import WINDOW
from tests.faults.processes import DaskCluster
from tests.servers.postgres import PostgresServer
from tests.servers.prefect_server import PrefectServer

IN_FLIGHT = 16  # Dask's threads; twice as many shards are in flight


def cpu_seconds(process: psutil.Process) -> float:
    """CPU of a process up to now."""
    times = process.cpu_times()
    return float(times.user + times.system)


def finished(server: PrefectServer, flow_name: str) -> int:
    """Task runs of the shards that stand in the database as completed."""
    body = {
        "flows": {"name": {"any_": ["window"]}},
        "task_runs": {"name": {"like_": f"{flow_name}-"}, "state": {"type": {"any_": ["COMPLETED"]}}},
    }
    return int(httpx.post(f"{server.api}/task_runs/count", json=body, timeout=60).json())


def answering(server: PrefectServer) -> Iterator[str]:
    """How long the lists take that the UI's pages ask for."""
    newest = {"sort": "EXPECTED_START_TIME_DESC", "limit": 200}
    window = httpx.post(f"{server.api}/flow_runs/filter", json={"flows": {"name": {"any_": ["window"]}}, "limit": 1}).json()[0][
        "id"
    ]
    asked = {
        "runs": ("flow_runs/filter", newest),
        "task runs": ("task_runs/filter", newest),
        "failed task runs": ("task_runs/filter", {"task_runs": {"state": {"type": {"any_": ["FAILED"]}}}, "limit": 200}),
        "a window's task runs": ("task_runs/filter", {"flow_runs": {"id": {"any_": [window]}}, "limit": 200}),
    }
    for name, (path, body) in asked.items():
        times = []
        for _ in range(5):
            before = time.monotonic()
            httpx.post(f"{server.api}/{path}", json=body, timeout=60).raise_for_status()
            times.append(time.monotonic() - before)
        yield f"{name} {1000 * sorted(times)[2]:.0f} ms"


def measure(server: PrefectServer, cluster: DaskCluster, shards: int) -> Iterator[str]:
    """Lines about one run of so many shards."""
    name = f"s{shards}"
    server_process, environ = psutil.Process(server.process.pid), {**PREFECT_SETTINGS, **QUIET, **os.environ, **server.environ}
    before, started = cpu_seconds(server_process), time.monotonic()
    command = [sys.executable, "-m", "tests.benchmarks.noop_flow", cluster.address, name, str(shards)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    over = time.monotonic()
    while (known := finished(server, name)) < shards:
        assert time.monotonic() - over < 600, f"{known} of {shards} task runs in the database"
        time.sleep(0.5)
    wall, cpu = time.monotonic() - started, cpu_seconds(server_process) - before
    yield f"{shards:,} shards: {1000 * wall / shards:.1f} ms each all in, {time.monotonic() - over:.1f} s of it after the flow's end"
    yield f"  server {1000 * cpu / shards:.1f} CPU ms each, {server_process.memory_info().rss / 1e6:.0f} MB; {done.stdout.strip()}"
    yield f"  the API then: {', '.join(answering(server))}"


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        database = stack.enter_context(PostgresServer()).url if options.postgres else ""
        server = stack.enter_context(PrefectServer(folder, database))
        cluster = stack.enter_context(DaskCluster(folder))
        cluster.start_scheduler()
        cluster.start_worker(str(IN_FLIGHT))
        print(f"{'PostgreSQL' if database else 'SQLite'}, windows of {WINDOW}, {2 * IN_FLIGHT} in flight", flush=True)
        for shards in options.shards:
            for line in measure(server, cluster, shards):
                print(line, flush=True)


if __name__ == "__main__":
    main()
