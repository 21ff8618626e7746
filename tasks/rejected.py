"""Rejected captures: which are meant, and where their rows lie."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow.parquet as pq

from tasks.errors import FixTheRun
from tasks.pages.unpacking import host_of
from tasks.reasons import Reason
from tasks.shards import Receipt, all_receipts
from tasks.storage import Store

Row = dict[str, Any]
# The first follows from another capture's outcome, the second is a stretch of bytes: neither has a page of its own to press.
# The third is to stay out.
NOT_REPLAYABLE = (Reason.DUPLICATE_PAYLOAD, Reason.DAMAGED_RECORD, Reason.REMOVED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rejections are meant; an empty choice means all. ``hosts`` are exact names, ``urls`` as archived."""

    reasons: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    source: str = ""

    def check(self) -> None:
        """Raise FixTheRun for a reason that there is not."""
        known = {reason.value for reason in Reason}
        if unknown := [reason for reason in self.reasons if reason not in known]:
            raise FixTheRun(f"there is no reason {unknown[0]}: see `pressrun reasons`")

    def replayable(self) -> "Wanted":
        """The same without reasons that cannot be replayed; raises FixTheRun where one was asked for by name."""
        self.check()
        if fixed := [reason for reason in self.reasons if reason in NOT_REPLAYABLE]:
            raise FixTheRun(f"{fixed[0]} cannot be replayed: {Reason(fixed[0]).meaning}")
        return replace(self, reasons=self.reasons or tuple(reason.value for reason in Reason if reason not in NOT_REPLAYABLE))

    def takes(self, reason: str, url: str | None) -> bool:
        """Whether a rejection is meant."""
        if (self.reasons and reason not in self.reasons) or (self.urls and url not in self.urls):
            return False
        return not self.hosts or host_of(url) in {host.lower() for host in self.hosts}


def find_rejections(store: Store, wanted: Wanted) -> Iterator[Row]:
    """Rejections of finished shards in the order of their keys, read lazily; raises FixTheRun for an unknown reason."""
    wanted.check()
    return (row for receipt in all_receipts(store, wanted.source) for _, row in rows_of(store, receipt, wanted))


def rows_of(store: Store, receipt: Receipt, wanted: Wanted) -> Iterator[tuple[str, Row]]:
    """The rows of one shard that are meant, each with its object's key."""
    if wanted.reasons and not set(wanted.reasons) & set(receipt.counts.rejections):
        return
    for stored in receipt.objects:
        if stored.rows and stored.key.startswith("rejections/"):
            yield from ((stored.key, row) for row in _rows_in(store, stored.key, wanted))


def _rows_in(store: Store, key: str, wanted: Wanted) -> Iterator[Row]:
    with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
        for group in range(parquet.num_row_groups):
            heads = parquet.read_row_group(group, columns=["reason", "url"]).to_pylist()
            if meant := [at for at, head in enumerate(heads) if wanted.takes(head["reason"], head["url"])]:
                yield from parquet.read_row_group(group).take(meant).to_pylist()
