"""The collect flow: what news sites have published since, fetched politely, pressed like every other capture."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from distributed import Client
from prefect import State, flow, runtime
from prefect.states import Cancelled

from flows.artifacts import publish_summary, publish_visits
from flows.burials import living
from flows.due import due_at
from flows.events import tell_of_rejections, tell_of_silence
from flows.exits import with_again
from flows.monitor import Board, VisitBoard
from flows.parameters import CollectOrder
from flows.runners import choose_cluster, dashboard_links, open_client
from flows.sources_file import read_sources
from flows.stopping import Heed, Stopped
from flows.windows import Batch, go_on_after, press_windows, results_of, threads_for
from tasks.collecting import rounds
from tasks.collecting.orders import VisitOrder, VisitReceipt, agenda_key
from tasks.desk import Desk
from tasks.errors import BrokenShard, FixTheRun
from tasks.failures import failures_of, forget
from tasks.forecasts import Cost
from tasks.hosts import keep_hosts
from tasks.manifests import Manifest
from tasks.press import Order
from tasks.shards import Shard
from tasks.sites import Agenda
from tasks.stages import visit
from tasks.storage import Store, open_store
from tasks.workers import get_ready_to_visit

log = logging.getLogger(__name__)

# Looking at sources may take so much of the time; the rest is for what they announce.
DISCOVER_SHARE = 0.5


def _run_name() -> str:
    order = CollectOrder.model_validate(runtime.flow_run.parameters["order"])
    name = "" if order.source == "collect" else f" {order.source}"
    return f"collect{name} {due_at():%Y-%m-%d %H:%M}"


@flow(name="collect", flow_run_name=_run_name, persist_result=False)
def collect(order: CollectOrder) -> Manifest | State[Any]:
    """Look at every source that is due, fetch what is new, press what was fetched."""
    try:
        return _collect(order)
    except Stopped as stop:
        return Cancelled(message=str(stop))


def _collect(order: CollectOrder) -> Manifest:
    started = datetime.now(UTC)
    store = open_store(order.into)
    agenda = read_sources(order.sources)
    all_before = started.isoformat() if order.every_source else ""
    agenda = replace(agenda, honours_opt_outs=order.opt_outs == "honour", all_before=all_before)
    with living(store, started) as run_id:
        left = rounds.leave_listed(store, agenda, run_id, started)
        if left:
            log.info("%d addresses of the sites' lists are new", sum(left.values()))
        # Lists of addresses may be long, and are left by now: the workers need none of them.
        agenda = replace(agenda, sites=tuple(replace(site, urls=()) for site in agenda.sites))
        store.write(agenda_key(run_id), agenda.to_json())
        with open_client(choose_cluster(order.cluster, order.workers)) as client:
            visits = Visits(order, agenda, store, run_id, started, client)
            visits.make()
            manifest = _press_collected(visits)
    Heed().look(at_once=True)  # Prefect takes no other end of a run that somebody has cancelled by now
    _raise_for(manifest)
    return manifest


class Visits:
    """The visits of one run: discover, then fetch, in rounds until nothing is left or the time is over."""

    def __init__(self, order: CollectOrder, agenda: Agenda, store: Store, run_id: str, started: datetime, client: Client) -> None:
        """Nothing is asked yet."""
        self.order, self.agenda, self.store, self.run_id, self.started, self.client = order, agenda, store, run_id, started, client
        self.budget = timedelta(minutes=order.minutes or agenda.limits.minutes)
        self.board = VisitBoard(started + self.budget)
        self.board.links = dashboard_links(client)
        self.most_workers = choose_cluster(order.cluster, order.workers).most_workers
        self.desk = Desk(client, run_id, self.board, priority=order.priority, most_workers=self.most_workers)
        self._number = {rounds.DISCOVER: 1, rounds.FETCH: 1}

    def make(self) -> None:
        """All rounds of both stages."""
        self.client.run(get_ready_to_visit)
        lanes = rounds.lanes_to_discover(self.store, self.agenda)
        for _ in range(rounds.MOST_ROUNDS):
            if not lanes or not self._round(rounds.DISCOVER, lanes, self.started + DISCOVER_SHARE * self.budget):
                break
            lanes = rounds.lanes_named(self.store)
        lanes = rounds.lanes_to_fetch(self.store)
        for _ in range(rounds.MOST_ROUNDS):
            if not lanes or not self._round(rounds.FETCH, lanes, self.started + self.budget):
                break
            lanes = rounds.lanes_found(self.store)
        self.board.close()

    def _round(self, stage: str, lanes: dict[int, int], deadline: datetime) -> bool:
        """One round; False when a next one makes no sense."""
        if datetime.now(UTC) >= deadline or self.board.is_stuck:
            return False
        template = VisitOrder(self.store.url, self.run_id, stage, self._number[stage], (), deadline, self.order.source)
        orders = rounds.orders_for(template, lanes, max(1, sum(self.client.nthreads().values())))
        self._number[stage] += len(orders)
        known, failed = len(self.board.receipts), len(self.board.failed)
        visits = visit_sites.with_options(task_runner=threads_for(self.desk))
        state = visits(stage, Batch(orders, self.desk, self.board), return_state=True)
        go_on_after(state, has_failures=len(self.board.failed) > failed)
        busy = {lane for receipt in self.board.receipts[known:] for lane in receipt.busy}
        return state.is_completed() and not lanes.keys() <= busy


@flow(name="visits", flow_run_name="{stage}", validate_parameters=False, persist_result=False)
def visit_sites(stage: str, visits: Batch[VisitOrder, VisitBoard]) -> State[Any] | None:  # noqa: ARG001  (the stage is its name)
    """Send workers to their lanes, a task run each, and ask every one of them for its receipt."""
    orders, desk, board = visits.orders, visits.desk, visits.board
    try:
        found = results_of(visit, orders, desk, board.tick)
    except Stopped as stop:
        return Cancelled(message=str(stop))
    finally:
        desk.cancel()
    failed = {order.name: str(result) or type(result).__name__ for order, result in found if not isinstance(result, VisitReceipt)}
    for name, why in failed.items():
        log.error("FAILED %s: %s", name, why)
    board.failed |= failed
    board.is_stuck = board.is_stuck or any(isinstance(result, FixTheRun) for _, result in found)
    if failed:
        raise BrokenShard(f"{len(failed)} of {len(orders)} visits failed: {', '.join(sorted(failed)[:3])}")
    return None


def _press_collected(visits: Visits) -> Manifest:
    """Press what this run fetched, and what earlier ones left; the manifest tells of both."""
    order, store, run_id = visits.order, visits.store, visits.run_id
    waiting = rounds.waiting_shards(store, order.source)
    recipe = order.recipe()
    keep_hosts(store, order.wanted_hosts())
    failures = failures_of(store, order.source)
    given_up = [shard for shard in waiting.values() if (known := failures.get(shard.name)) and known.is_final]
    shards = [shard for shard in waiting.values() if shard not in given_up]
    board = Board(len(shards), sum(shard.size_bytes for shard in shards), Cost())
    board.links = visits.board.links
    if shards:
        desk = Desk(visits.client, run_id, board, priority=order.priority, most_workers=visits.most_workers)
        orders = [Order(store.url, shard, recipe) for shard in shards]
        press_windows(desk, board, orders, order.window_shards, lambda _: None)
    board.close()
    _forget_pressed(store, waiting, {*board.failed, *(shard.name for shard in given_up)}, failures.keys())
    manifest = Manifest(
        run_id=run_id,
        started_at=visits.started.isoformat(timespec="seconds"),
        finished_at=datetime.now(UTC).isoformat(timespec="seconds"),
        order=order.model_dump(mode="json"),
        counts=board.counts,
        receipts=tuple(sorted(board.receipt_keys)),
        done_before=(),
        given_up=tuple(shard.name for shard in given_up),
        failed={**visits.board.failed, **board.failed},
        visits=tuple(receipt.order.receipt_key for receipt in visits.board.receipts),
    )
    manifest.write(store)
    publish_visits(visits.board.receipts)
    publish_summary(store, manifest, list(board.failures.values()))
    tell_of_rejections(manifest, order.alarm_rejections)
    tell_of_silence(visits.board.receipts, run_id)
    return manifest


def _forget_pressed(store: Store, waiting: dict[str, Shard], unpressed: set[str], failing: Any) -> None:
    for note, shard in waiting.items():
        if shard.name not in unpressed:
            store.delete(note)
            if shard.name in failing:
                forget(store, shard)


def _raise_for(manifest: Manifest) -> None:
    """Fail the run for what failed, now that all else is done."""
    if manifest.failed:
        name, why = next(iter(manifest.failed.items()))
        raise BrokenShard(f"{len(manifest.failed)} failed; the first is {name}: {with_again(why)}")
