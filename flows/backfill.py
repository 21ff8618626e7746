"""The backfill flow: archived captures in, articles out."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

from prefect import flow, runtime
from prefect.exceptions import CancelledRun
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.burials import bury_the_dead, register
from flows.monitor import Board, publish_summary
from flows.parameters import BackfillOrder
from flows.runners import choose_cluster, open_client
from tasks.backfills import Enrolment, enrol
from tasks.errors import BrokenShard
from tasks.failures import Failure, forget, remember
from tasks.forecasts import forecast
from tasks.hosts import keep_hosts
from tasks.manifests import Manifest
from tasks.plans import Plan, plan_archives
from tasks.press import Order, start_anew
from tasks.shards import Receipt
from tasks.stages import Desk, press, split
from tasks.storage import Store, open_store
from tasks.workers import topic_of

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 256
WRITES_AT_ONCE = 16


def _run_name() -> str:
    order = BackfillOrder.model_validate(runtime.flow_run.parameters["order"])
    names = [name.rstrip("/").rsplit("/", 1)[-1] for name in order.archives]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    days = f" {order.since} to {order.until}" if order.since else f" {order.crawl}" if order.crawl else ""
    return f"backfill {names[0]}{more}{days}"


def _window_name() -> str:
    number, orders = runtime.flow_run.parameters["number"], runtime.flow_run.parameters["orders"]
    days = sorted(order.shard.day for order in orders if order.shard.day)
    span = f"{days[0]} to {days[-1]}, " if days and days[0] != days[-1] else f"{days[0]}, " if days else ""
    return f"window {number}: {span}{len(orders)} archives"


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
def backfill(order: BackfillOrder) -> Manifest:
    """Turn archived captures into articles, window by window."""
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{str(runtime.flow_run.id)[:8]}"
    store = open_store(order.into)
    bury_the_dead(store)
    birth = register(store, run_id, str(runtime.flow_run.id))
    try:
        plan = plan_archives(store, order.selection(started), order.recipe())
        _keep(order, plan, store, run_id, started)
        manifest = _press_plan(order, plan, store, run_id, started)
    finally:
        store.delete(birth.key)
    _raise_for(order, plan, manifest)
    return manifest


def _keep(order: BackfillOrder, plan: Plan, store: Store, run_id: str, started: datetime) -> None:
    """Write down what the workers and later runs look for: the plan, its lists, its hosts."""
    keep_hosts(store, order.wanted_hosts())
    needed = plan.lists.keys() & {order.shard.url for order in plan.orders}
    with ThreadPoolExecutor(WRITES_AT_ONCE) as pool:
        for _ in pool.map(lambda key: store.write(key, plan.lists[key]), needed):
            pass
    since = f"{order.since}" if order.since else ""
    until = f"{started:%Y-%m-%d}" if order.until == "now" else f"{order.until}"
    asked = order.model_dump(mode="json")
    entry = Enrolment(order.backfill_name, run_id, asked, order.recipe().id, since, until, (), tuple(plan.gaps))
    enrol(store, entry, plan.archives)


def _press_plan(order: BackfillOrder, plan: Plan, store: Store, run_id: str, started: datetime) -> Manifest:
    board = Board(len(plan.orders), plan.bytes_to_press, plan.known)
    if plan.orders:
        press_windows(order, plan, run_id, board)
    board.close()
    for shard in (*(order.shard for order in plan.orders), *(done.shard for done in plan.done)):
        if shard.name in plan.failing - board.failed.keys():
            forget(store, shard)
    manifest = Manifest(
        run_id=run_id,
        started_at=started.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        order=order.model_dump(mode="json"),
        counts=board.counts,
        receipts=tuple(sorted(board.receipt_keys)),
        done_before=tuple(done.shard.name for done in plan.done),
        given_up=tuple(failure.shard for failure in plan.given_up),
        failed=board.failed,
        gaps=tuple(plan.gaps),
        forecast=forecast(plan.known, plan.bytes_to_press),
    )
    manifest.write(store)
    publish_summary(store.url, manifest)
    return manifest


def _raise_for(order: BackfillOrder, plan: Plan, manifest: Manifest) -> None:
    """Fail the run for what failed, now that all else is done."""
    if manifest.failed:
        name, why = next(iter(manifest.failed.items()))
        raise BrokenShard(f"{len(manifest.failed)} of {len(plan.orders)} shards failed; the first is {name}: {why}")
    if plan.gaps and order.gaps == "fail":
        gap = plan.gaps[0]
        raise BrokenShard(f"{len(plan.gaps)} gaps upstream, the first is {gap.what}: {gap.why}; all that is there is done")


def press_windows(order: BackfillOrder, plan: Plan, run_id: str, board: Board) -> None:
    """Press all windows, one after the other, on the order's cluster; what failed stands on the board."""
    with open_client(choose_cluster(order.cluster, order.workers)) as client:
        client.subscribe_topic(topic_of(run_id), board.hear)
        desk = Desk(client, run_id, board.received, board.parts_of, order.at_once, order.priority)
        log.info("pressing on %d workers, Dask's dashboard is at %s", len(client.nthreads()), client.dashboard_link)
        in_flight = min(MOST_IN_FLIGHT, max(4, 2 * sum(client.nthreads().values())))
        threads = cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=in_flight))
        window = press_window.with_options(task_runner=threads)
        size = order.window_shards
        for number, first in enumerate(range(0, len(plan.orders), size), start=1):
            orders, known = plan.orders[first : first + size], len(board.failed)
            _take_back(order, orders)
            state = window(number, orders, desk, board, return_state=True)
            # A window fails for its failed shards, which stand on the board; anything else ends the run here.
            if not state.is_completed() and len(board.failed) == known:
                state.result()


def _take_back(order: BackfillOrder, orders: list[Order]) -> None:
    if order.reprocess == "all":
        for each in orders:
            start_anew(open_store(each.store_url), each)


@flow(name="window", flow_run_name=_window_name, validate_parameters=False, persist_result=False)
def press_window(number: int, orders: list[Order], desk: Desk, board: Board) -> None:  # noqa: ARG001  (the number is its name)
    """Press up to a few hundred shards, a task run each, and ask every one of them for its result."""
    known = set(board.failed)
    try:
        slices = _results(split, [order for order in orders if order.slice_bytes], desk, board)
        whole = [order for order in orders if not order.slice_bytes] + [one for found in slices for one in found]
        board.total_shards += len(whole) - len(orders)
        _results(press, whole, desk, board)
    finally:
        # Nothing is left to cancel, unless this run was: then the threads that wait for Dask have to be let go here.
        desk.cancel()
    if failed := sorted(board.failed.keys() - known):
        raise BrokenShard(f"{len(failed)} of {len(orders)} shards failed: {', '.join(failed[:3])}")


def _results(stage: Any, orders: list[Order], desk: Desk, board: Board) -> list[Any]:
    """Submit a task run an order and ask each for its result; those that failed go to the board and the store."""
    desk.open(order.shard.name for order in orders)
    futures = [stage.submit(order, desk) for order in orders]
    waiting = set(futures)
    while waiting:
        waiting = set(wait(list(waiting), timeout=1).not_done)
        board.tick()
        desk.look()
    found = []
    for order, future in zip(orders, futures, strict=True):
        result = future.result(raise_on_failure=False)
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
