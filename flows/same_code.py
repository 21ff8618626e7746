"""Whether a machine has this very code. A worker that comes later with other code is sent away before it is given a shard."""

import contextvars
import hashlib
import importlib.util
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
from distributed import Client, Worker, WorkerPlugin
from distributed.core import Status

log = logging.getLogger(__name__)

# The topic of Dask's events on which refused workers say so.
REFUSED = "pressrun-refused"


def code_digest() -> str:
    """SHA-256 over the sources of ``tasks``, empty where there are none: equal digests, equal code, whatever the version says."""
    try:
        found = importlib.util.find_spec("tasks")
    except ImportError:
        found = None
    if not found or not found.submodule_search_locations:
        return ""
    root = Path(next(iter(found.submodule_search_locations)))
    sources = sorted(root.rglob("*.py"))
    return hashlib.sha256(b"".join(str(p.relative_to(root)).encode() + p.read_bytes() for p in sources)).hexdigest()


class SameCode(WorkerPlugin):
    """Dask shows it to every worker that joins, before the worker looks at any shard."""

    name = "pressrun-same-code"

    def __init__(self, digest: str) -> None:
        """``digest`` is that of the client and the scheduler."""
        self.digest = digest

    async def setup(self, worker: Worker) -> None:
        """Send the worker away for other code, or for more than one thread."""
        found = code_digest()
        if found == self.digest and worker.state.nthreads == 1:
            return
        why = "more than one thread" if found == self.digest else "another Pressrun" if found else "no Pressrun"
        worker.log_event(REFUSED, {"worker": worker.address, "why": why})
        # It may have been sent shards already, which it has not read yet: from here on it begins none, and the scheduler gives
        # them to others, without blaming them for its end.
        worker.status = Status.closing_gracefully
        gone = {"workers": [worker.address], "close_workers": False, "remove": True}
        await worker.scheduler.retire_workers(**gone, stimulus_id=f"{REFUSED}-{worker.address}")
        # A worker cannot close before it has begun.
        worker.loop.call_later(0.2, worker.close, nanny=True, reason=REFUSED)


def refuse_other_code(client: Client) -> None:
    """Have the scheduler send away every later worker that runs other code; each host is told once, in this thread's context."""
    this = sys.modules[__name__]
    # By value: a worker with an old Pressrun, or with none, can read it, too.
    cloudpickle.register_pickle_by_value(this)
    try:
        client.register_plugin(SameCode(code_digest()))
    finally:
        cloudpickle.unregister_pickle_by_value(this)
    client.subscribe_topic(REFUSED, _teller())


def refused_before(client: Client) -> str:
    """One line on workers that were sent away lately, empty when none was."""
    events = client.get_events(REFUSED)
    return _told(events[-1][1]) if events else ""


def _told(event: dict[str, str]) -> str:
    mend = "start it with --nthreads 1" if event["why"] == "more than one thread" else "update it and start it again"
    return f"the worker at {event['worker']} was refused, it has {event['why']}: {mend}"


def _teller() -> Callable[[tuple[float, Any]], None]:
    # Events come in on Dask's own thread, where Prefect does not know which run a line belongs to.
    context, told = contextvars.copy_context(), set[str]()

    def tell(event: tuple[float, Any]) -> None:
        host = event[1]["worker"].rpartition(":")[0] + event[1]["why"]
        if host not in told:
            told.add(host)
            context.run(log.warning, _told(event[1]))

    return tell
