"""What a Prefect server knows, asked over HTTP as its UI does."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


def ask(api: str, path: str, **body: object) -> Any:
    """The answer to a POST; asked again while SQLite has no hand free (503), as Prefect's own client does."""
    request = urllib.request.Request(f"{api}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    for pause in (0.5, 1, 2, 4, None):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            if error.code != 503 or pause is None:
                raise
            time.sleep(pause)
    raise AssertionError


def deployment(api: str, name: str) -> Any:
    (found,) = ask(api, "deployments/filter", deployments={"name": {"any_": [name]}})
    return found


def start_run(api: str, deployment_id: str, **order: object) -> str:
    """The id of a new run of a deployment, with these settings in place of its own."""
    body = {"parameters": {"order": order}} if order else {}
    return str(ask(api, f"deployments/{deployment_id}/create_flow_run", **body)["id"])


def runs_of(api: str, deployment_id: str) -> list[Any]:
    """The runs of a deployment."""
    return list(ask(api, "flow_runs/filter", flow_runs={"deployment_id": {"any_": [deployment_id]}}))


def started_since(began: datetime) -> dict[str, Any]:
    """A filter for flow runs that began since. One that is scheduled for later has its time of start already: not these."""
    return {"start_time": {"after_": began.isoformat()}, "state": {"type": {"not_any_": ["SCHEDULED"]}}}


def state_of(api: str, run_id: str) -> str:
    (found,) = ask(api, "flow_runs/filter", flow_runs={"id": {"any_": [run_id]}})
    return str(found["state_name"])


def wait_for(what: Callable[[], Any], seconds: float = 90) -> Any:
    """What it gives as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
    return found


def emit(api: str, event: str, resource: dict[str, str], related: list[dict[str, str]] | None = None, **payload: str) -> None:
    """An event, as a flow tells it."""
    told = {"event": event, "resource": resource, "related": related or [], "payload": payload}
    told |= {"id": str(uuid.uuid4()), "occurred": datetime.now(UTC).isoformat()}
    request = urllib.request.Request(f"{api}/events", json.dumps([told]).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30):
        pass
