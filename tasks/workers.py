"""What a Dask worker runs: one shard, told live by Dask's events, stopped when nobody wants it any more. Knows no Prefect."""

import importlib
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from distributed import Worker, get_worker

from tasks.collecting.orders import VisitOrder, VisitReceipt
from tasks.curating.orders import Step
from tasks.press import Order, Progress, Watch, press_shard
from tasks.shards import Receipt
from tasks.splits import Split, split_archive
from tasks.storage import open_store

UNWANTED = {"cancelled", "released", "forgotten"}


def topic_of(run_id: str) -> str:
    """The topic of Dask's events on which a run's shards tell about themselves."""
    return f"pressrun-{run_id}"


def press_on_worker(order: Order, run_id: str) -> Receipt:
    """Press a shard inside a Dask task; raises RetryLater when the task was cancelled."""
    worker: Worker = get_worker()

    def tell(progress: Progress) -> None:
        worker.log_event(topic_of(run_id), asdict(progress))

    return press_shard(open_store(order.store_url), order, Watch(run_id, tell, _is_wanted(worker)))


def split_on_worker(order: Order, _run_id: str) -> Split:
    """Find the slices of a big archive inside a Dask task; raises RetryLater when the task was cancelled."""
    store = open_store(order.store_url)
    return split_archive(store, order.shard, order.recipe, order.slice_bytes, _is_wanted(get_worker()))


def get_ready_to_visit() -> None:
    """Import what only visits need, half a second's worth, in the worker's own thread: native libraries, loaded in another one
    while it works, can hold it up for ever.
    """
    importlib.import_module("tasks.collecting.stages")


def visit_on_worker(order: VisitOrder, run_id: str) -> VisitReceipt:
    """Visit the domains of some lanes inside a Dask task; what was cancelled is committed as far as it came."""
    from tasks.collecting.stages import visit_lanes  # noqa: PLC0415  (see get_ready_to_visit)
    from tasks.collecting.visit import Surroundings  # noqa: PLC0415

    worker: Worker = get_worker()

    def tell(facts: dict[str, object]) -> None:
        worker.log_event(topic_of(run_id), facts)

    return visit_lanes(open_store(order.store_url), order, Surroundings(tell, _is_wanted(worker)))


def step_on_worker(order: Step, _run_id: str) -> Any:
    """Do an order of a step of an edition inside a Dask task; raises RetryLater when the task was cancelled."""
    return order.done(open_store(order.store_url), _is_wanted(get_worker()))


def _is_wanted(worker: Worker) -> Callable[[], bool]:
    """Whether anybody still wants what this Dask task does."""
    key = worker.get_current_task()

    def is_wanted() -> bool:
        # Looked up in the worker's own table: no network, so it can be asked for every capture.
        state = worker.state.tasks.get(key)
        return state is not None and state.state not in UNWANTED

    return is_wanted
