"""Shards in windows: a subflow each, a task run a shard, every one of them asked for its result."""

import gc
import logging
from collections.abc import Callable
from concurrent.futures import wait
from typing import Any, Generic, TypeVar, cast

from prefect import State, flow, runtime
from prefect.exceptions import CancelledRun
from prefect.futures import PrefectFuture
from prefect.states import Cancelled
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.artifacts import failed_shard
from flows.monitor import Board
from flows.stopping import Heed, Stopped
from tasks.desk import Desk, Named
from tasks.errors import BrokenShard
from tasks.failures import Failure, remember
from tasks.press import Order
from tasks.shards import Receipt
from tasks.stages import press, split
from tasks.storage import open_store

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 256

OrderOf = TypeVar("OrderOf", bound=Named)
BoardOf = TypeVar("BoardOf")


class Batch(Generic[OrderOf, BoardOf]):
    """What a subflow works on. Slots, and no dataclass: of all else Prefect keeps a copy in its database, every order in it,
    and refuses a run whose parameters are larger than 512 KiB.
    """

    __slots__ = ("board", "desk", "orders")

    def __init__(self, orders: list[OrderOf], desk: Desk, board: BoardOf) -> None:
        """Orders, where they are handed out, and where what comes of them stands."""
        self.orders, self.desk, self.board = orders, desk, board


def threads_for(desk: Desk) -> TaskRunner[PrefectFuture[Any]]:
    """Threads that wait for Dask: twice as many as workers, for one shard is being handed out while another is pressed."""
    workers = max(desk.most_workers, sum(desk.client.nthreads().values()))
    in_flight = min(MOST_IN_FLIGHT, max(4, 2 * workers))
    return cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=in_flight))


def press_windows(desk: Desk, board: Board, orders: list[Order], size: int, before: Callable[[list[Order]], None]) -> None:
    """Press all windows of ``size`` shards, one after the other; what failed stands on the board.

    ``before`` is called with the orders of each window before it begins.
    """
    window = press_window.with_options(task_runner=threads_for(desk))
    for number, first in enumerate(range(0, len(orders), size), start=1):
        part, known = orders[first : first + size], len(board.failed)
        before(part)
        state = window(number, len(part), Batch(part, desk, board), return_state=True)
        go_on_after(state, has_failures=len(board.failed) > known)
        # Prefect leaves its runs in reference cycles, which Python by itself looks for too seldom: 12 KB a shard.
        gc.collect()


def go_on_after(state: State[Any], *, has_failures: bool) -> None:
    """Raise what ended a subflow, unless it ended, or failed for failures that stand on the board and do not end the run."""
    if state.is_cancelled():
        raise Stopped(state.message)
    if not state.is_completed() and not has_failures:
        state.result()


def _window_name() -> str:
    number, orders = runtime.flow_run.parameters["number"], runtime.flow_run.parameters["window"].orders
    days = sorted(order.shard.day for order in orders if order.shard.day)
    span = f"{day_span(days[0], days[-1])}, " if days else ""
    return f"window {number}: {span}{len(orders)} archives"


def day_span(first: str, last: str) -> str:
    """From one day to another, both included, as YYYY-MM-DD..DD, in as few words as it takes."""
    if first == last:
        return first
    return f"{first}..{last[8:] if first[:7] == last[:7] else last}"


@flow(name="window", flow_run_name=_window_name, validate_parameters=False, persist_result=False)
def press_window(number: int, archives: int, window: Batch[Order, Board]) -> State[Any] | None:  # noqa: ARG001  (they are its name)
    """Press up to a few hundred shards, a task run each, and ask every one of them for its result."""
    orders, desk, board = window.orders, window.desk, window.board
    known = set(board.failed)
    try:
        slices = _pressed(split, [order for order in orders if order.slice_bytes], desk, board)
        whole = [order for order in orders if not order.slice_bytes] + [one for found in slices for one in found]
        board.total_shards += len(whole) - len(orders)
        _pressed(press, whole, desk, board)
    except Stopped as stop:
        return Cancelled(message=str(stop))
    finally:
        # Nothing is left to cancel, unless this run was: then the threads that wait for Dask have to be let go here.
        desk.cancel()
    if failed := sorted(board.failed.keys() - known):
        raise BrokenShard(f"{len(failed)} of {len(orders)} shards failed: {', '.join(failed[:3])}")
    return None


def results_of(stage: Any, orders: list[Any], desk: Desk, tick: Callable[[], None]) -> list[tuple[Any, Any]]:
    """Submit a task run an order and ask each for its result: orders, each with what came of it, an exception too."""
    names: list[Named] = orders
    desk.open(order.name for order in names)
    # Quoted: else Prefect looks through every field of an order for results of other tasks.
    futures = [stage.submit(quote(order), desk) for order in orders]
    # Prefect's own wait() stops itself by an alarm, which can leave its lock locked: after 18,000 shards a run stood still.
    waiting, heed = {future.wrapped_future for future in futures}, Heed()
    while waiting:
        waiting = wait(waiting, timeout=1).not_done
        tick()
        desk.look()
        heed.look()
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
    failure = failed_shard(order, error)
    board.failures[failure.shard] = failure
    log.error("FAILED %s: %s", failure.shard, failure.why)
    if not isinstance(error, CancelledRun):
        fingerprint = order.shard.fingerprint(order.recipe.id)
        known = Failure(failure.shard, fingerprint, failure.why, desk.run_id, isinstance(error, BrokenShard))
        remember(open_store(order.store_url), order.shard.source, known)
