"""When a run was to start: a runner takes its runs up a few seconds before."""

from datetime import UTC, datetime

from prefect import runtime


def due_at() -> datetime:
    """The time that the current flow run was scheduled for, UTC; of one that somebody starts by hand, that of its start."""
    return datetime.fromtimestamp(runtime.flow_run.scheduled_start_time.timestamp(), UTC)
