"""Addresses that are to be fetched, of one lane: those that were found, deferred, or failed and get another try.

They stay in Arrow, for there may be a million of them; a row becomes an object when its turn comes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.lanes.rows import pack, parquet, read_parquet, schema_of
from tasks.lanes.seen import Seen
from tasks.parquet import table_in
from tasks.storage import NotFound, Store


@dataclass(frozen=True, slots=True)
class Target:
    """An address to fetch. ``key``: hash of its identity. ``found_as``: feed, sitemap or list. ``site``: its name in the
    list of sources. ``published_at``: as announced. ``tries`` that failed; ``not_before``: when the next one is due, and ``why``.
    """

    key: int
    url: str
    domain: str
    site: str
    found_in: str
    found_as: str
    found_at: datetime
    published_at: datetime | None = None
    tries: int = 0
    not_before: datetime | None = None
    why: str = ""


SCHEMA = schema_of(Target)
DEFAULTS = {one.name: one.default for one in fields(Target) if one.default is not MISSING}
Rows = npt.NDArray[np.int64]
FIRST_ROWS, MOST_ROWS = 4, 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Queue:
    """A lane's queue. Changes are kept apart until ``save``."""

    def __init__(self, store: Store, folder: str) -> None:
        """Reads the queue and all that was found for the lane since; ``found`` is the number of rows of the latter."""
        self.store, self.key = store, f"{folder}queue.parquet"
        self._consumed = [info.key for info in store.list(f"{folder}found/")]
        waiting = [table for table in [_read(store, self.key)] if table is not None]
        found = [table for key in self._consumed if (table := _read(store, key)) is not None]
        self.found = sum(len(table) for table in found)
        self._table = pa.concat_tables([SCHEMA.empty_table(), *waiting, *found]).combine_chunks()
        self._changed: dict[int, Target | None] = {}
        self._deferred: list[tuple[Rows, datetime, str]] = []

    def __len__(self) -> int:
        """How many addresses wait."""
        return len(self._table) - sum(1 for target in self._changed.values() if target is None)

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """Hashes of all rows, in their order."""
        keys: npt.NDArray[np.uint64] = self._table.column("key").to_numpy()
        return keys

    def sift(self, seen: Seen) -> Counter[str]:
        """Take out what is known for good, and what waits already; says how many of each site that were."""
        keys = self.keys
        _, first = np.unique(keys, return_index=True)
        # Twice found is once to fetch; the row that was there first, maybe with its tries, stays.
        is_new = np.zeros(len(keys), np.bool_)
        is_new[first] = True
        is_new &= ~seen.holds(keys)
        if is_new.all():
            return Counter()
        known = _counts(self._table.column("site").filter(pa.array(~is_new)))
        self._table = self._table.filter(pa.array(is_new)).combine_chunks()
        return known

    def targets(self, rows: Rows) -> Iterator[Target]:
        """Rows as objects, one after the other; few at first, for thousands of domains wait side by side for their turn."""
        done, size = 0, FIRST_ROWS
        while done < len(rows):
            part = self._table.take(pa.array(rows[done : done + size]))
            for values in zip(*(_values(column) for column in part.columns), strict=True):
                yield Target(*values)
            done, size = done + size, min(MOST_ROWS, 2 * size)

    def due(self, now: datetime, sites: Iterable[str]) -> dict[str, Rows]:
        """Rows of these sites that may be fetched now, by domain; the newest first, those without a date last."""
        times = self._table.column("not_before")
        is_due = pc.fill_null(pc.less_equal(times, pa.scalar(now, times.type)), True)
        is_wanted = pc.is_in(self._table.column("site"), value_set=pa.array(list(sites), pa.string()))
        rows = np.flatnonzero(pc.and_(is_due, is_wanted).to_numpy())
        if self._changed:
            rows = rows[~np.isin(rows, list(self._changed))]
        part = self._table.select(["domain", "published_at", "found_at"]).take(pa.array(rows))
        order = pc.sort_indices(
            part, sort_keys=[("domain", "ascending"), ("published_at", "descending"), ("found_at", "descending")]
        ).to_numpy()
        # The domains are in order: what they share a name with stands beside them.
        names = pc.run_end_encode(part.column("domain").take(pa.array(order)).combine_chunks())
        ends = names.run_ends.to_numpy()
        return dict(zip(names.values.to_pylist(), np.split(rows[order], ends[:-1]), strict=True)) if len(rows) else {}

    def old(self, rows: Rows, oldest: datetime, lasting: str) -> npt.NDArray[np.bool_]:
        """Which of these rows were found before a time; those that were found as ``lasting`` never grow old."""
        part = self._table.select(["found_at", "found_as"]).take(pa.array(rows))
        is_older = pc.less(part.column("found_at"), pa.scalar(oldest, SCHEMA.field("found_at").type))
        found: npt.NDArray[np.bool_] = pc.and_(is_older, pc.not_equal(part.column("found_as"), lasting)).to_numpy()
        return found

    def change(self, row: int, target: Target | None) -> None:
        """Put a row off with new facts, or take it out."""
        self._changed[row] = target

    def sites(self, rows: Rows) -> Counter[str]:
        """How many of these rows are each site's."""
        return _counts(self._table.column("site").take(pa.array(rows)))

    @property
    def table(self) -> pa.Table:
        """All rows as they were read."""
        return self._table

    def defer(self, rows: Rows, until: datetime, why: str) -> None:
        """Put many rows off, all to the same time."""
        self._deferred.append((rows, until, why))

    def save(self) -> None:
        """Write the queue as it is now, then delete what it has taken in."""
        keep = np.ones(len(self._table), np.bool_)
        keep[list(self._changed)] = False
        rest = self._put_off().filter(pa.array(keep))
        changed = table_in(pack(Target, (target for target in self._changed.values() if target)))
        self.store.write(self.key, parquet(pa.concat_tables([rest, changed])))
        for key in self._consumed:
            self.store.delete(key)
        self._consumed = []

    def _put_off(self) -> pa.Table:
        """The table with the times and reasons of the rows that were deferred."""
        # One pass for all of them: thousands of domains are deferred, and each pass is over every row.
        chosen = np.full(len(self._table), -1, np.int32)
        for number, (rows, _, _) in enumerate(self._deferred):
            chosen[rows] = number
        table, is_put_off = self._table, pa.array(chosen >= 0)
        numbers = pa.array(chosen, mask=chosen < 0)
        for name, values in (
            ("not_before", [until for _, until, _ in self._deferred]),
            ("why", [why for _, _, why in self._deferred]),
        ):
            place, field = table.schema.get_field_index(name), SCHEMA.field(name)
            new = pa.array(values, field.type).take(numbers)
            table = table.set_column(place, field, pc.if_else(is_put_off, new, table.column(name)))
        return table


def _counts(names: pa.ChunkedArray) -> Counter[str]:
    return Counter({one["values"]: one["counts"] for one in names.value_counts().to_pylist()})


def _values(column: pa.ChunkedArray) -> list[Any]:
    """A column as Python has it. Arrow looks a time zone up for every single time, which takes longer than all else."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    times = column.cast(pa.int64()).to_pylist()
    return [None if time is None else EPOCH + timedelta(microseconds=time) for time in times]


def _read(store: Store, key: str) -> pa.Table | None:
    try:
        table = read_parquet(store.read(key), key)
    except NotFound:
        return None
    for name, default in DEFAULTS.items():
        if name not in table.column_names:  # written by an earlier version
            table = table.append_column(name, pa.repeat(pa.scalar(default, SCHEMA.field(name).type), len(table)))
    return table.select(SCHEMA.names).cast(SCHEMA)


def leave_found(store: Store, folder: str, name: str, targets: Iterable[Target]) -> None:
    """Leave addresses for a lane, in an object of this name; who holds the lane takes them in."""
    store.write(f"{folder}found/{name}.parquet", pack(Target, targets))
