"""Gathers what a report tells from the store: receipts, rows, manifests, failures, backfills, visits. What is odd is named."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from tasks.errors import FixTheRun, PressError
from tasks.failures import Failure, failures_of
from tasks.report.calendars import calendars_of
from tasks.report.counting import AT_ONCE, copies_among, count_rows, thin
from tasks.report.facts import Collected, Facts, Failed, Rows, Work
from tasks.report.runs import run_line
from tasks.report.visits import collected_by
from tasks.report.working import add_work
from tasks.shards import Receipt, add_counts, read_receipt
from tasks.storage import Store

MOST_RUNS, RECEIPTS_AT_ONCE = 20, 200
AGAIN = "start the same run again: only what is not done is pressed"
GIVEN_UP = "given up, for it failed again and again: take it up with --reprocess failed"
Manifest = dict[str, Any]


@dataclass(slots=True)
class Reader:
    """Reads objects of a store as JSON; ``faults``: those that cannot be read, a line each."""

    store: Store
    faults: list[str]

    def manifests(self, keys: Iterable[str]) -> Iterator[Manifest]:
        """Manifests that are whole, in the order of their keys."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from (found for found in pool.map(self._manifest, keys) if found)

    def receipts(self, keys: Iterable[str]) -> Iterator[Receipt]:
        """Receipts that are whole, in the order of their keys."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from (found for found in pool.map(self._receipt, keys) if found)

    def _manifest(self, key: str) -> Manifest | None:
        try:
            raw: Manifest = json.loads(self.store.read(key))
            run_line(raw)
        except (PressError, ValueError, KeyError, TypeError, AttributeError) as error:
            self.faults.append(f"{key} is left out, it is no manifest of this version: {error!r}")
            return None
        return raw

    def _receipt(self, key: str) -> Receipt | None:
        try:
            return read_receipt(self.store.read(key), key)
        except (PressError, AttributeError) as error:
            self.faults.append(f"{key} is left out: {error}")
            return None


def find_run(store: Store, wanted: str) -> str:
    """The id of the one run that begins so, or of the latest; raises FixTheRun where there is none, or more than one."""
    runs = [key.split("/")[1] for key in _manifest_keys(store)]
    if wanted == "latest" and runs:
        return runs[-1]
    found = [run for run in runs if run.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise FixTheRun(f"{len(found)} runs begin with {wanted}: {', '.join(found[:5])}; say more of the one that is meant")
    some = f", the latest is {runs[-1]}" if runs else ""
    raise FixTheRun(f"no run of {store.url} begins with {wanted}{some}")


def gather(store: Store, run_id: str, made_at: datetime) -> Facts:
    """Facts of a run, or of the whole corpus where ``run_id`` is empty; raises FixTheRun where there is neither."""
    read = Reader(store, [])
    manifests = list(read.manifests([f"runs/{run_id}/manifest.json"] if run_id else _manifest_keys(store)))
    if run_id and not manifests:
        raise FixTheRun(f"there is nothing to tell of the run {run_id}: {read.faults[0]}")
    keys = _receipts_of_run(store, manifests[0], read.faults) if run_id else _receipt_keys(store)
    if not (keys or manifests or read.faults):
        raise FixTheRun(f"there is no corpus at {store.url}: no receipt and no run")
    work, rows = _count_all(read, keys)
    failed = _failed_in(manifests[0]) if run_id else _failed_of(store, read.faults)
    calendars, amiss = calendars_of(store, run_id)
    collected, lost = collected_by(store, manifests)
    lines = tuple(run_line(raw) for raw in manifests)
    return Facts(
        root=store.url,
        made_at=made_at,
        version=version("pressrun"),
        run=lines[0] if run_id else None,
        runs=lines[::-1][:MOST_RUNS],
        counts=add_counts(work.sources.values()),
        rows=rows,
        copies=copies_among(rows),
        work=work,
        failed=failed,
        calendars=calendars,
        collected=collected or Collected(),
        faults=(*read.faults, *amiss, *lost),
    )


def _count_all(read: Reader, keys: list[str]) -> tuple[Work, Rows]:
    """The sums of receipts and of the rows that they vouch for; some receipts at a time, for all of them may not fit."""
    work, rows = Work(), Rows()
    for first in range(0, len(keys), RECEIPTS_AT_ONCE):
        receipts = list(read.receipts(keys[first : first + RECEIPTS_AT_ONCE]))
        read.faults += add_work(work, receipts)
        objects = (stored for receipt in receipts for stored in receipt.objects if stored.rows)
        more, faults = count_rows(read.store, objects)
        read.faults += faults
        rows.add(more)
        thin(rows)
    return work, rows


def _manifest_keys(store: Store) -> list[str]:
    return [found.key for found in store.list("runs/") if found.key.endswith("/manifest.json")]


def _receipt_keys(store: Store) -> list[str]:
    return [found.key for found in store.list("receipts/") if found.key.endswith(".json")]


def _receipts_of_run(store: Store, manifest: Manifest, faults: list[str]) -> list[str]:
    """Keys of the run's receipts that are there; later runs may have replaced some."""
    named = [str(key) for key in manifest["receipts"]]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        there = list(pool.map(store.exists, named))
    if gone := there.count(False):
        faults.append(f"{gone} receipts of this run were replaced by a later one: what they told is left out")
    return [key for key, is_there in zip(named, there, strict=True) if is_there]


def _failed_in(manifest: Manifest) -> tuple[Failed, ...]:
    failed = [Failed("", str(name), str(why), AGAIN) for name, why in manifest["failed"].items()]
    given_up = [Failed("", str(name), "not tried in this run", GIVEN_UP) for name in manifest["given_up"]]
    return (*failed, *given_up)


def _failed_of(store: Store, faults: list[str]) -> tuple[Failed, ...]:
    """What failed last, of every source."""
    found: list[Failed] = []
    for source in sorted({one.key.split("/")[2] for one in store.list("state/failed/")}):
        try:
            failures: Iterable[Failure] = failures_of(store, source).values()
        except (PressError, ValueError, TypeError) as error:
            faults.append(f"state/failed/{source}/ is left out, it cannot be read: {error}")
            continue
        found += [Failed(source, one.shard, one.why, GIVEN_UP if one.is_final else AGAIN) for one in failures]
    return tuple(found)
