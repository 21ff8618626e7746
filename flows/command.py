"""Runs from the command line: plan first, start Prefect and Dask only when there is work, print the end."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from flows import terminal
from flows.collected import collected_lines, given_up_lines
from flows.exits import DONE, FAILED, INTERRUPTED, STOPPED, complain, with_exit_code
from flows.parameters import BackfillOrder, CollectOrder
from flows.server import PREFECT_SETTINGS, die_with_parent
from flows.sources_file import read_sources
from tasks.collecting.orders import read_visit_receipt
from tasks.corpus import first_article
from tasks.manifests import Manifest
from tasks.plans import plan_archives
from tasks.shards import read_receipt
from tasks.storage import Store, check_writable, open_store

if TYPE_CHECKING:
    from prefect import State

QUIET = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}  # this command prints its own lines


def show_plan(order: BackfillOrder) -> int:
    """Print what a backfill would do; nothing is started or written; returns the exit code; raises FixTheRun."""
    store = open_store(order.into)
    plan = plan_archives(store, order.selection(datetime.now(UTC)), order.recipe())
    say([*terminal.plan_lines(plan, store.url), *terminal.forecast_lines(plan)])
    return FAILED if plan.gaps and order.gaps == "fail" else DONE


def start_backfill(order: BackfillOrder) -> int:
    """Plan, and have the flow run in a process of its own; returns the exit code; raises FixTheRun before any work starts."""
    store = open_store(order.into)
    plan = plan_archives(store, order.selection(datetime.now(UTC)), order.recipe())
    say(terminal.plan_lines(plan, store.url))
    if not plan.orders and not plan.gaps:
        others = "every other archive has a receipt" if plan.given_up else "every archive has a receipt for this recipe"
        say([f"nothing to do: {others}"])
        return DONE
    check_writable(store)
    from flows.runners import check_cluster, choose_cluster  # noqa: PLC0415  (Dask is imported for work only)

    check_cluster(choose_cluster(order.cluster, order.workers))
    say(["starting Prefect and Dask ..."])
    return run_shielded(["from flows.command import run_backfill; run_backfill()", order.model_dump_json()], QUIET)


# A stop while it imports ends it without a traceback; ``become_shielded`` answers from then on.
UNTIL_IT_CAN_ANSWER = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL)"


def run_shielded(code_and_arguments: list[str], settings: dict[str, str]) -> int:
    """Run Python in a session of its own and hand a stop on to it alone.

    Ctrl-C reaches every process of a terminal's group: Prefect's server and Dask's workers would die before the flow could
    tell them what became of it.
    """
    environ = {**PREFECT_SETTINGS, **settings, **os.environ}
    code, *arguments = code_and_arguments
    command = [sys.executable, "-c", f"{UNTIL_IT_CAN_ANSWER}; {code}", *arguments]
    child = subprocess.Popen(command, env=environ, start_new_session=True)  # noqa: S603

    def hand_on(_: int, __: FrameType | None) -> None:
        child.send_signal(signal.SIGINT)

    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, hand_on)
    ended = child.wait()
    return complain(STOPPED, INTERRUPTED) if ended == -signal.SIGINT else ended


def start_collect(order: CollectOrder) -> int:
    """Check all that can be wrong, and have the flow run in a process of its own; returns the exit code; raises FixTheRun."""
    store = open_store(order.into)
    agenda = read_sources(order.sources)
    order.recipe()
    check_writable(store)
    from flows.runners import check_cluster, choose_cluster  # noqa: PLC0415

    check_cluster(choose_cluster(order.cluster, order.workers))
    minutes = order.minutes or agenda.limits.minutes
    sites, sources = len(agenda.sites), sum(len(site.feeds) + len(site.sitemaps) + bool(site.home) for site in agenda.sites)
    say([f"{sites} sites, {sources} sources, as {agenda.agent.user_agent}, for {minutes:g} minutes at most, into {store.url}"])
    say(["starting Prefect and Dask ..."])
    return run_shielded(["from flows.command import run_collect; run_collect()", order.model_dump_json()], QUIET)


def run_backfill() -> None:
    """The shielded process: run the flow of the order in the first argument, print its end, leave with its exit code."""
    become_shielded()
    show_progress()
    sys.exit(with_exit_code(lambda: _backfill(BackfillOrder.model_validate_json(sys.argv[1]))))


def run_collect() -> None:
    """The same for a run of collect."""
    become_shielded()
    show_progress()
    sys.exit(with_exit_code(lambda: _collect(CollectOrder.model_validate_json(sys.argv[1]))))


def become_shielded() -> None:
    """Stop as on Ctrl-C when told to, and when the command itself is killed."""
    die_with_parent()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)


def _backfill(order: BackfillOrder) -> int:
    from flows.backfill import backfill  # noqa: PLC0415  (imports Prefect, which a plan does not need)

    return _told(backfill(order, return_state=True), open_store(order.into), lambda _: [])


def _collect(order: CollectOrder) -> int:
    from flows.collect import collect  # noqa: PLC0415

    store = open_store(order.into)

    def visits_told(manifest: Manifest) -> list[str]:
        visits = [read_visit_receipt(store.read(key), key) for key in manifest.visits]
        return [*collected_lines(visits), *given_up_lines(store.url, order.source, manifest.given_up)]

    return _told(collect(order, return_state=True), store, visits_told)


def _told(state: "State[Any]", store: Store, more: Callable[[Manifest], list[str]]) -> int:
    """Print the end of a run, ``more`` of its manifest first; raises what the run raised."""
    if state.is_cancelled() or not state.is_final():
        return complain(str(state.message), INTERRUPTED)
    manifest = cast(Manifest, state.result())
    receipts = [read_receipt(store.read(key), key) for key in manifest.receipts[:100]]
    say([*more(manifest), *terminal.run_lines(store.url, manifest.counts, first_article(store, receipts))])
    return DONE


def say(lines: list[str]) -> None:
    """Print lines at once."""
    print("\n".join(lines), flush=True)


def show_progress() -> None:
    """Let the flows' own lines through to standard error; Prefect keeps them as well."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter("%(message)s"))
    # The terminal has its own line every few seconds.
    lines.addFilter(lambda record: record.name != "flows.minutes")
    for name in ("flows", "terminal"):
        logger = logging.getLogger(name)
        logger.addHandler(lines)
        logger.setLevel(logging.INFO)
