"""The backfill flow: archived captures in, articles out."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import State, flow, runtime
from prefect.states import Cancelled

from flows.artifacts import publish_summary
from flows.burials import living
from flows.events import Patience, tell_of_rejections
from flows.monitor import Board
from flows.parameters import BackfillOrder
from flows.runners import choose_cluster, dashboard_links, open_client
from flows.stopping import Heed, Stopped
from flows.windows import day_span, press_windows
from tasks.backfills import Enrolment, enrol
from tasks.desk import Desk
from tasks.errors import BrokenShard
from tasks.failures import forget
from tasks.forecasts import forecast
from tasks.hosts import keep_hosts
from tasks.manifests import Manifest
from tasks.plans import Plan, plan_archives
from tasks.press import Order, start_anew
from tasks.storage import Store, open_store, short_name

log = logging.getLogger(__name__)

WRITES_AT_ONCE = 16


def _run_name() -> str:
    order = BackfillOrder.model_validate(runtime.flow_run.parameters["order"])
    names = [short_name(name) for name in order.archives]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    days = f" {_days(order)}" if order.since else f" {order.crawl}" if order.crawl else ""
    return f"backfill {names[0]}{more}{days}"


def _days(order: BackfillOrder) -> str:
    if order.until == "now":
        return f"{order.since}..now"
    return day_span(f"{order.since}", f"{order.until - timedelta(days=1)}")


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
def backfill(order: BackfillOrder) -> Manifest | State[Any]:
    """Turn archived captures into articles, window by window."""
    try:
        return _backfill(order)
    except Stopped as stop:
        return Cancelled(message=str(stop))


def _backfill(order: BackfillOrder) -> Manifest:
    started = datetime.now(UTC)
    store = open_store(order.into)
    with living(store, started) as run_id:
        plan = plan_archives(store, order.selection(started), order.recipe())
        _keep(order, plan, store, run_id, started)
        manifest = _press_plan(order, plan, store, run_id, started)
    Heed().look(at_once=True)  # Prefect takes no other end of a run that somebody has cancelled by now
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
        _press_orders(order, plan, run_id, board)
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
    publish_summary(store, manifest, list(board.failures.values()))
    tell_of_rejections(manifest, order.alarm_rejections)
    return manifest


def _raise_for(order: BackfillOrder, plan: Plan, manifest: Manifest) -> None:
    """Fail the run for what failed, now that all else is done."""
    if manifest.failed:
        name, why = next(iter(manifest.failed.items()))
        raise BrokenShard(f"{len(manifest.failed)} of {len(plan.orders)} shards failed; the first is {name}: {why}")
    if plan.gaps and order.gaps == "fail":
        gap = plan.gaps[0]
        raise BrokenShard(f"{len(plan.gaps)} gaps upstream, the first is {gap.what}: {gap.why}; all that is there is done")


def _press_orders(order: BackfillOrder, plan: Plan, run_id: str, board: Board) -> None:
    """Press all windows on the order's cluster; what failed stands on the board."""
    choice = choose_cluster(order.cluster, order.workers)
    with open_client(choice) as client:
        desk = Desk(client, run_id, board, at_once=order.at_once, priority=order.priority, most_workers=choice.most_workers)
        workers = len(client.nthreads())
        log.info("pressing on %d workers, Dask's dashboard is at %s", workers, client.dashboard_link)
        board.links = dashboard_links(client)
        expected = forecast(plan.known, plan.bytes_to_press)
        board.patience = Patience(run_id, expected.cpu_seconds / workers if expected.learned_from else 0)
        press_windows(desk, board, plan.orders, order.window_shards, lambda orders: _take_back(order, orders))


def _take_back(order: BackfillOrder, orders: list[Order]) -> None:
    if order.reprocess == "all":
        for each in orders:
            start_anew(open_store(each.store_url), each)
