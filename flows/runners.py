"""Where the work runs: a cluster by name, address or file, refused when it lacks this very code."""

import hashlib
import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import dask
import yaml
from distributed import Client, LocalCluster

import tasks
from tasks.errors import FixTheRun

CONNECT_SECONDS = 10
WORKERS_SECONDS = 60

# One thread a worker: trafilatura and lxml crash under threads (trafilatura #840, #925). No page is worth spilling to disk.
DASK_SETTINGS = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": 0.85,
    "distributed.worker.memory.terminate": 0.95,
    # A shard that ends its worker four times is given up.
    "distributed.scheduler.allowed-failures": 3,
    # A machine that is cut off is missed after two minutes, and its shards go elsewhere.
    "distributed.scheduler.worker-ttl": "120s",
    "distributed.comm.timeouts.connect": f"{CONNECT_SECONDS}s",
    "distributed.admin.log-format": "%(message)s",
}


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """A cluster that was looked at: ``local``, an address, or the class and options out of a file."""

    kind: str
    workers: int
    class_path: str = ""
    options: tuple[tuple[str, Any], ...] = ()


def choose_cluster(spec: str, workers: int | None) -> ClusterChoice:
    """Read a cluster's name, address or file without starting it; raises FixTheRun with one line."""
    count = workers or os.cpu_count() or 1
    if spec == "local":
        return ClusterChoice("local", count)
    if "://" in spec:
        if workers:
            raise FixTheRun(f"--workers is for clusters that are started here; {spec} has the workers it has")
        return ClusterChoice(spec, 0)
    path = Path(spec)
    if not path.is_file():
        raise FixTheRun(f"cluster {spec!r} is neither `local`, an address such as tcp://host:8786, nor a file")
    try:
        described = yaml.safe_load(path.read_text(encoding="utf-8"))
        return ClusterChoice(
            "file", workers or described.get("workers", 1), described["class"], tuple(described["options"].items())
        )
    except (yaml.YAMLError, KeyError, AttributeError) as error:
        raise FixTheRun(
            f"cluster file {spec} needs `class`, `options` and maybe `workers`: {str(error).splitlines()[0]}"
        ) from error


def check_cluster(choice: ClusterChoice) -> None:
    """See that a scheduler answers, before anything else is started; raises FixTheRun."""
    if "://" in choice.kind:
        _join(choice.kind).close()


@contextmanager
def open_client(choice: ClusterChoice) -> Iterator[Client]:
    """Start or join the cluster, see that it runs this code, and give a client; raises FixTheRun."""
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with dask.config.set(DASK_SETTINGS):
        if choice.kind in {"local", "file"}:
            with _start(choice) as cluster, Client(cluster) as client:
                yield _checked(client, choice)
        else:
            with _join(choice.kind) as client:
                yield _checked(client, choice)


def _start(choice: ClusterChoice) -> Any:
    if choice.kind == "local":
        # Loopback only, and any free port: a second run beside this one must not fail on 8787.
        return LocalCluster(
            n_workers=choice.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        )
    module, _, name = choice.class_path.rpartition(".")
    try:
        made = getattr(importlib.import_module(module), name)(**dict(choice.options))
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise FixTheRun(f"cannot start {choice.class_path}: {error}") from error
    made.scale(choice.workers)
    return made


def _join(address: str) -> Client:
    try:
        return Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise FixTheRun(f"the scheduler at {address} does not answer: start it, or check the address") from error


def _checked(client: Client, choice: ClusterChoice) -> Client:
    """Refuse a cluster without workers, with threads, or with other code than this."""
    where = choice.kind if "://" in choice.kind else str(client.scheduler_info()["address"])
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError:
        raise FixTheRun(f"the scheduler at {where} has no workers: start some with `dask worker {where} --nthreads 1`") from None
    threaded = [address for address, threads in client.nthreads().items() if threads != 1]
    if threaded:
        raise FixTheRun(f"workers with more than one thread, e.g. {threaded[0]}: start them with --nthreads 1")
    # Dask gives errors of a machine that lacks the module as values, some of them bare Exceptions.
    found = client.run(code_digest, on_error="return")
    lacking = sorted(name for name, digest in found.items() if not isinstance(digest, str))
    if lacking:
        raise FixTheRun(f"{len(lacking)} workers at {where} lack this code, e.g. {lacking[0]}: install the same Pressrun there")
    try:
        found["scheduler"] = client.run_on_scheduler(code_digest)
    except ImportError as error:
        raise FixTheRun(f"the scheduler at {where} lacks this code ({error}): install the same Pressrun there") from None
    stale = sorted(name for name, digest in found.items() if digest != code_digest())
    if stale:
        raise FixTheRun(f"{len(stale)} of {len(found)} at {where} run another Pressrun, e.g. {stale[0]}: update and restart them")
    return client


@cache
def code_digest() -> str:
    """SHA-256 over the sources of ``tasks``: equal digests, equal code, whatever the version number says."""
    root = Path(next(iter(tasks.__path__)))
    sources = sorted(root.rglob("*.py"))
    return hashlib.sha256(b"".join(str(p.relative_to(root)).encode() + p.read_bytes() for p in sources)).hexdigest()
