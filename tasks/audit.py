"""The audit: proves from what lies on the store that every capture has exactly one outcome."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import FixTheRun
from tasks.parts import read_footer_of
from tasks.shards import Counts, Receipt, StoredObject, add_counts, all_receipts
from tasks.storage import Store


@dataclass(slots=True)
class AuditReport:
    """What was found: sums over all receipts, faults in one line each, and objects of shards that have no receipt yet."""

    shards: int = 0
    counts: Counts = field(default_factory=Counts)
    objects: int = 0
    faults: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def closes(self) -> bool:
        """Whether nothing is wrong; unfinished shards are no fault, their next run goes on from them."""
        return not self.faults


def audit(store: Store) -> AuditReport:
    """Check every receipt against the objects that it vouches for, and every object against the receipts.

    Raises FixTheRun where there is no corpus: a mistyped address must not pass for a sound one.
    """
    report = AuditReport()
    receipts = list(all_receipts(store))
    with ThreadPoolExecutor(8) as pool:
        for faults in pool.map(lambda receipt: list(faults_of(store, receipt)), receipts):
            report.faults.extend(faults)
    report.shards = len(receipts)
    report.counts = add_counts(receipt.counts for receipt in receipts)
    vouched = {stored.key for receipt in receipts for stored in receipt.objects}
    report.objects = len(vouched)
    done = {_folder(key) for key in vouched}
    for kind in ("articles/", "rejections/"):
        for found in store.list(kind):
            if found.key not in vouched:
                _place_stray(report, found.key, done)
    report.unfinished = sorted(set(report.unfinished))
    if not receipts and not report.unfinished:
        raise FixTheRun(f"there is no corpus at {store.url}: no receipt, no article, no rejection")
    return report


def faults_of(store: Store, receipt: Receipt) -> Iterator[str]:
    """Check one receipt: its own sum, its objects, their rows and their reasons; one line a fault."""
    name, counts = receipt.shard.name, receipt.counts
    if not counts.closes:
        yield f"{name}: {counts.captures} captures read, but {counts.articles} articles + {counts.rejected} rejections"
    rows = {"articles": 0, "rejections": 0}
    reasons: dict[str, int] = {}
    for stored in receipt.objects:
        kind = stored.key.split("/", 1)[0]
        found = yield from _object_faults(store, stored, receipt)
        if found is not None:
            rows[kind] += found.num_rows
            if kind == "rejections":
                for entry in pc.value_counts(found.column("reason")).to_pylist():
                    reasons[entry["values"]] = reasons.get(entry["values"], 0) + entry["counts"]
    if rows["articles"] != counts.articles:
        yield f"{name}: the receipt counts {counts.articles} articles, the store holds {rows['articles']}"
    if reasons != counts.rejections:
        yield f"{name}: the receipt counts the rejections {counts.rejections}, the store holds {reasons}"


def _object_faults(store: Store, stored: StoredObject, receipt: Receipt) -> Any:
    """Yield what is wrong with an object; return its table of the columns that are counted, or None."""
    if not store.exists(stored.key):
        yield f"{receipt.shard.name}: {stored.key} is missing"
        return None
    if (size := store.info(stored.key).size_bytes) != stored.size_bytes:
        yield f"{receipt.shard.name}: {stored.key} has {size} bytes, its receipt says {stored.size_bytes}"
    column = "reason" if stored.key.startswith("rejections/") else "id"
    try:
        with store.open(stored.key) as stream, pq.ParquetFile(stream) as parquet:
            footer = read_footer_of(parquet.schema_arrow)
            table = parquet.read(columns=[column])
    except pa.ArrowInvalid as error:
        yield f"{receipt.shard.name}: {stored.key} is damaged: {str(error).splitlines()[0]}"
        return None
    if footer is None or footer.fingerprint != receipt.fingerprint:
        yield f"{receipt.shard.name}: {stored.key} was pressed from another input or by another recipe"
    return table


def _folder(key: str) -> str:
    return key.split("/", 1)[1].rsplit("/", 1)[0]


def _place_stray(report: AuditReport, key: str, done: set[str]) -> None:
    """An object without a receipt is a fault beside a finished shard; elsewhere it is work in progress."""
    if _folder(key) in done:
        report.faults.append(f"{key} belongs to no receipt")
    else:
        report.unfinished.append(_folder(key))
