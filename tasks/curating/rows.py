"""Whole articles in order of time: files of which a stretch of time is read without the rest."""

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.dedup.signatures import Numbers
from tasks.records import ARTICLE_SCHEMA
from tasks.storage import Store
from tasks.urls import key_hash

TIMES_KEY = b"pressrun.times"
ROWS_PER_GROUP = 1_000
COMPRESSION: dict[str, Any] = {"compression": "zstd", "compression_level": 3}

# Signatures stay in the parts.
WHOLE_SCHEMA = pa.schema([column for column in ARTICLE_SCHEMA if column.name != "minhash"])

Span = tuple[int, int]


class RowWriter:
    """A Parquet file that grows by tables in order of time and tells of each of its row groups from when to when it goes.

    The file is held in memory, compressed, until it is whole: half a file is never on the store.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """``schema`` is that of all tables to come."""
        self._sink, self._times, self.rows = io.BytesIO(), list[Span](), 0
        self._waiting: list[tuple[pa.Table, list[int]]] = []
        self._writer = pq.ParquetWriter(self._sink, schema, **COMPRESSION)

    def add(self, table: pa.Table, times: list[int]) -> None:
        """Take in rows, each with its time (microseconds since 1970, ``NO_TIME``); row groups are of 1,000 whatever comes when."""
        self._waiting.append((table, times))
        if sum(len(one) for one, _ in self._waiting) >= ROWS_PER_GROUP:
            self._write(is_last=False)

    def finish(self, note: dict[bytes, bytes]) -> bytes:
        """The bytes of the whole file, with ``note`` in its footer."""
        self._write(is_last=True)
        self._writer.add_key_value_metadata({TIMES_KEY: json.dumps(self._times).encode(), **note})
        self._writer.close()
        return self._sink.getvalue()

    def _write(self, *, is_last: bool) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables([one for one, _ in self._waiting])
        times = [time for _, some in self._waiting for time in some]
        whole = len(table) if is_last else len(table) // ROWS_PER_GROUP * ROWS_PER_GROUP
        for first in range(0, whole, ROWS_PER_GROUP):
            some = times[first : min(first + ROWS_PER_GROUP, whole)]
            self._writer.write_table(table.slice(first, len(some)), row_group_size=ROWS_PER_GROUP)
            self._times.append((some[0], some[-1]))
        self.rows += whole
        self._waiting = [(table.slice(whole), times[whole:])] if whole < len(table) else []


def write_rows(store: Store, key: str, table: pa.Table) -> None:
    """A table with a column ``at``, sorted by it, as one object."""
    writer = RowWriter(table.schema)
    writer.add(table, table.column("at").to_pylist())
    store.write(key, writer.finish({}))


class RowFile:
    """A file of a ``RowWriter``, open for reading; close it."""

    def __init__(self, store: Store, key: str) -> None:
        """Reads its footer; raises NotFound."""
        self.key = key
        self._stream = store.open(key)
        self._parquet = pq.ParquetFile(self._stream)
        self._times: list[Span] = json.loads(self._parquet.metadata.metadata[TIMES_KEY])

    def read(self, span: Span) -> pa.Table:
        """All row groups that have a row in ``[first, end)``; whole, so that others' rows are among them."""
        groups = [number for number, (first, last) in enumerate(self._times) if first < span[1] and last >= span[0]]
        return self._parquet.read_row_groups(groups) if groups else self._parquet.schema_arrow.empty_table()

    def close(self) -> None:
        """Let go of the object."""
        self._parquet.close()
        self._stream.close()


def contents(table: pa.Table) -> Numbers:
    """64 bits for each article (``WHOLE_SCHEMA``) that change with anything in its row; the text goes in by its digest."""
    columns = [_plain(table.column(name)) for name in WHOLE_SCHEMA.names if name != "text"]
    return np.array([key_hash(repr(values)) for values in zip(*columns, strict=True)], np.uint64)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Its values; times as numbers, which are made ten times as fast."""
    values: list[Any] = (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
    return values


def nodes_of(table: pa.Table) -> Numbers:
    """The first 64 bits of each article's id."""
    return np.array([int(text[:16], 16) for text in table.column("id").to_pylist()], np.uint64)


def stretches(times: np.ndarray[Any, np.dtype[np.int64]], most: int) -> Iterator[Span]:
    """Cut sorted times into stretches ``[first, end)`` of about ``most`` rows; equal times are not parted."""
    start = 0
    while start < len(times):
        last = min(start + most, len(times)) - 1
        end = int(np.searchsorted(times, times[last], side="right"))
        yield int(times[start]), int(times[last]) + 1
        start = end
