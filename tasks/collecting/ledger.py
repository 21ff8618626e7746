"""What became of every address: counts by site, and a row for each that was not simply known before."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, starmap

import numpy as np
import pyarrow as pa

from tasks.lanes.queue import Queue, Rows, Target
from tasks.lanes.rows import parquet_of, schema_of, table_of


class Fate(StrEnum):
    """The outcome of an address in a run: a closed list."""

    FETCHED = "fetched"
    SEEN = "seen"  # dealt with in an earlier run, or waiting in the queue already
    DEFERRED = "deferred"  # until a time: no room in this run, Retry-After, robots.txt not to be had
    DISALLOWED = "disallowed"  # by robots.txt, for good
    FAILED = "failed"  # with the time of the next try, or for good
    OPTED_OUT = "opted_out"  # the answer says that it is not to be kept
    REMOVED = "removed"  # somebody asked for it to be taken out
    LEFT_OUT = "left_out"  # older than asked for, or not among the addresses that the site's patterns want


def fate_words(total: Mapping[str, int]) -> str:
    """Numbers of outcomes in a line, those that there are; empty where there are none."""
    return ", ".join(f"{total[fate.value]:,} {fate.value.replace('_', ' ')}" for fate in Fate if total.get(fate.value))


@dataclass(frozen=True, slots=True)
class Line:
    """One address in a run. ``until``: when it is asked again, null: never. ``warc_file``: key below the root."""

    url: str
    domain: str
    site: str
    found_in: str
    fate: str
    why: str
    at: datetime
    until: datetime | None = None
    http_status: int | None = None
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """Rows of a queue that were put off together."""

    rows: Rows
    until: datetime
    why: str
    at: datetime


SCHEMA = schema_of(Line)
FROM_QUEUE = ["url", "domain", "site", "found_in"]
DEFERRAL = {"why", "at", "until"}


class Ledger:
    """Counts for good, lines until they are taken to be written."""

    def __init__(self) -> None:
        """Empty."""
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._lines: list[Line] = []
        # By queue, and not as tables of their own: thousands of domains are deferred, a few rows each.
        self._deferred: dict[int, tuple[pa.Table, list[Deferral]]] = {}

    def note(self, target: Target, line: Line) -> None:
        """One address with its outcome."""
        self.counts[target.site][line.fate] += 1
        self._lines.append(line)

    def count(self, site: str, fate: str, number: int = 1) -> None:
        """Outcomes that get no line."""
        self.counts[site][str(fate)] += number  # plain strings: a StrEnum cannot travel in Dask's events

    def defer(self, queue: Queue, rows: Rows, until: datetime, why: str, at: datetime) -> None:
        """Many rows of a queue at once."""
        for site, number in queue.sites(rows).items():
            self.count(site, Fate.DEFERRED, number)
        self._deferred.setdefault(id(queue.table), (queue.table, []))[1].append(Deferral(rows, until, why, at))

    def take(self) -> bytes | None:
        """All lines so far as Parquet; they are forgotten here. None where there are none."""
        if not self._lines and not self._deferred:
            return None
        lines, deferred = self._lines, self._deferred
        self._lines, self._deferred = [], {}
        return parquet_of(chain([table_of(Line, lines)], starmap(_deferred_lines, deferred.values())), SCHEMA)


def _deferred_lines(queue: pa.Table, deferrals: list[Deferral]) -> pa.Table:
    """A line for each row that was put off; one pass for all domains of a queue."""
    rows = queue.select(FROM_QUEUE).take(pa.array(np.concatenate([each.rows for each in deferrals])))
    numbers = pa.array(np.repeat(np.arange(len(deferrals)), [len(each.rows) for each in deferrals]))

    def column(field: pa.Field) -> pa.Array | pa.ChunkedArray:
        if field.name in FROM_QUEUE:
            return rows.column(field.name)
        if field.name == "fate":
            return pa.repeat(pa.scalar(Fate.DEFERRED.value), len(rows))
        if field.name in DEFERRAL:
            return pa.array([getattr(each, field.name) for each in deferrals], field.type).take(numbers)
        return pa.nulls(len(rows), field.type)

    return pa.table([column(field) for field in SCHEMA], schema=SCHEMA)
