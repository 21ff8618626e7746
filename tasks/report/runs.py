"""Runs as their manifests tell them."""

from datetime import datetime
from typing import Any

from tasks.report.facts import RunLine
from tasks.shards import Counts
from tasks.storage import short_name

MOST_NAMED = 3


def run_line(manifest: dict[str, Any]) -> RunLine:
    """A run in a line; raises KeyError, TypeError or ValueError for a manifest that is none."""
    return RunLine(
        run_id=str(manifest["run_id"]),
        what=_what(manifest["order"]),
        started=datetime.fromisoformat(manifest["started_at"]),
        finished=datetime.fromisoformat(manifest["finished_at"]),
        counts=Counts(**manifest["counts"]),
        failed=len(manifest["failed"]),
    )


def _what(order: dict[str, Any]) -> str:
    """The run's name for people: backfill or collect, and of what."""
    if "archives" not in order:
        return "collect"
    names = [short_name(str(name)) for name in order["archives"]]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    days = f", {order['since']} to {order['until']}" if order.get("since") else ""
    return f"backfill {', '.join(names[:MOST_NAMED])}{more}{days}"
