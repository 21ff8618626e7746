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
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound, Pause
from prefect.states import Cancelled, Crashed

from flows.stopping import GOES_ON, UNFINISHED, settle_below, settle_children
from tasks.leases import is_alive
from tasks.storage import Store

log = logging.getLogger(__name__)

KILLED: State[Any] = Crashed(message="its process was killed; the same backfill, started again, goes on after its last parts")
SUSPENDED: State[Any] = Cancelled(message=f"suspended by hand: {GOES_ON}")


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
    except Pause:
        # Prefect leaves all that is below a suspended run as it was at that moment.
        settle_children(UUID(flow_run_id), SUSPENDED)
        raise
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
    settle_below(client, flow_run_id, KILLED)
    try:
        flow_run = client.read_flow_run(flow_run_id)
    except ObjectNotFound:
        return  # another Prefect server than the one that it reported to
    if flow_run.state_type in UNFINISHED:
        client.set_flow_run_state(flow_run_id, KILLED, force=True)
