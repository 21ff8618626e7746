"""What people say to a run from outside while it goes on: suspend it, cancel it, in the Prefect UI or by Prefect's API."""

import time
from contextlib import suppress
from uuid import UUID

import httpx
from prefect import runtime
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId, TaskRunFilter
from prefect.client.schemas.objects import State, StateType
from prefect.context import FlowRunContext
from prefect.exceptions import Pause

ASK_SECONDS = 3.0
UNFINISHED = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}
GOES_ON = "what is finished stays; started again, the run goes on after the last parts"


class Stopped(Exception):
    """Somebody cancelled the run."""


class Heed:
    """Asks Prefect every few seconds whether this run is still wanted.

    Who started a run from the UI has Prefect's runner to stop its process; a run that was started by the command has nobody.
    """

    def __init__(self) -> None:
        """Heeds what is said to the outermost run."""
        self._context = FlowRunContext.get()
        self._run_id = UUID(str(runtime.flow_run.root_flow_run_id or runtime.flow_run.id))
        self._asked = time.monotonic()

    def look(self, *, at_once: bool = False) -> None:
        """Raise Prefect's Pause for a run that was suspended, Stopped for one that was cancelled."""
        if self._context is None:
            return
        self._context.flow_run_suspension_request.raise_if_requested()
        if time.monotonic() - self._asked < ASK_SECONDS and not at_once:
            return
        self._asked = time.monotonic()
        state = None
        with suppress(httpx.HTTPError):  # a server that is away now can be asked later
            state = self._context.client.read_flow_run(self._run_id).state  # type: ignore[union-attr]
        if state and state.is_paused():
            raise Pause(state=state)
        if state and (state.is_cancelling() or state.is_cancelled()):
            raise Stopped(f"cancelled by hand: {GOES_ON}")


def settle_children(flow_run_id: UUID, state: State[object]) -> None:
    """Give a state to everything below a flow run that was left without an end."""
    with get_client(sync_client=True) as client:
        settle_below(client, flow_run_id, state)


def settle_below(client: SyncPrefectClient, flow_run_id: UUID, state: State[object]) -> None:
    """The same, with a client that is there."""
    children = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[flow_run_id]))
    )
    for child in children:
        settle_below(client, child.id, state)
        if child.state_type in UNFINISHED or child.state_type is StateType.PAUSED:
            client.set_flow_run_state(child.id, state, force=True)
    runs = FlowRunFilter.model_validate({"id": {"any_": [flow_run_id]}})
    for task_run in client.read_task_runs(flow_run_filter=runs, task_run_filter=TaskRunFilter()):
        if task_run.state_type in UNFINISHED:
            client.set_task_run_state(task_run.id, state, force=True)
