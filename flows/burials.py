"""Runs whose process was killed: their flow and task runs are told to Prefect as crashed by the next run that comes along."""

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId, TaskRunFilter
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

from tasks.leases import is_alive
from tasks.storage import Store

log = logging.getLogger(__name__)

UNFINISHED = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}
KILLED: State[Any] = Crashed(message="its process was killed; the same backfill, started again, goes on after its last parts")


@dataclass(frozen=True, slots=True)
class Birth:
    """Who runs a run: written when it starts, taken away when it ends in any way but a kill."""

    run_id: str
    flow_run_id: str
    host: str
    pid: int

    @property
    def key(self) -> str:
        """Where it lies, below the root."""
        return f"state/running/{self.run_id}.json"


def register(store: Store, run_id: str, flow_run_id: str) -> Birth:
    """Note that this process runs this run."""
    birth = Birth(run_id, flow_run_id, socket.gethostname(), os.getpid())
    store.write(birth.key, json.dumps(asdict(birth)).encode())
    return birth


@contextmanager
def living(store: Store, started: datetime) -> Iterator[str]:
    """The id of this flow run, as long as it lives; runs that were killed are buried first."""
    flow_run_id = str(runtime.flow_run.id)
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{flow_run_id[:8]}"
    bury_the_dead(store)
    birth = register(store, run_id, flow_run_id)
    try:
        yield run_id
    finally:
        store.delete(birth.key)


def bury_the_dead(store: Store) -> None:
    """Tell Prefect of runs on this machine whose process is gone, so that nothing stays RUNNING for ever."""
    births = [Birth(**json.loads(store.read(found.key))) for found in store.list("state/running/")]
    dead = [birth for birth in births if birth.host == socket.gethostname() and not is_alive(birth.pid)]
    if not dead:
        return
    with get_client(sync_client=True) as client:
        for birth in dead:
            _bury(client, UUID(birth.flow_run_id))
            store.delete(birth.key)
            log.info("run %s was killed: Prefect shows it as crashed now", birth.run_id)


def _bury(client: SyncPrefectClient, flow_run_id: UUID) -> None:
    children = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[flow_run_id]))
    )
    for child in children:
        _bury(client, child.id)
    runs = FlowRunFilter.model_validate({"id": {"any_": [flow_run_id]}})
    for task_run in client.read_task_runs(flow_run_filter=runs, task_run_filter=TaskRunFilter()):
        if task_run.state_type in UNFINISHED:
            client.set_task_run_state(task_run.id, KILLED, force=True)
    try:
        flow_run = client.read_flow_run(flow_run_id)
    except ObjectNotFound:
        return  # another Prefect server than the one that it reported to
    if flow_run.state_type in UNFINISHED:
        client.set_flow_run_state(flow_run_id, KILLED, force=True)
