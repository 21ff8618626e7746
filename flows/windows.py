"""Shards in windows: a subflow each, a task run a shard, every one of them asked for its result."""

import logging
from collections.abc import Callable
from typing import Any, cast

from prefect import flow, runtime
from prefect.exceptions import CancelledRun
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.monitor import Board
from tasks.errors import BrokenShard
from tasks.failures import Failure, remember
from tasks.press import Order
from tasks.shards import Receipt
from tasks.stages import Desk, Named, press, split
from tasks.storage import open_store

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 256


def threads_for(desk: Desk) -> TaskRunner[PrefectFuture[Any]]:
    """Threads that wait for Dask: twice as many as workers, for one shard is being handed out while another is pressed."""
    in_flight = min(MOST_IN_FLIGHT, max(4, 2 * sum(desk.client.nthreads().values())))
    return cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=in_flight))


def press_windows(desk: Desk, board: Board, orders: list[Order], size: int, before: Callable[[list[Order]], None]) -> None:
    """Press all windows of ``size`` shards, one after the other; what failed stands on the board.

    ``before`` is called with the orders of each window before it begins.
    """
    window = press_window.with_options(task_runner=threads_for(desk))
    for number, first in enumerate(range(0, len(orders), size), start=1):
        part, known = orders[first : first + size], len(board.failed)
        before(part)
        state = window(number, part, desk, board, return_state=True)
        # A window fails for its failed shards, which stand on the board; anything else ends the run here.
        if not state.is_completed() and len(board.failed) == known:
            state.result()


def _window_name() -> str:
    number, orders = runtime.flow_run.parameters["number"], runtime.flow_run.parameters["orders"]
    days = sorted(order.shard.day for order in orders if order.shard.day)
    span = f"{days[0]} to {days[-1]}, " if days and days[0] != days[-1] else f"{days[0]}, " if days else ""
    return f"window {number}: {span}{len(orders)} archives"


@flow(name="window", flow_run_name=_window_name, validate_parameters=False, persist_result=False)
def press_window(number: int, orders: list[Order], desk: Desk, board: Board) -> None:  # noqa: ARG001  (the number is its name)
    """Press up to a few hundred shards, a task run each, and ask every one of them for its result."""
    known = set(board.failed)
    try:
        slices = _pressed(split, [order for order in orders if order.slice_bytes], desk, board)
        whole = [order for order in orders if not order.slice_bytes] + [one for found in slices for one in found]
        board.total_shards += len(whole) - len(orders)
        _pressed(press, whole, desk, board)
    finally:
        # Nothing is left to cancel, unless this run was: then the threads that wait for Dask have to be let go here.
        desk.cancel()
    if failed := sorted(board.failed.keys() - known):
        raise BrokenShard(f"{len(failed)} of {len(orders)} shards failed: {', '.join(failed[:3])}")


def results_of(stage: Any, orders: list[Any], desk: Desk, tick: Callable[[], None]) -> list[tuple[Any, Any]]:
    """Submit a task run an order and ask each for its result: orders, each with what came of it, an exception too."""
    names: list[Named] = orders
    desk.open(order.name for order in names)
    futures = [stage.submit(order, desk) for order in orders]
    waiting = set(futures)
    while waiting:
        waiting = set(wait(list(waiting), timeout=1).not_done)
        tick()
        desk.look()
    return [(order, future.result(raise_on_failure=False)) for order, future in zip(orders, futures, strict=True)]


def _pressed(stage: Any, orders: list[Order], desk: Desk, board: Board) -> list[Any]:
    """What came of the orders; those that failed go to the board and the store."""
    found = []
    for order, result in results_of(stage, orders, desk, board.tick):
        if isinstance(result, (Receipt, list)):
            found.append(result)
        else:
            _note_failure(order, result, desk, board)
    return found


def _note_failure(order: Order, error: Any, desk: Desk, board: Board) -> None:
    why = str(error) or type(error).__name__
    board.failed[order.shard.name] = why
    log.error("FAILED %s: %s", order.shard.name, why)
    if not isinstance(error, CancelledRun):
        fingerprint = order.shard.fingerprint(order.recipe.id)
        failure = Failure(order.shard.name, fingerprint, why, desk.run_id, isinstance(error, BrokenShard))
        remember(open_store(order.store_url), order.shard.source, failure)
