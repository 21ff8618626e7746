"""The cluster: does its scheduler answer, are its workers like this machine, do they reach the store, do their clocks agree."""

import logging
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import dask
from distributed import Client

from flows.checks import remote
from flows.checks.answers import advice_unread, differences, why_unread
from flows.checks.clocks import Reading, clock_finding
from flows.checks.findings import Check, Finding, fail, ok, warn
from flows.checks.stores import StoreChecks
from flows.runners import DASK_SETTINGS, ClusterChoice, check_cluster, choose_cluster, join
from flows.same_code import code_digest, refused_before
from tasks.errors import PressError

SECONDS = 30.0
SILENT_SECONDS = 5.0
WORKER_BYTES = 5e8
MOST_TTL_SECONDS = 120
LEAST_FAILURES = 3
# What has to be the same on both sides: what is pickled, and what decides the text of an article.
PACKAGES = [
    "pressrun",
    "dask",
    "distributed",
    "cloudpickle",
    "msgpack",
    "trafilatura",
    "htmldate",
    "lxml",
    "resiliparse",
    "fastwarc",
]
PACKAGES += ["pyarrow", "numpy", "s3fs"]


@dataclass
class ClusterChecks:
    """The checks of one cluster; a client is opened by the first that wants it, and closed with ``ends``."""

    spec: str
    store: StoreChecks | None
    stands: bool = False
    ends: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def choice(self) -> ClusterChoice:
        """Raises FixTheRun."""
        return choose_cluster(self.spec, None)

    @cached_property
    def client(self) -> Client:
        """Raises FixTheRun when no scheduler answers."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self.ends.enter_context(dask.config.set(DASK_SETTINGS | dict(self.choice.settings)))
        client = join(self.choice)
        # Not as a context: it is closed by another thread than that of the check.
        self.ends.callback(client.close)
        return client

    def checks(self) -> Iterator[Check]:
        """In the order in which a run would fail of them; only a cluster that stands has more to be looked at."""
        # Checks have threads of their own, and some classes of clusters can be imported in the main thread alone.
        with suppress(PressError):  # the first check meets it again, and tells it
            _ = self.choice
        yield Check("cluster", "scheduler", self.scheduler, True, SECONDS)
        if not self.stands:
            return
        yield Check("cluster", "workers", self.workers, True, SECONDS)
        yield Check("cluster", "python", self.python, True, SECONDS)
        looks = {"threads": self.threads, "memory": self.memory, "versions": self.versions, "code": self.code}
        looks |= {"store": self.reach} if self.store else {}
        looks |= {"clock": self.clock, "settings": self.settings}
        for subject, look in looks.items():
            yield Check("cluster", subject, look, seconds=SECONDS)

    def scheduler(self) -> Iterator[Finding]:
        """Whether it answers, or can be started here."""
        if "://" in self.choice.kind:
            yield ok(f"{self.client.scheduler_info()['address']} answers")
            self.stands = True
        else:
            check_cluster(self.choice)
            workers = f", {self.choice.workers} workers" if self.choice.workers else ""
            yield ok(f"{self.choice.class_path or 'local'}{workers}: started by each run for itself")

    def workers(self) -> Iterator[Finding]:
        """How many, where, and whether all of them answer."""
        addresses = self.client.nthreads()
        if not addresses:
            start = f"start some with `dask worker {self.choice.kind} --nthreads 1`"
            yield fail("the scheduler has none", refused_before(self.client) or start)
        elif silent := self._silent():
            found = f"{len(silent)} of {len(addresses)} do not answer within {SILENT_SECONDS:g} s, e.g. {silent[0]}"
            yield fail(found, "end them, or wait for the scheduler to miss them (worker-ttl)")
        else:
            hosts = {urlsplit(address).hostname for address in addresses}
            yield ok(f"{len(addresses)} on {len(hosts)} host{'s' * (len(hosts) != 1)}")

    def _silent(self) -> list[str]:
        scheduler: Any = self.client.scheduler
        told = self.client.sync(scheduler.versions, packages=[])
        if _minor(_python(told)) != _minor(platform.python_version()):
            return []  # it could not read the question
        found: list[str] = remote.on_scheduler(self.client, remote.silent_workers, SILENT_SECONDS)
        return sorted(found)

    def threads(self) -> Iterator[Finding]:
        """Of each worker: one."""
        counts = self.client.nthreads()
        threaded = sorted(address for address, count in counts.items() if count != 1)
        if threaded:
            found = f"{len(threaded)} of {len(counts)} workers have more than one, e.g. {threaded[0]}"
            yield fail(found, "start them with --nthreads 1, for the extractor's native code crashes under threads")
        else:
            yield ok("one a worker")

    def memory(self) -> Iterator[Finding]:
        """Whether each worker has a limit, and room."""
        limits = {address: told["memory_limit"] or 0 for address, told in self.client.scheduler_info()["workers"].items()}
        least = min(limits, key=lambda address: limits[address])
        if not limits[least]:
            yield warn(f"{least} has no limit", "start it with --memory-limit 4GiB: a hungry page ends its host")
        elif limits[least] < WORKER_BYTES:
            yield warn(f"{least} has {limits[least] / 1e9:.2f} GB", "a worker wants 0.5 GB at least: --memory-limit 2GiB")
        else:
            yield ok(f"{limits[least] / 1e9:.1f} GB a worker at the least")

    def python(self) -> Iterator[Finding]:
        """The same minor version everywhere: what is sent by value is Python's own code."""
        told: Any = self.client.get_versions()
        places = {"the scheduler": told["scheduler"], **told["workers"]}
        own = platform.python_version()
        others = {place: python for place, answer in places.items() if _minor(python := _python(answer)) != _minor(own)}
        if others:
            place, python = min(others.items())
            yield fail(f"{python} at {place}, {own} here", "take the same image, or the same minor version, everywhere")
        else:
            yield ok(f"{'.'.join(_minor(own))} at {len(places)} places")

    def versions(self) -> Iterator[Finding]:
        """Of the packages that matter, here and there."""
        own = remote.versions(PACKAGES)
        found = {
            "the scheduler": remote.on_scheduler(self.client, remote.versions, PACKAGES),
            **remote.on_workers(self.client, remote.versions, PACKAGES),
        }
        wrong = list(differences(own, found))
        yield from wrong or [ok(f"the same as here at {len(found)} places: Python {own['python']}, Dask {own['dask']}")]

    def code(self) -> Iterator[Finding]:
        """Whether scheduler and workers have this very code."""
        found = self.client.run(code_digest, on_error="return")
        try:
            found["the scheduler"] = self.client.run_on_scheduler(code_digest)
        except ImportError as error:
            found["the scheduler"] = error
        lacking = sorted(place for place, digest in found.items() if not isinstance(digest, str) or not digest)
        stale = sorted(place for place, digest in found.items() if place not in lacking and digest != code_digest())
        if lacking:
            yield fail(f"{len(lacking)} of {len(found)} lack Pressrun, e.g. {lacking[0]}", "install the same Pressrun there")
        if stale:
            yield fail(f"{len(stale)} of {len(found)} run another Pressrun, e.g. {stale[0]}", "update and restart them")
        if not lacking and not stale:
            yield ok(f"the same Pressrun at {len(found)} places")

    def reach(self) -> Iterator[Finding]:
        """Whether a worker of each host reads from the store what was written here."""
        assert self.store  # noqa: S101  (it is not asked for without a root)
        chosen = sorted({urlsplit(address).hostname: address for address in self.client.nthreads()}.values())
        with self.store.probe("workers") as key:
            self.store.store.write(key, key.encode())
            found = remote.on_workers(self.client, remote.read_probe, self.store.store.url, key, workers=chosen)
        blind = {place: answer for place, answer in found.items() if answer != key.encode()}
        for place, answer in sorted(blind.items()):
            yield fail(f"{place} cannot read {self.store.store.url}: {why_unread(answer)}", advice_unread(answer))
        if not blind:
            yield ok(f"read by a worker of each of {len(chosen)} host{'s' * (len(chosen) != 1)}")

    def clock(self) -> Iterator[Finding]:
        """Of the scheduler and of every worker."""
        sent = time.time()
        told = {"the scheduler": self.client.run_on_scheduler(time.time), **self.client.run(time.time, on_error="ignore")}
        received = time.time()
        yield clock_finding({place: Reading(sent, received, there, there) for place, there in told.items()})

    def settings(self) -> Iterator[Finding]:
        """Those of Dask that decide what a loss costs."""
        ttl, failures = remote.on_scheduler(self.client, remote.scheduler_settings)
        wrong = []
        if not ttl or ttl > MOST_TTL_SECONDS:
            found = f"worker-ttl is {f'{ttl:g} s' if ttl else 'off'}, so late is a machine missed that was cut off"
            wrong.append(warn(found, "start the scheduler with DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL=120s"))
        if failures < LEAST_FAILURES:
            found = f"allowed-failures is {failures}, an archive is given up with its lost worker number {failures + 1}"
            wrong.append(warn(found, "start the scheduler with DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=3"))
        spilling = sorted(place for place, answer in remote.on_workers(self.client, remote.spills).items() if answer is True)
        if spilling:
            found = f"{len(spilling)} workers spill to disk, e.g. {spilling[0]}"
            advice = (
                "start them with DASK_DISTRIBUTED__WORKER__MEMORY__TARGET=False and DASK_DISTRIBUTED__WORKER__MEMORY__SPILL=False"
            )
            wrong.append(warn(found, advice))
        yield from wrong or [ok(f"worker-ttl {ttl:g} s, allowed-failures {failures}, no spilling")]


def _python(told: Any) -> str:
    return str(dict(told["host"])["python"]).partition(".final")[0]


def _minor(python: str) -> list[str]:
    return python.split(".")[:2]
