"""Parquet: the rows of the columns that are wanted, batch by batch, from any row on."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.archive.reading import Reading, ReadLimits
from tasks.errors import BrokenShard, PressError
from tasks.shards import Shard
from tasks.sources._columns import BODIES, Row, check_existing, columns_of

PARQUET_MAGIC = b"PAR1"
_BUFFER_BYTES = 4 << 20
_BATCH_BYTES = 16 << 20
_MAX_BATCH_ROWS = 1024


class WatchedStream:
    """A stream that remembers its own failures, for damage is told as OSError too."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.failure: Exception | None = None

    def read(self, count: int = -1) -> bytes:
        """See BinaryIO."""
        try:
            return self._stream.read(count)
        except (OSError, PressError) as failure:
            self.failure = failure
            raise

    def seek(self, offset: int, whence: int = 0) -> int:
        """See BinaryIO."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """See BinaryIO."""
        return self._stream.tell()

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """No."""
        return False

    def close(self) -> None:
        """Leave the stream open: it is the caller's."""


def open_table(stream: WatchedStream, url: str) -> pq.ParquetFile:
    """The table; raises BrokenShard when it is damaged, and what the stream raises."""
    try:
        # Page by page: a whole column of a row group may be gigabytes.
        return pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _named(error, stream, url) from error


def column_names(table: pq.ParquetFile) -> list[str]:
    """The columns that one name means: doubles are left out."""
    names = table.schema_arrow.names
    return [name for name in names if names.count(name) == 1]


def read_rows(stream: BinaryIO, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:
    """One reading for each row from ``start`` on; raises BrokenShard where it is damaged, FixTheRun without columns."""
    watched = WatchedStream(stream)
    table = open_table(watched, shard.url)
    names = column_names(table)
    check_existing(shard, names)
    columns = {field: column for field, column in columns_of(shard).items() if column in names}
    batches = _batches(table, sorted(set(columns.values())), start)
    while True:
        try:
            found = next(batches, None)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _named(error, watched, shard.url) from error
        if found is None:
            return
        yield from _readings(*found, columns, shard, limits)


def _named(error: Exception, stream: WatchedStream, url: str) -> Exception:
    """The stream's own failure as it is; everything else is damage."""
    return stream.failure or BrokenShard(f"{url} is no whole Parquet file: {' '.join(str(error).split())[:200]}")


def _batches(table: pq.ParquetFile, columns: list[str], start: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches with the number of their first row."""
    at = 0
    for group in range(table.num_row_groups):
        facts = table.metadata.row_group(group)
        following = at + facts.num_rows
        if following > start:
            size = _batch_rows(facts)
            for batch in table.iter_batches(size, row_groups=[group], columns=columns, use_threads=False):
                skipped = min(max(0, start - at), batch.num_rows)
                if skipped < batch.num_rows:
                    yield at + skipped, batch.slice(skipped)
                at += batch.num_rows
            if at != following:
                raise ValueError(f"its row group {group} does not hold the {facts.num_rows} rows that are announced")
        at = following


def _batch_rows(facts: pq.RowGroupMetaData) -> int:
    # The sizes of single columns would be more exact, but to ask damaged metadata for them ends the process.
    rows, size = int(facts.num_rows), int(facts.total_byte_size)
    return max(1, min(_MAX_BATCH_ROWS, _BATCH_BYTES * rows // max(1, size)))


def _readings(first: int, batch: pa.RecordBatch, columns: dict[str, str], shard: Shard, limits: ReadLimits) -> Iterator[Reading]:
    cells = {field: batch.column(batch.schema.get_field_index(column)) for field, column in columns.items()}
    charsets = {field: None if _is_binary(cells[field].type) else "utf-8" for field in BODIES if field in cells}
    values = {field: _cells(array, is_body=field in BODIES) for field, array in cells.items()}
    for number in range(batch.num_rows):
        row_values = {field: column[number] for field, column in values.items()}
        body = next((body for body in BODIES if row_values.get(body)), "")
        row = Row(shard, "row", first + number, None, row_values, charsets.get(body))
        yield Reading("row", row.outcome(limits), row.position + 1)


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _cells(array: pa.Array, *, is_body: bool) -> list[Any]:
    """Values as Python has them; of a page its bytes, for they need not be the UTF-8 that they are said to be."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_timestamp(array.type):
        zone = "UTC" if array.type.tz else None
        array = array.cast(pa.timestamp("us", zone), safe=False)
    if is_body and (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        array = array.cast(pa.large_binary())
    try:
        return list(array.to_pylist())
    except (ValueError, OverflowError, pa.ArrowException):
        return [_cell(scalar) for scalar in array]


def _cell(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, pa.ArrowException):
        return None
