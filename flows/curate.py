"""The curate flow: one corpus out of many runs, as an edition that tools open as it is."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from distributed import Client
from prefect import State, flow, runtime
from prefect.states import Cancelled

from flows.artifacts import publish_edition
from flows.burials import living
from flows.due import due_at
from flows.edition_board import EditionBoard
from flows.edition_order import CurateOrder
from flows.exits import with_again
from flows.runners import choose_cluster, dashboard_links, open_client
from flows.stopping import Heed, Stopped
from flows.windows import Batch, go_on_after, results_of, threads_for
from tasks.curating import editing
from tasks.curating.orders import Step
from tasks.curating.publishing import alone
from tasks.desk import Desk
from tasks.editions import Edition
from tasks.errors import BrokenShard
from tasks.leases import Lease
from tasks.stages import take_step
from tasks.storage import Store, open_store, short_name

log = logging.getLogger(__name__)


def _run_name() -> str:
    order = CurateOrder.model_validate(runtime.flow_run.parameters["order"])
    return f"curate {short_name(order.into)} {order.edition} {due_at():%Y-%m-%d %H:%M}"


@flow(name="curate", flow_run_name=_run_name, persist_result=False)
def curate(order: CurateOrder) -> Edition | State[Any]:
    """Bring an edition up to date with the corpus: what is new is looked at, what has changed is written."""
    try:
        return _curate(order)
    except Stopped as stop:
        return Cancelled(message=str(stop))


def _curate(order: CurateOrder) -> Edition:
    started, store, recipe = datetime.now(UTC), open_store(order.into), order.recipe()
    with living(store, started) as run_id, alone(store, run_id) as lease:
        if order.whole:
            editing.forget_all(store)
        plan = editing.plan_edition(store, order.edition, recipe, is_whole=order.whole)
        if plan.is_done and plan.base:
            log.info("edition %s has all %d articles already", plan.name, plan.articles)
            return plan.base
        choice = choose_cluster(order.cluster, order.workers)
        with open_client(choice) as client:
            steps = Steps(plan, store, client, lease, order.priority, choice.most_workers)
            edition = steps.make((run_id, started, order.model_dump(mode="json")))
    Heed().look(at_once=True)  # Prefect takes no other end of a run that somebody has cancelled by now
    publish_edition(store, edition)
    return edition


class Steps:
    """The steps of one edition on one cluster, each a subflow, each order of it a task run."""

    def __init__(self, plan: editing.Plan, store: Store, client: Client, lease: Lease, priority: int, most_workers: int) -> None:
        """Nothing is done yet."""
        self.plan, self.store, self.lease = plan, store, lease
        self.board = EditionBoard(plan.articles, dashboard_links(client))
        self.client, self.priority, self.most_workers = client, priority, most_workers

    def make(self, run: tuple[str, datetime, dict[str, Any]]) -> Edition:
        """All of them, and the manifest."""
        plan, store = self.plan, self.store
        workers = len(self.client.nthreads())
        new = len(plan.batches.new)
        log.info("edition %s of %d articles, %d batches new, on %d workers", plan.name, plan.articles, new, workers)
        self._take(run[0], "look at articles", editing.sign_orders(plan, store))
        join, orders = editing.join_orders(plan, store)
        self._take(run[0], "find copies", orders)
        doubts = sum(self._take(run[0], "list doubts", editing.doubt_orders(plan, join)))
        self._take(run[0], "read shingles", editing.shingle_orders(plan, join, doubts))
        self._take(run[0], "compare shingles", editing.compare_orders(plan, join, doubts))
        (groups,) = self._take(run[0], "make clusters", editing.group_orders(plan, store, join))
        self._take(run[0], "find repeated lines", editing.cut_orders(plan))
        written = self._take(run[0], "write files", editing.write_orders(plan, groups))
        return editing.finish_edition(store, plan, run, groups, [file for files in written for file in files], self.tick)

    def _take(self, run_id: str, step: str, orders: Sequence[Step]) -> list[Any]:
        """Take one step whole; gives what came of its orders."""
        self.board.begin(step, len(orders))
        found: list[Any] = []
        if orders:
            desk = Desk(self.client, run_id, self.board, priority=self.priority, most_workers=self.most_workers)
            taken = take_steps.with_options(task_runner=threads_for(desk))
            batch = Batch([*orders], desk, self)
            state = taken(step, len(orders), batch, return_state=True)
            go_on_after(state, has_failures=False)
            found = cast(list[Any], state.result())
        self.board.end()
        return found

    def tick(self) -> None:
        """Say how far it is, and that the work goes on."""
        self.board.tick()
        if not self.lease.beat():
            raise Stopped("another run took the corpus over while this one made no progress")


@flow(name="step", flow_run_name="{step}: {orders}", validate_parameters=False, persist_result=False)
def take_steps(step: str, orders: int, batch: Batch[Step, Steps]) -> list[Any] | State[Any]:  # noqa: ARG001  (they are its name)
    """Have workers do the orders of a step, a task run each, and ask every one of them for its result."""
    try:
        found = results_of(take_step, batch.orders, batch.desk, batch.board.tick)
    except Stopped as stop:
        return Cancelled(message=str(stop))
    finally:
        batch.desk.cancel()
    failed = {order.name: result for order, result in found if isinstance(result, BaseException)}
    for name, why in failed.items():
        log.error("FAILED %s: %s", name, why)
    if failed:
        name, why = next(iter(failed.items()))
        raise BrokenShard(f"{len(failed)} of {len(found)} failed; the first is {name}: {with_again(str(why))}")
    return [result for _, result in found]
