"""The backfill flow: archived captures in, articles out."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from prefect import flow, runtime

from flows.burials import living
from flows.monitor import Board, publish_summary
from flows.parameters import BackfillOrder
from flows.runners import choose_cluster, open_client
from flows.windows import press_windows
from tasks.backfills import Enrolment, enrol
from tasks.errors import BrokenShard
from tasks.failures import forget
from tasks.forecasts import forecast
from tasks.hosts import keep_hosts
from tasks.manifests import Manifest
from tasks.plans import Plan, plan_archives
from tasks.press import Order, start_anew
from tasks.stages import Desk
from tasks.storage import Store, open_store
from tasks.workers import topic_of

log = logging.getLogger(__name__)

WRITES_AT_ONCE = 16


def _run_name() -> str:
    order = BackfillOrder.model_validate(runtime.flow_run.parameters["order"])
    names = [name.rstrip("/").rsplit("/", 1)[-1] for name in order.archives]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    days = f" {order.since} to {order.until}" if order.since else f" {order.crawl}" if order.crawl else ""
    return f"backfill {names[0]}{more}{days}"


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
def backfill(order: BackfillOrder) -> Manifest:
    """Turn archived captures into articles, window by window."""
    started = datetime.now(UTC)
    store = open_store(order.into)
    with living(store, started) as run_id:
        plan = plan_archives(store, order.selection(started), order.recipe())
        _keep(order, plan, store, run_id, started)
        manifest = _press_plan(order, plan, store, run_id, started)
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


def _press_orders(order: BackfillOrder, plan: Plan, run_id: str, board: Board) -> None:
    """Press all windows on the order's cluster; what failed stands on the board."""
    with open_client(choose_cluster(order.cluster, order.workers)) as client:
        client.subscribe_topic(topic_of(run_id), board.hear)
        desk = Desk(client, run_id, board.received, board.parts_of, order.at_once, order.priority)
        log.info("pressing on %d workers, Dask's dashboard is at %s", len(client.nthreads()), client.dashboard_link)
        press_windows(desk, board, plan.orders, order.window_shards, lambda orders: _take_back(order, orders))


def _take_back(order: BackfillOrder, orders: list[Order]) -> None:
    if order.reprocess == "all":
        for each in orders:
            start_anew(open_store(each.store_url), each)
