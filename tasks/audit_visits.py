"""The visits of collect runs under the audit: every address has one outcome, every capture is there and pressed or waiting."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from tasks.collecting.ledger import Fate, fate_words
from tasks.collecting.orders import Archived, VisitReceipt, add_outcomes, read_visit_receipt
from tasks.collecting.rounds import FETCH
from tasks.collecting.tapes import SIGNS, to_press_key
from tasks.errors import BrokenShard
from tasks.shards import Receipt
from tasks.storage import NotFound, Store

AT_ONCE = 8


def audit_visits(store: Store, receipts: Iterable[Receipt], *, deep: bool) -> tuple[list[str], list[str]]:
    """Faults and notes, a line each. ``receipts``: of all that is pressed. ``deep`` compares every byte of the captures."""
    # By their names, which no two of them share: a corpus may have been copied to another address.
    pressed = {receipt.shard.url.rpartition("/")[2] for receipt in receipts}
    keys = [info.key for info in store.list("runs/") if "/visits/" in info.key]
    faults: list[str] = []
    found: list[VisitReceipt] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for visit, wrong in pool.map(lambda key: _visit(store, key, pressed, deep=deep), keys):
            found += [visit] if visit else []
            faults += wrong
    total = add_outcomes(found)
    return faults, [f"{len(found)} visits of collect runs: {fate_words(total) or 'no address'}"] if found else []


def _visit(store: Store, key: str, pressed: set[str], *, deep: bool) -> tuple[VisitReceipt | None, list[str]]:
    try:
        visit = read_visit_receipt(store.read(key), key)
    except BrokenShard as error:
        return None, [str(error)]
    archives = [fault for archive in visit.archives for fault in _archive(store, visit, archive, pressed, deep=deep)]
    return visit, _sum(visit) + archives


def _sum(visit: VisitReceipt) -> list[str]:
    total = add_outcomes([visit])
    taken, outcomes = visit.run.get("taken"), sum(total.get(fate, 0) for fate in Fate)
    if visit.order.stage != FETCH or taken == outcomes:
        return []
    return [f"{visit.order.receipt_key}: {taken} addresses were taken in hand, {outcomes} have an outcome"]


def _archive(store: Store, visit: VisitReceipt, archive: Archived, pressed: set[str], *, deep: bool) -> list[str]:
    key = archive.key
    try:
        size = store.info(key).size_bytes
    except NotFound:
        return [f"{key} is missing, its visit {visit.order.receipt_key} vouches for it"]
    if size != archive.size_bytes or (deep and sha256(store.read(key)).hexdigest() != archive.sha256):
        return [f"{key} has other bytes than its visit {visit.order.receipt_key} says"]
    waits = store.exists(to_press_key(visit.order.source, key))
    if key.rpartition("/")[2] in pressed or waits or key.removesuffix(".warc.gz").endswith(f"-{SIGNS}"):
        return []
    return [f"{key} is neither pressed nor waits for it"]
