"""The audit: proves from what lies on the store that every capture has exactly one outcome."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from tasks.audit_editions import audit_editions
from tasks.audit_rows import ShardAudit
from tasks.audit_visits import audit_visits
from tasks.errors import BrokenShard, FixTheRun
from tasks.removals import Removed, removed_on
from tasks.shards import Counts, Receipt, add_counts, read_receipt
from tasks.storage import Store

AT_ONCE = 8


@dataclass(slots=True)
class AuditReport:
    """What was found: sums over all receipts, faults and notes in one line each, and shards that have no receipt yet.

    A note is no fault: what could not be checked, what was replaced later, captures that stand in several archives.
    """

    shards: int = 0
    counts: Counts = field(default_factory=Counts)
    objects: int = 0
    faults: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def closes(self) -> bool:
        """Whether nothing is wrong; unfinished shards are no fault, their next run goes on from them."""
        return not self.faults


def audit(store: Store, deep: bool = False) -> AuditReport:
    """Check every receipt against the objects, rows and records that it vouches for, and every object against the receipts.

    ``deep`` compares every byte, and every record of the archives, in place of sizes and a sample. Memory: an object for
    each of 8 shards at once, and 8 bytes an article. Raises FixTheRun where there is no corpus: a mistyped address must
    not pass for a sound one.
    """
    report = AuditReport()
    receipts = _read_receipts(store, report)
    removed = _read_removed(store, report)
    _audit_shards(store, receipts, report, (deep, removed))
    report.shards = len(receipts)
    report.counts = add_counts(receipt.counts for receipt in receipts)
    vouched = {stored.key for receipt in receipts for stored in receipt.objects}
    report.objects = len(vouched)
    done = {f"{receipt.shard.source}/{receipt.month}/{receipt.shard.name}" for receipt in receipts}
    for kind in ("articles/", "rejections/"):
        for found in store.list(kind):
            if found.key not in vouched:
                _place_stray(report, found.key, done)
    report.unfinished = sorted(set(report.unfinished))
    _audit_manifests(store, receipts, report)
    visits = audit_visits(store, receipts, deep=deep)
    editions = audit_editions(store, report.counts.articles, deep=deep, removed=removed)
    for faults, notes in (visits, editions):
        report.faults += faults
        report.notes += notes
    if not (receipts or report.unfinished or report.faults):
        raise FixTheRun(f"there is no corpus at {store.url}: no receipt, no article, no rejection")
    return report


def _read_receipts(store: Store, report: AuditReport) -> list[Receipt]:
    keys = [found.key for found in store.list("receipts/") if found.key.endswith(".json")]
    receipts: list[Receipt] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for key, data in zip(keys, pool.map(store.read, keys), strict=True):
            try:
                receipt = read_receipt(data, key)
            except BrokenShard as error:
                report.faults.append(str(error))
                continue
            receipts.append(receipt)
            if receipt.key != key:
                report.faults.append(f"{key} is the receipt that belongs at {receipt.key}")
    times = Counter((receipt.shard.source, receipt.shard.name) for receipt in receipts)
    report.faults += [f"{name} of {source} has {number} receipts" for (source, name), number in times.items() if number > 1]
    return receipts


def _read_removed(store: Store, report: AuditReport) -> Removed:
    try:
        return removed_on(store)
    except BrokenShard as error:
        report.faults.append(str(error))
        return Removed(())


def _audit_shards(store: Store, receipts: list[Receipt], report: AuditReport, how: tuple[bool, Removed]) -> None:
    # Eight bytes of each id: enough to count captures that stand in several shards, and little enough for years of news.
    ids = array("Q")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda receipt: _audit_shard(store, receipt, how), receipts):
            faults, notes, shard_ids = found
            report.faults += faults
            report.notes += notes
            ids.extend(shard_ids)
    again = len(ids) - pc.count_distinct(pa.array(memoryview(ids), type=pa.uint64())).as_py() if ids else 0
    if again:
        report.notes.append(f"{again} articles are of captures that stand in more than one archive")


def _audit_shard(store: Store, receipt: Receipt, how: tuple[bool, Removed]) -> tuple[list[str], list[str], "array[int]"]:
    deep, removed = how
    found = ShardAudit(store, receipt, deep=deep, removed=removed).run()
    return found.faults, found.notes, array("Q", _short(found.ids))


def _short(ids: Iterable[str]) -> Iterator[int]:
    return (int.from_bytes(sha256(str(one).encode()).digest()[:8]) for one in ids)


def _folder(key: str) -> str:
    return key.split("/", 1)[1].rsplit("/", 1)[0]


def _place_stray(report: AuditReport, key: str, done: set[str]) -> None:
    """An object without a receipt is a fault beside a finished shard; elsewhere it is work in progress."""
    if _folder(key) in done:
        report.faults.append(f"{key} belongs to no receipt")
    else:
        report.unfinished.append(_folder(key))


def _audit_manifests(store: Store, receipts: list[Receipt], report: AuditReport) -> None:
    """Every receipt that a run has named is there, or its shard was pressed anew or is being so."""
    present = {receipt.key for receipt in receipts}
    anew = {f"{receipt.shard.source}/{receipt.shard.name}" for receipt in receipts}
    anew |= {f"{folder.split('/')[0]}/{folder.rsplit('/', 1)[-1]}" for folder in report.unfinished}
    for found in store.list("runs/"):
        if not found.key.endswith("/manifest.json"):
            continue
        try:
            named = [str(key) for key in json.loads(store.read(found.key))["receipts"]]
        except (ValueError, KeyError, TypeError) as error:
            report.faults.append(f"{found.key} is no manifest of this version: {error!r}")
            continue
        absent = [key for key in named if key not in present]
        gone = [key for key in absent if _shard_of(key) not in anew]
        report.faults += [f"{found.key} names {key}, which is gone" for key in gone]
        if later := len(absent) - len(gone):
            report.notes.append(f"{found.key}: {later} of its receipts were replaced later")


def _shard_of(receipt_key: str) -> str:
    """SOURCE/NAME out of the key of a receipt."""
    places = receipt_key.removesuffix(".json").split("/")
    return f"{places[1]}/{places[-1]}" if len(places) > 1 else receipt_key
