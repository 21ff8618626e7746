"""The Prefect side of a shard: a task run in the flow's process that sends one plain function to Dask and waits for its result."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from distributed import Client, Future, KilledWorker
from distributed.client import FutureCancelledError
from prefect import State, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.runtime import task_run
from prefect.states import Cancelled
from prefect.tasks import Task

from tasks.collecting.orders import VisitOrder, VisitReceipt
from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.press import Order
from tasks.shards import Receipt
from tasks.splits import slices_of
from tasks.turns import Turns
from tasks.workers import press_on_worker, split_on_worker, visit_on_worker

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class Named(Protocol):
    """An order for Dask; its name is its own in the run."""

    @property
    def name(self) -> str:
        """Short, for keys and people."""


Wanted = TypeVar("Wanted", bound=Named)
RETRY_DELAYS_SECONDS: list[float] = [10, 60]


class LetGo(Exception):
    """The run was cancelled before this shard was handed out."""


class Desk:
    """Where shards are handed out and receipts come back: one a run, shared by its task runs' threads.

    At most ``at_once`` shards are handed out at a time, None: one a worker.
    """

    # Slots, and no dataclass: to show a parameter of a flow Prefect copies dataclasses field by field, the client, too.
    __slots__ = (
        *("client", "run_id", "received", "parts_of", "at_once", "priority", "futures", "slots"),
        *("_at_work", "_waiting", "_ranks", "_is_open", "_room", "_turns"),
    )

    def __init__(
        self,
        client: Client,
        run_id: str,
        received: Callable[[Receipt], None],
        parts_of: Callable[[str], int],
        at_once: int | None = None,
        priority: int = 0,
    ) -> None:
        """Take a place among the runs of this cluster."""
        self.client, self.run_id, self.received, self.parts_of = client, run_id, received, parts_of
        self.at_once, self.priority = at_once, priority
        self.futures: set[Future[Any]] = set()
        self.slots, self._at_work, self._is_open = 1, 0, False
        self._waiting: set[int] = set()
        self._ranks: dict[str, int] = {}
        self._room = threading.Condition()
        self._turns = Turns(client, run_id, priority)

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

    def have(self, done: Callable[[Wanted, str], Found], order: Wanted) -> Found:
        """Have something done with a shard on Dask and wait for what comes of it; raises what it raised there.

        Dask gives a task up when four workers died of it. Where parts were committed meanwhile it was not the shard's doing.
        """
        while True:
            parts = self.parts_of(order.name)
            try:
                return self._have_once(done, order)
            except KilledWorker:
                if self.parts_of(order.name) <= parts:
                    raise

    def _have_once(self, done: Callable[[Wanted, str], Found], order: Wanted) -> Found:
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
            return self._ask_dask(done, order)
        finally:
            with self._room:
                self._at_work -= 1
                self._room.notify_all()

    def _ask_dask(self, work: Callable[[Wanted, str], Found], order: Wanted) -> Found:
        # A key of its own for every try: under the old one Dask might hand out the old error.
        key = f"{order.name}-{os.urandom(4).hex()}"
        future = self.client.submit(work, order, self.run_id, key=key, pure=False, priority=self.priority)
        self.futures.add(future)
        done = threading.Event()
        # result(timeout=...) in a loop fails when a worker dies (distributed #8514): wait for the event, then ask once.
        future.add_done_callback(lambda _: done.set())
        done.wait()
        try:
            found: Found = future.result()
            return found
        finally:
            self.futures.discard(future)

    def cancel(self) -> None:
        """Let go of all shards: those that are being pressed stop at their next capture, the others are not handed out."""
        with self._room:
            self._is_open = False
            self._room.notify_all()
        with suppress(OSError):
            self._turns.leave()
        self.client.cancel(list(self.futures), force=True)


def _is_worth_a_retry(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, RetryLater)


def _told(order: Named, error: FutureCancelledError | LetGo | KilledWorker) -> State[Any]:
    """What a shard that came to no end means for its task run; raises what a person has to know."""
    name = order.name
    if isinstance(error, KilledWorker):
        raise BrokenShard(f"{name} ended its worker again and again, last on {error.last_worker.address}") from None
    if "lost" in str(error):
        raise FixTheRun(f"{name}: the Dask scheduler went away: start it, then the same backfill again") from None
    return Cancelled(message=f"{name} was cancelled: started again, it goes on after its last part")


OPTIONS: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": len(RETRY_DELAYS_SECONDS),
    "retry_delay_seconds": RETRY_DELAYS_SECONDS,
    "retry_condition_fn": _is_worth_a_retry,
}


@task(name="press shard", task_run_name=lambda: str(task_run.parameters["order"].shard.name), **OPTIONS)
def press(order: Order, desk: Desk) -> Receipt | State[Any]:
    """Press one shard on Dask; its task run is the shard's face in the Prefect UI."""
    try:
        receipt = desk.have(press_on_worker, order)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error)
    counts, name = receipt.counts, order.name
    log.info("shard=%s captures=%d articles=%d rejections=%d", name, counts.captures, counts.articles, counts.rejected)
    desk.received(receipt)
    return receipt


@task(name="split archive", task_run_name=lambda: f"split {task_run.parameters['order'].shard.name}", **OPTIONS)
def split(order: Order, desk: Desk) -> list[Order] | State[Any]:
    """Find the slices of a big archive on Dask; gives an order for each, the first of which withdraws what is outdated."""
    try:
        found = desk.have(split_on_worker, order)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error)
    log.info("archive=%s slices=%d", order.name, len(found.slices))
    first, *others = slices_of(order.shard, found)
    whole = replace(order, slice_bytes=0)
    return [replace(whole, shard=first), *(replace(whole, shard=one, replaces=()) for one in others)]


@task(name="visit sites", task_run_name=lambda: str(task_run.parameters["order"].name), **OPTIONS)
def visit(order: VisitOrder, desk: Desk) -> VisitReceipt | State[Any]:
    """Have a worker visit the domains of some lanes; its task run is their face in the Prefect UI."""
    try:
        receipt = desk.have(visit_on_worker, order)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error)
    run = receipt.run
    log.info("visit=%s requests=%d bytes=%d", order.name, run["requests"], run["bytes_received"])
    return receipt
