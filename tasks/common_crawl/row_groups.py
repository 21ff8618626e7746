"""One row group of the columnar index: each column is fetched when the columns before it have left something to look for."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.common_crawl.selection import HTML, IndexRow, Tally, Wanted, media_type, warc_key

HOST, STATUS, TIME = "url_host_name", "fetch_status", "fetch_time"
# The detected type first; crawls before 2018 have the declared one alone.
MEDIA_TYPES = ("content_mime_detected", "content_mime_type")
PLACE = ("url", "warc_filename", "warc_record_offset", "warc_record_length")
DIGEST = "content_digest"
TEXTS = {HOST, "url", "warc_filename", DIGEST, *MEDIA_TYPES}
NUMBERS = {STATUS, "warc_record_offset", "warc_record_length"}
REQUIRED = {HOST, STATUS, TIME, *PLACE}
DICTIONARIES = [HOST, *MEDIA_TYPES, "warc_filename"]
BATCH_ROWS = 65_536
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Moments = np.ndarray[Any, np.dtype[np.int64]]


def check_columns(schema: Any) -> None:
    """Raises ArrowInvalid where a column is missing that must be there, or holds something else."""
    missing = REQUIRED - set(schema.names)
    if missing:
        raise pa.ArrowInvalid(f"there is no column {', '.join(sorted(missing))}")
    for names, is_right in ((TEXTS, pa.types.is_string), (NUMBERS, pa.types.is_integer), ({TIME}, pa.types.is_timestamp)):
        for name in names & set(schema.names):
            if not is_right(schema.field(name).type):
                raise pa.ArrowInvalid(f"the column {name} holds {schema.field(name).type}")


class RowGroup:
    """The rows of one group in an open ``pyarrow.parquet.ParquetFile``."""

    def __init__(self, file: Any, number: int) -> None:
        """Nothing is read yet."""
        self._file, self._number = file, number
        self._names = set(file.schema.names)
        self._count = file.metadata.row_group(number).num_rows

    def select(self, these: Wanted, tally: Tally) -> Iterator[IndexRow]:
        """The wanted rows, in their order."""
        mask = _by_value(self._column(HOST), lambda host: these.hosts.takes(host or ""))
        tally.rows_seen += len(mask)
        if mask.any():
            mask &= pc.fill_null(pc.equal(self._column(STATUS), 200), False).to_numpy()
        if mask.any():
            mask = self._html(mask)
        if mask.any():
            moments = self._moments()
            mask &= _within(moments, these.since, these.until)
            tally.rows_matched += int(mask.sum())
            yield from self._rows(mask, moments[mask])

    def _column(self, name: str) -> Any:
        column = self._file.read_row_group(self._number, columns=[name], use_threads=False).column(0)
        if len(column) != self._count:
            raise pa.ArrowInvalid(f"{len(column)} of {self._count} rows are there in the column {name}")
        return column

    def _html(self, mask: Mask) -> Mask:
        """As ``selection.is_html``."""
        html, unknown = np.zeros_like(mask), mask
        for name in MEDIA_TYPES:
            if name in self._names and unknown.any():
                column = self._column(name)
                html = html | (unknown & _by_value(column, lambda kind: media_type(kind) in HTML))
                unknown = unknown & _by_value(column, lambda kind: not media_type(kind))
        return html | unknown

    def _moments(self) -> Moments:
        """Microseconds since 1970."""
        column = self._column(TIME).cast(pa.timestamp("us", "UTC"), safe=False)
        moments: Moments = column.cast(pa.int64()).fill_null(0).to_numpy()
        return moments

    def _rows(self, mask: Mask, moments: Moments) -> Iterator[IndexRow]:
        if not mask.any():
            return
        columns, start, times = [*PLACE, *({DIGEST} & self._names)], 0, iter(moments.tolist())
        for batch in self._file.iter_batches(BATCH_ROWS, [self._number], columns, use_threads=False):
            found = batch.filter(pa.array(mask[start : start + len(batch)]))
            start += len(batch)
            facts = [found.column(name).to_pylist() for name in PLACE]
            digests = found.column(DIGEST).to_pylist() if DIGEST in self._names else [None] * len(found)
            for url, name, offset, length, digest in zip(*facts, digests, strict=True):
                yield IndexRow(url, EPOCH + next(times) * MICROSECOND, warc_key(name), offset, length, digest or "")


def _by_value(column: Any, takes: Callable[[str | None], bool]) -> Mask:
    """What ``takes`` says of each row; it is asked once for each value of a dictionary."""
    masks = [np.zeros(0, np.bool_)]
    for chunk in column.chunks:
        # The last answer is that for rows without a value.
        answers = np.array([*map(takes, chunk.dictionary.to_pylist()), takes(None)], np.bool_)
        masks.append(answers[chunk.indices.fill_null(len(answers) - 1).to_numpy()])
    return np.concatenate(masks)


def _within(moments: Moments, since: date | None, until: date | None) -> Mask:
    inside = np.ones(len(moments), np.bool_)
    if since:
        inside &= moments >= _since_epoch(since)
    if until:
        inside &= moments < _since_epoch(until)
    return inside


def _since_epoch(day: date) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MICROSECOND
