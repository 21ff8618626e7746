"""The Prefect side of a shard: a task run in the flow's process that sends one plain function to Dask and waits for its result."""

import logging
import time
from dataclasses import replace
from typing import Any

from distributed import KilledWorker
from distributed.client import FutureCancelledError
from prefect import State, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import TaskRun
from prefect.runtime import task_run
from prefect.states import Cancelled
from prefect.tasks import Task

from tasks.collecting.orders import VisitOrder, VisitReceipt
from tasks.curating.orders import Step
from tasks.desk import Desk, Facts, LetGo, Named
from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.press import Order
from tasks.shards import Receipt
from tasks.splits import slices_of
from tasks.workers import press_on_worker, split_on_worker, step_on_worker, visit_on_worker

log = logging.getLogger(__name__)

RETRY_DELAYS_SECONDS: list[float] = [10, 60]
LINE_SECONDS = 60.0


def _is_worth_a_retry(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, RetryLater)


class _Lines:
    """The log lines of a task run while its worker is at work: one for each part, or one a minute where there are no parts."""

    def __init__(self, name: str) -> None:
        self.name, self.last = name, Facts()
        self._parts, self._said = 0, time.monotonic()

    def tell(self, facts: Facts) -> None:
        """Log what a worker told, when it is worth a line."""
        self.last = facts
        if facts.get("parts", 0) > self._parts:
            self._parts = facts["parts"]
            place = f"up to byte {facts['next_offset']}" if facts["next_offset"] else "of a list"
            log.info("part %d: captures=%d articles=%d %s", self._parts, facts["captures"], facts["articles"], place)
        elif "requests" in facts and time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            log.info("visit=%s requests=%d bytes=%d", self.name, facts["requests"], facts["bytes"])

    @property
    def place(self) -> str:
        """How far the worker had come when it was last heard of."""
        return f", after byte {self.last['next_offset']}," if self.last.get("next_offset") else ""


def _told(order: Named, error: FutureCancelledError | LetGo | KilledWorker, where: str) -> State[Any]:
    """What a shard that came to no end means for its task run; raises what a person has to know."""
    name = order.name
    if isinstance(error, KilledWorker):
        raise BrokenShard(f"{where} ended its worker again and again, last on {error.last_worker.address}") from None
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


@task(name="press shard", task_run_name=lambda: str(task_run.parameters["order"].unquote().shard.name), **OPTIONS)
def press(order: Order, desk: Desk) -> Receipt | State[Any]:
    """Press one shard on Dask; its task run is the shard's face in the Prefect UI."""
    lines = _Lines(order.name)
    try:
        receipt = desk.have(press_on_worker, order, lines.tell)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error, f"{order.shard.url}{lines.place}")
    counts, name = receipt.counts, order.name
    log.info("shard=%s captures=%d articles=%d rejections=%d", name, counts.captures, counts.articles, counts.rejected)
    desk.listener.received(receipt)
    return receipt


@task(name="split archive", task_run_name=lambda: f"split {task_run.parameters['order'].unquote().shard.name}", **OPTIONS)
def split(order: Order, desk: Desk) -> list[Order] | State[Any]:
    """Find the slices of a big archive on Dask; gives an order for each, the first of which withdraws what is outdated."""
    try:
        found = desk.have(split_on_worker, order, _Lines(order.name).tell)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error, order.shard.url)
    log.info("archive=%s slices=%d", order.name, len(found.slices))
    first, *others = slices_of(order.shard, found)
    whole = replace(order, slice_bytes=0)
    return [replace(whole, shard=first), *(replace(whole, shard=one, replaces=()) for one in others)]


@task(name="visit sites", task_run_name=lambda: str(task_run.parameters["order"].unquote().name), **OPTIONS)
def visit(order: VisitOrder, desk: Desk) -> VisitReceipt | State[Any]:
    """Have a worker visit the domains of some lanes; its task run is their face in the Prefect UI."""
    try:
        receipt = desk.have(visit_on_worker, order, _Lines(order.name).tell)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error, order.name)
    run = receipt.run
    log.info("visit=%s requests=%d bytes=%d", order.name, run["requests"], run["bytes_received"])
    desk.listener.received(receipt)
    return receipt


@task(name="edition step", task_run_name=lambda: str(task_run.parameters["order"].unquote().name), **OPTIONS)
def take_step(order: Step, desk: Desk) -> Any:
    """Have a worker do one order of a step of an edition; its task run is the order's face in the Prefect UI."""
    try:
        found = desk.have(step_on_worker, order, _Lines(order.name).tell)
    except (FutureCancelledError, LetGo, KilledWorker) as error:
        return _told(order, error, order.name)
    log.info("order=%s done", order.name)
    desk.listener.received(found)
    return found
