"""Where the work runs: a cluster by name, address or file, refused when it lacks this very code."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.security import Security

from flows.adaptive import ByWaitingShards
from flows.cluster_files import Tls, read_cluster_file
from flows.cluster_options import check_here, find_class
from flows.same_code import code_digest, refuse_other_code, refused_before
from tasks.errors import FixTheRun

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
    "distributed.comm.timeouts.connect": "10s",
    "distributed.admin.log-format": "%(message)s",
    # Each connection keeps its last messages for its developers, a thousand shards among them.
    "distributed.admin.low-level-log-length": 100,
}


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """A cluster that was looked at: ``local``, an address, or ``file``: the class and options out of a file.

    ``workers`` is 0 where the cluster has those it has; ``adaptive`` is their least and most number.
    """

    kind: str
    workers: int
    class_path: str = ""
    options: tuple[tuple[str, Any], ...] = ()
    adaptive: tuple[int, int] | None = None
    tls: Tls | None = None
    settings: tuple[tuple[str, Any], ...] = ()
    wait_seconds: float = WORKERS_SECONDS

    @property
    def most_workers(self) -> int:
        """How many there may come to be, where the cluster grows by itself; else 0."""
        return self.adaptive[1] if self.adaptive else 0


def choose_cluster(spec: str, workers: int | None) -> ClusterChoice:
    """Read a cluster's name, address or file without starting it; raises FixTheRun with one line."""
    if spec == "local":
        return ClusterChoice("local", workers or os.cpu_count() or 1)
    choice = ClusterChoice(spec, 0) if "://" in spec else _read(spec, workers)
    if "@" in choice.kind:
        raise FixTheRun(
            "a scheduler's address takes no user or password: certificates let you in, infra/clusters/scheduler-tls.yaml"
        )
    if "://" in choice.kind and workers:
        raise FixTheRun(f"--workers is for clusters that are started here; {choice.kind} has the workers it has")
    if workers and not choice.workers:
        raise FixTheRun(f"--workers is for clusters that can be scaled; {choice.class_path} has the workers of its hosts")
    return choice


def _read(spec: str, workers: int | None) -> ClusterChoice:
    path = Path(spec)
    if not path.is_file():
        raise FixTheRun(f"cluster {spec!r} is neither `local`, an address such as tcp://host:8786, nor a file")
    read = read_cluster_file(path)
    settings = tuple(read.dask.items())
    if read.address:
        return ClusterChoice(read.address, 0, tls=read.tls, settings=settings, wait_seconds=read.wait_seconds)
    is_adaptive = read.adaptive and not workers
    return ClusterChoice(
        "file",
        (workers or read.workers or 1) if read.scales else 0,
        read.class_path,
        tuple(read.options.items()),
        (read.adaptive.minimum, read.adaptive.maximum) if read.adaptive and is_adaptive else None,
        read.tls,
        settings,
        read.wait_seconds,
    )


def check_cluster(choice: ClusterChoice) -> None:
    """See that a scheduler answers, or that one can be started here, before anything else is; raises FixTheRun."""
    if "://" in choice.kind:
        with dask.config.set(DASK_SETTINGS | dict(choice.settings)):
            join(choice).close()
    elif choice.class_path:
        check_here(find_class(choice.class_path))


@contextmanager
def open_client(choice: ClusterChoice) -> Iterator[Client]:
    """Start or join the cluster, see that it runs this code, and give a client; raises FixTheRun."""
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with dask.config.set(DASK_SETTINGS | dict(choice.settings)):
        if "://" in choice.kind:
            with join(choice) as client:
                yield _checked(client, choice)
        else:
            with _start(choice) as cluster, Client(cluster) as client:
                yield _checked(client, choice)


def dashboard_links(client: Client) -> list[str]:
    """Where Dask shows its workers, as a line of Markdown; none where the scheduler has no dashboard."""
    link = client.dashboard_link
    return [f"- [Dask's dashboard]({link}): workers, memory, tasks"] if link else []


def _start(choice: ClusterChoice) -> Any:
    if choice.kind == "local":
        # Loopback only, and any free port: a second run beside this one must not fail on 8787.
        return LocalCluster(
            n_workers=choice.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        )
    secured = {"security": choice.tls.security()} if choice.tls else {}
    made = find_class(choice.class_path)
    try:
        cluster = made(**dict(choice.options), **secured)
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError, OSError) as error:
        raise FixTheRun(f"cannot start {choice.class_path}: {' '.join(str(error).split())}") from error
    if choice.adaptive:
        minimum, maximum = choice.adaptive
        cluster.adapt(Adaptive=ByWaitingShards, minimum=minimum, maximum=maximum)
    elif choice.workers:
        cluster.scale(choice.workers)
    return cluster


def join(choice: ClusterChoice) -> Client:
    """A client of the scheduler at an address, nothing else looked at; raises FixTheRun when it does not answer."""
    address, is_secure = choice.kind, choice.kind.startswith("tls://")
    security = choice.tls.security() if choice.tls else Security()
    if is_secure and not security.get_connection_args("client")["ssl_context"]:
        raise FixTheRun(f"{address} wants certificates: name them in a file like infra/clusters/scheduler-tls.yaml, --cluster FILE")
    try:
        return Client(address, timeout=dask.config.get("distributed.comm.timeouts.connect"), security=security)
    except (OSError, ValueError, RuntimeError) as error:
        more = ", and that its certificates and yours are of one authority" if is_secure else "; if it speaks TLS, say tls://"
        raise FixTheRun(f"the scheduler at {address} does not answer: start it, or check the address{more}") from error


def _checked(client: Client, choice: ClusterChoice) -> Client:
    """Refuse a cluster without workers, with threads, or with other code than this."""
    where = choice.kind if "://" in choice.kind else str(client.scheduler_info()["address"])
    try:
        client.wait_for_workers(1, timeout=choice.wait_seconds)
    except TimeoutError:
        why = refused_before(client) or f"start some with `dask worker {where} --nthreads 1`"
        raise FixTheRun(f"the scheduler at {where} has no workers: {why}") from None
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
    own = code_digest()
    stale = sorted(name for name, digest in found.items() if digest != own)
    if stale:
        raise FixTheRun(f"{len(stale)} of {len(found)} at {where} run another Pressrun, e.g. {stale[0]}: update and restart them")
    refuse_other_code(client)
    return client
