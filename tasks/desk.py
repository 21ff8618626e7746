"""The desk of a run: where shards are handed out to Dask, a few at a time, and where what comes of them is waited for."""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from distributed import Client, Future, KilledWorker

from tasks.turns import Turns
from tasks.workers import topic_of

Found = TypeVar("Found")
Facts = dict[str, Any]


class Named(Protocol):
    """An order for Dask; its name is its own in the run."""

    @property
    def name(self) -> str:
        """Short, for keys and people."""


Wanted = TypeVar("Wanted", bound=Named)


class Listener(Protocol):
    """Who hears of shards: while they are worked on, and when they are done."""

    def hear(self, facts: Facts) -> None:
        """Take in what a worker tells of a shard. Called on Dask's loop: it must not wait for anything."""

    def received(self, receipt: Any) -> None:
        """Take in the receipt of a finished shard."""

    def parts_of(self, name: str) -> int:
        """Parts that a shard has committed, as far as it has told."""


class LetGo(Exception):
    """The run was cancelled before this shard was handed out."""


class Desk:
    """Where shards are handed out and receipts come back: one a run, shared by its task runs' threads.

    At most ``at_once`` shards are handed out at a time, None: one a worker.
    """

    # Slots, and no dataclass: Prefect copies parameters that are one field by field, the client, too.
    __slots__ = (
        *("client", "run_id", "listener", "at_once", "priority", "most_workers", "futures", "slots"),
        *("_at_work", "_waiting", "_ranks", "_is_open", "_room", "_turns", "_told"),
    )

    def __init__(
        self,
        client: Client,
        run_id: str,
        listener: Listener,
        *,
        at_once: int | None = None,
        priority: int = 0,
        most_workers: int = 0,
    ) -> None:
        """Take a place among the runs of this cluster, and listen to what its workers tell of this run.

        ``most_workers``: how many there may come to be, where the cluster grows by itself.
        """
        self.client, self.run_id, self.listener = client, run_id, listener
        self.at_once, self.priority, self.most_workers = at_once, priority, most_workers
        self.futures: set[Future[Any]] = set()
        self.slots, self._at_work, self._is_open = 1, 0, False
        self._waiting: set[int] = set()
        self._ranks: dict[str, int] = {}
        self._told: dict[str, SimpleQueue[Facts | None]] = {}
        self._room = threading.Condition()
        self._turns = Turns(client, run_id, priority)
        client.subscribe_topic(topic_of(run_id), self._hear)

    def open(self, names: Iterable[str]) -> None:
        """Hand out these shards from now on, those that wait in this order."""
        with self._room:
            self._ranks = {name: rank for rank, name in enumerate(names)}
            self._is_open = True
        self.look()

    def look(self) -> None:
        """See how many workers there are now, and whose turn it is. Dask is given no more shards than it has workers: it blames
        every shard that waits on a worker for that worker's death.
        """
        with suppress(OSError):  # a scheduler that is gone is told by the shards' own errors
            workers = max(1, sum(self.client.nthreads().values()))
            is_ours = self._turns.is_ours(is_waiting=bool(self._waiting))
            self.slots = min(workers, self.at_once or workers) if is_ours else 0
        with self._room:
            self._room.notify_all()

    def have(self, done: Callable[[Wanted, str], Found], order: Wanted, tell: Callable[[Facts], None]) -> Found:
        """Have something done with a shard on Dask and wait for what comes of it; raises what it raised there.

        ``tell`` is called, in this thread, with all that the worker tells meanwhile. Dask gives a task up when four workers
        died of it: where parts were committed meanwhile it was not the shard's doing.
        """
        while True:
            parts = self.listener.parts_of(order.name)
            try:
                return self._have_once(done, order, tell)
            except KilledWorker:
                if self.listener.parts_of(order.name) <= parts:
                    raise

    def _have_once(self, done: Callable[[Wanted, str], Found], order: Wanted, tell: Callable[[Facts], None]) -> Found:
        rank = self._ranks[order.name]
        with self._room:
            self._waiting.add(rank)
            self._room.wait_for(lambda: (self._at_work < self.slots and rank == min(self._waiting)) or not self._is_open)
            self._waiting.discard(rank)
            self._room.notify_all()
            if not self._is_open:
                raise LetGo
            self._at_work += 1
        try:
            return self._ask_dask(done, order, tell)
        finally:
            with self._room:
                self._at_work -= 1
                self._room.notify_all()

    def _ask_dask(self, work: Callable[[Wanted, str], Found], order: Wanted, tell: Callable[[Facts], None]) -> Found:
        told: SimpleQueue[Facts | None] = SimpleQueue()
        self._told[order.name] = told
        # A key of its own for every try: under the old one Dask might hand out the old error.
        key = f"{order.name}-{os.urandom(4).hex()}"
        future = self.client.submit(work, order, self.run_id, key=key, pure=False, priority=self.priority)
        self.futures.add(future)
        # result(timeout=...) in a loop fails when a worker dies (distributed #8514): wait for the end, then ask once.
        future.add_done_callback(lambda _: told.put(None))
        try:
            while (facts := told.get()) is not None:
                tell(facts)
            found: Found = future.result()
            return found
        finally:
            del self._told[order.name]
            self.futures.discard(future)

    def _hear(self, event: tuple[float, Facts]) -> None:
        """Called on Dask's loop: it must not wait for anything."""
        facts = event[1]
        self.listener.hear(facts)
        if told := self._told.get(facts["shard"]):
            told.put(facts)

    def cancel(self) -> None:
        """Let go of all shards: those that are being pressed stop at their next capture, the others are not handed out."""
        with self._room:
            self._is_open = False
            self._room.notify_all()
        with suppress(OSError):
            self._turns.leave()
        self.client.cancel(list(self.futures), force=True)
