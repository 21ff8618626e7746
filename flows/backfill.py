"""The backfill flow: archived captures in, articles out."""

import logging
from datetime import UTC, datetime
from typing import Any, cast

from prefect import flow, runtime
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.burials import bury_the_dead, register
from flows.monitor import Board, publish_summary
from flows.parameters import BackfillOrder
from flows.runners import choose_cluster, open_client
from tasks.errors import BrokenShard
from tasks.failures import forget, give_up
from tasks.manifests import Manifest
from tasks.plans import Plan, plan_archives
from tasks.press import Order
from tasks.shards import Receipt, add_counts
from tasks.stages import Desk, press
from tasks.storage import Store, open_store
from tasks.workers import topic_of

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 256


def _run_name() -> str:
    order = BackfillOrder.model_validate(runtime.flow_run.parameters["order"])
    archives = [name.rstrip("/").rsplit("/", 1)[-1] for name in order.archives]
    more = f" +{len(archives) - 1}" if len(archives) > 1 else ""
    return f"backfill {archives[0]}{more}"


def _window_name() -> str:
    number, orders = runtime.flow_run.parameters["number"], runtime.flow_run.parameters["orders"]
    return f"window {number}: {len(orders)} archives"


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
def backfill(order: BackfillOrder) -> Manifest:
    """Turn archived captures into articles, window by window."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{str(runtime.flow_run.id)[:8]}"
    store = open_store(order.into)
    bury_the_dead(store)
    birth = register(store, run_id, str(runtime.flow_run.id))
    try:
        return _press_plan(order, store, run_id, started)
    finally:
        store.delete(birth.key)


def _press_plan(order: BackfillOrder, store: Store, run_id: str, started: datetime) -> Manifest:
    plan = plan_archives(store, order.selection(), order.recipe())
    if order.reprocess == "failed":
        for each in plan.orders:
            forget(store, each.shard)
    board = Board(len(plan.orders), plan.bytes_to_press)
    if plan.orders:
        press_windows(order, plan, run_id, board)
    board.close()
    counts = add_counts(receipt.counts for receipt in board.receipts)
    manifest = Manifest(
        run_id=run_id,
        started_at=started.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        order=order.model_dump(mode="json"),
        counts=counts,
        receipts=tuple(sorted(receipt.key for receipt in board.receipts)),
        done_before=tuple(shard.name for shard in plan.done),
        given_up=tuple(failure.shard for failure in plan.given_up),
        failed=board.failed,
    )
    manifest.write(store)
    publish_summary(store.url, counts, board.failed)
    if board.failed:
        name, why = next(iter(board.failed.items()))
        raise BrokenShard(f"{len(board.failed)} of {len(plan.orders)} shards failed; the first is {name}: {why}")
    return manifest


def press_windows(order: BackfillOrder, plan: Plan, run_id: str, board: Board) -> None:
    """Press all windows, one after the other, on the order's cluster; what failed stands on the board."""
    with open_client(choose_cluster(order.cluster, order.workers)) as client:
        client.subscribe_topic(topic_of(run_id), board.hear)
        desk = Desk(client, run_id, board.received, board.parts_of)
        log.info("pressing on %d workers, Dask's dashboard is at %s", len(client.nthreads()), client.dashboard_link)
        in_flight = min(MOST_IN_FLIGHT, max(4, 2 * sum(client.nthreads().values())))
        threads = cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=in_flight))
        window = press_window.with_options(task_runner=threads)
        size = order.window_shards
        for number, first in enumerate(range(0, len(plan.orders), size), start=1):
            known = len(board.failed)
            state = window(number, list(plan.orders[first : first + size]), desk, board, return_state=True)
            # A window fails for its failed shards, which stand on the board; anything else ends the run here.
            if not state.is_completed() and len(board.failed) == known:
                state.result()


@flow(name="window", flow_run_name=_window_name, validate_parameters=False, persist_result=False)
def press_window(number: int, orders: list[Order], desk: Desk, board: Board) -> None:  # noqa: ARG001  (the number is its name)
    """Press up to a few hundred shards, a task run each, and ask every one of them for its result."""
    desk.open()
    by_name = {order.shard.name: order for order in orders}
    futures = {name: press.submit(order, desk) for name, order in by_name.items()}
    waiting = set(futures.values())
    try:
        while waiting:
            waiting = set(wait(list(waiting), timeout=1).not_done)
            board.tick()
            desk.look()
    finally:
        # Nothing is left to cancel, unless this run was: then the threads that wait for Dask have to be let go here.
        desk.cancel()
    failed = {}
    for name, future in futures.items():
        result = future.result(raise_on_failure=False)
        if not isinstance(result, Receipt):
            failed[name] = str(result) or type(result).__name__
            log.error("FAILED %s: %s", name, failed[name])
        if isinstance(result, BrokenShard):
            order = by_name[name]
            give_up(open_store(order.store_url), order.shard, order.recipe, str(result), desk.run_id)
    board.failed.update(failed)
    if failed:
        raise BrokenShard(f"{len(failed)} of {len(orders)} shards failed: {', '.join(sorted(failed)[:3])}")
