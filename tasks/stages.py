"""The Prefect side of a shard: a task run in the flow's process that sends one plain function to Dask and waits for its receipt."""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import Client, Future, KilledWorker
from distributed.client import FutureCancelledError
from prefect import State, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.runtime import task_run
from prefect.states import Cancelled
from prefect.tasks import Task

from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.press import Order
from tasks.shards import Receipt
from tasks.workers import press_on_worker

log = logging.getLogger(__name__)

RETRY_DELAYS_SECONDS: list[float] = [10, 60]


class LetGo(Exception):
    """The run was cancelled before this shard was handed out."""


@dataclass(slots=True)
class Desk:
    """Where shards are handed out and receipts come back: one a run, shared by its task runs' threads."""

    client: Client
    run_id: str
    received: Callable[[Receipt], None]
    parts_of: Callable[[str], int]
    futures: set[Future[Any]] = field(default_factory=set)
    slots: int = 1
    _at_work: int = 0
    _is_open: bool = False
    _room: threading.Condition = field(default_factory=threading.Condition)

    def open(self) -> None:
        """Hand out shards from now on."""
        with self._room:
            self._is_open = True
        self.look()

    def look(self) -> None:
        """See how many workers there are now. Dask is given no more shards than that: it blames every shard that waits on a worker
        for that worker's death.
        """
        with suppress(OSError):  # a scheduler that is gone is told by the shards' own errors
            self.slots = max(1, sum(self.client.nthreads().values()))
        with self._room:
            self._room.notify_all()

    def press(self, order: Order) -> Receipt:
        """Have a shard pressed on Dask and wait for its receipt; raises what it raised there.

        Dask gives a task up when four workers died of it. Where parts were committed meanwhile it was not the shard's doing.
        """
        while True:
            parts = self.parts_of(order.shard.name)
            try:
                return self._press_once(order)
            except KilledWorker:
                if self.parts_of(order.shard.name) <= parts:
                    raise

    def _press_once(self, order: Order) -> Receipt:
        with self._room:
            self._room.wait_for(lambda: self._at_work < self.slots or not self._is_open)
            if not self._is_open:
                raise LetGo
            self._at_work += 1
        try:
            return self._ask_dask(order)
        finally:
            with self._room:
                self._at_work -= 1
                self._room.notify()

    def _ask_dask(self, order: Order) -> Receipt:
        # A key of its own for every try: under the old one Dask might hand out the old error.
        key = f"{order.shard.name}-{os.urandom(4).hex()}"
        future = self.client.submit(press_on_worker, order, self.run_id, key=key, pure=False)
        self.futures.add(future)
        done = threading.Event()
        # result(timeout=...) in a loop fails when a worker dies (distributed #8514): wait for the event, then ask once.
        future.add_done_callback(lambda _: done.set())
        done.wait()
        try:
            return future.result()
        finally:
            self.futures.discard(future)

    def cancel(self) -> None:
        """Let go of all shards: those that are being pressed stop at their next capture, the others are not handed out."""
        with self._room:
            self._is_open = False
            self._room.notify_all()
        self.client.cancel(list(self.futures), force=True)


def _is_worth_a_retry(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, RetryLater)


@task(
    name="press shard",
    task_run_name=lambda: str(task_run.parameters["order"].shard.name),
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=_is_worth_a_retry,
)
def press(order: Order, desk: Desk) -> Receipt | State[Any]:
    """Press one shard on Dask; its task run is the shard's face in the Prefect UI."""
    name = order.shard.name
    try:
        receipt = desk.press(order)
    except (FutureCancelledError, LetGo) as error:
        if "lost" in str(error):
            raise FixTheRun(f"{name}: the Dask scheduler went away: start it, then the same backfill again") from None
        return Cancelled(message=f"{name} was cancelled: started again, it goes on after its last part")
    except KilledWorker as error:
        raise BrokenShard(f"{name} ended its worker again and again, last on {error.last_worker.address}") from None
    counts = receipt.counts
    log.info("shard=%s captures=%d articles=%d rejections=%d", name, counts.captures, counts.articles, counts.rejected)
    desk.received(receipt)
    return receipt
