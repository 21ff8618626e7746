"""A backfill from the command line: plan first, start Prefect and Dask only when there is work, print the end."""

import logging
import signal
import sys

from flows import terminal
from flows.parameters import BackfillOrder
from tasks.corpus import first_article
from tasks.plans import plan_archives
from tasks.shards import read_receipt
from tasks.storage import open_store


def run_backfill(order: BackfillOrder) -> int:
    """Run a backfill in this process; returns the exit code; raises FixTheRun before any work starts."""
    store = open_store(order.into)
    plan = plan_archives(store, order.archives, order.source, order.recipe())
    _say(terminal.plan_lines(plan, store.url))
    if not plan.orders:
        _say(["nothing to do: every archive has a receipt for this recipe"])
        return 0
    from flows.runners import check_cluster, choose_cluster  # noqa: PLC0415  (Dask is imported for work only)

    check_cluster(choose_cluster(order.cluster, order.workers))
    _say(["starting Prefect and Dask ..."])
    _show_progress()
    from flows.backfill import backfill  # noqa: PLC0415  (so is Prefect)

    # A stop by the system is a stop by hand: shards are let go, and the next run goes on after their last parts.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    manifest = backfill(order)
    receipts = [read_receipt(store.read(key), key) for key in manifest.receipts[:100]]
    _say(terminal.run_lines(store.url, manifest.counts, first_article(store, receipts)))
    return 0


def _say(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)


def _show_progress() -> None:
    """Let the flows' own lines through to standard error; Prefect keeps them as well."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("flows")
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
