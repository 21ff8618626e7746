"""The store: whose credentials, does it answer, does it keep what is written, does a conditional create have one winner."""

import contextlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flows.checks.clocks import Reading, clock_finding
from flows.checks.findings import Check, Finding, fail, ok, warn
from tasks.storage import NotFound, Store, check_writable

if TYPE_CHECKING:
    from tasks.storage.looking import Answer

SECONDS = 30.0
WRITERS, ROUNDS = 8, 3
SLOW_MS = 1_000


@dataclass
class StoreChecks:
    """The checks of one root; what was asked once is kept. All that is written lies under one probe prefix, and is deleted."""

    root: str
    token: str = field(default_factory=lambda: os.urandom(8).hex())

    @property
    def is_s3(self) -> bool:
        """Whether credentials, region and endpoint matter."""
        return self.root.startswith(("s3://", "s3a://"))

    @cached_property
    def store(self) -> Store:
        """Raises FixTheRun for an address that cannot be one."""
        from tasks.storage.looking import quick_store  # noqa: PLC0415  (s3fs takes a second to import)

        return quick_store(self.root)

    @cached_property
    def answer(self) -> "Answer":
        """Of the server behind an S3 store."""
        from tasks.storage.looking import access_to_s3, ask  # noqa: PLC0415

        access = access_to_s3()
        return ask(access.endpoint, access.authority_file)

    def checks(self) -> Iterator[Check]:
        """In the order in which a run would fail of them."""
        yield Check("store", "address", self.address, True, SECONDS)
        if self.is_s3:
            yield Check("store", "credentials", self.credentials, True, SECONDS)
            yield Check("store", "endpoint", self.endpoint, True, SECONDS)
            # A clock that is wrong is why writes are refused.
            yield Check("store", "clock", self.server_clock, seconds=SECONDS)
        yield Check("store", "write", self.write, True, SECONDS)
        yield Check("store", "create", self.create, seconds=SECONDS)
        yield Check("store", "listing", self.listing, seconds=SECONDS)
        if "://" not in self.root:
            yield Check("store", "clock", self.folder_clock, seconds=SECONDS)

    def address(self) -> Iterator[Finding]:
        """Whether it can be one, and can be written."""
        if not self.store.is_listable:
            yield fail(f"{self.store.url.partition('?')[0]} is read only", "name a folder or s3://bucket/prefix")
        elif "://" not in self.root and not Path(self.store.url).exists():
            yield ok(f"{self.store.url} is not there yet: a run makes it")
        else:
            yield ok(self.store.url)

    def credentials(self) -> Iterator[Finding]:
        """Where they come from; never what they are."""
        from tasks.storage.looking import access_to_s3, plain_host  # noqa: PLC0415

        access = access_to_s3()
        where = f"region {access.region or 'not set'}, {plain_host(access.endpoint)}"
        if access.credentials:
            yield ok(f"from {access.credentials}; {where}")
        else:
            yield fail(f"none found; {where}", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role")

    def endpoint(self) -> Iterator[Finding]:
        """Whether anything answers there."""
        if self.answer.problem:
            yield fail(self.answer.problem)
        else:
            yield ok(f"answers in {(self.answer.received - self.answer.sent) * 1e3:.0f} ms")

    def server_clock(self) -> Iterator[Finding]:
        """That of the server, where it tells one."""
        told = self.answer.server_time
        if told:
            # The header tells whole seconds.
            yield clock_finding({"the store": Reading(self.answer.sent, self.answer.received, told, told + 1)})

    def folder_clock(self) -> Iterator[Finding]:
        """That of the machine that holds the folder."""
        with self.probe("clock") as key:
            sent = time.time()
            self.store.write(key, b"x")
            written = (Path(self.store.url) / key).stat().st_mtime
            # Some file systems keep whole seconds only.
            yield clock_finding({"the folder's machine": Reading(sent, time.time(), written, written + 1)})

    def write(self) -> Iterator[Finding]:
        """Write, read back, delete."""
        begun = time.monotonic()
        check_writable(self.store)
        taken_ms = (time.monotonic() - begun) * 1e3
        found = f"wrote, read and deleted a probe below state/ in {taken_ms:.0f} ms"
        yield warn(found, "a store nearer by would be faster") if taken_ms > SLOW_MS else ok(found)

    def create(self) -> Iterator[Finding]:
        """Of several writers at once one must win: the leases lean on it."""
        won = [self._winners(number) for number in range(ROUNDS)]
        if won == [1] * ROUNDS:
            yield ok(f"of {WRITERS} writers at once one wins")
        else:
            yield fail(
                f"of {WRITERS} writers at once {max(won, key=lambda count: abs(count - 1))} won",
                "take a store with conditional writes (If-None-Match), or never start two runs at once",
            )

    def _winners(self, number: int) -> int:
        with self.probe(f"create-{number}") as key, ThreadPoolExecutor(WRITERS) as pool:
            return sum(pool.map(lambda _: self.store.create(key, os.urandom(16)), range(WRITERS)))

    def listing(self) -> Iterator[Finding]:
        """Whether it shows at once what was written, and no longer what was deleted."""
        with self.probe("listing") as key:
            self.store.write(key, b"x")
            is_shown = key in self._keys()
        if not is_shown:
            yield fail("does not show what was just written", "take a store whose listings are consistent")
        elif key in self._keys():
            yield warn("still shows what was just deleted", "take a store whose listings are consistent")
        else:
            yield ok("shows at once what was written, and what was deleted no more")

    def _keys(self) -> set[str]:
        return {info.key for info in self.store.list(f"state/probe-{self.token}/")}

    @contextlib.contextmanager
    def probe(self, name: str) -> Iterator[str]:
        """A key of our own; its object is deleted in the end."""
        key = f"state/probe-{self.token}/{name}"
        try:
            yield key
        finally:
            with contextlib.suppress(NotFound):
                self.store.delete(key)

    @contextlib.contextmanager
    def without_traces(self) -> Iterator[None]:
        """Folders that a probe made are removed in the end."""
        root = self.root.removeprefix("file://")
        if "://" in root:
            yield
            return
        probes = Path(root).expanduser().absolute() / "state" / f"probe-{self.token}"
        made = [folder for folder in (probes, *probes.parents) if not folder.exists()]
        try:
            yield
        finally:
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()
