"""Captures out of the columnar index: the statistics of row groups first, then hosts, then the rest where there are some."""

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.common_crawl.listing import list_index
from tasks.common_crawl.row_groups import DICTIONARIES, RowGroup, check_columns
from tasks.common_crawl.selection import IndexRow, Selection, Tally, Wanted, wanted
from tasks.common_crawl.surts import KeyRanges
from tasks.errors import BrokenShard
from tasks.host_names import Hosts
from tasks.storage import NotFound, Refused, Store

LISTING = "cc-index-table.paths.gz"
SUBSET = "/subset=warc/"
KEY = "url_surtkey"
# The length of the metadata and the magic number.
TAIL_BYTES = 8


def select_columnar(base: Store, crawl: str, hosts: Hosts, since: date | None = None, until: date | None = None) -> Selection:
    """Pages of these hosts in a crawl's columnar index, from ``since`` up to, but not with, ``until`` (days in UTC).

    ``base`` holds ``crawl-data`` and ``cc-index``. No more than the small columns of one row group and one large one, packed,
    are in memory. Raises FixTheRun for a crawl that is not there, and later as ``Selection`` does.
    """
    tally, these = Tally(), wanted(hosts, since, until)
    parts = [key for key in list_index(base, crawl, LISTING, tally) if SUBSET in key]
    return Selection((row for key in parts for row in _part_rows(base, key, these, tally)), tally)


def _part_rows(base: Store, key: str, these: Wanted, tally: Tally) -> Iterator[IndexRow]:
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(base.open_exact(key, tally.fetched))
        except (NotFound, Refused):
            tally.gaps.append(key)
            return
        try:
            file = stack.enter_context(_open_part(stream))
            for number in _groups(file, these.ranges):
                yield from RowGroup(file, number).select(these, tally)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise BrokenShard(f"{base.url}/{key} cannot be read: {' '.join(str(error).split())[:200]}") from error


def _open_part(stream: BinaryIO) -> Any:
    metadata = pq.read_metadata(io.BytesIO(_footer(stream)))
    check_columns(metadata.schema.to_arrow_schema())
    held = [name for name in DICTIONARIES if name in metadata.schema.names]
    return pq.ParquetFile(stream, metadata=metadata, read_dictionary=held)


def _footer(stream: BinaryIO) -> bytes:
    """The end of the file from its metadata on, in two exact reads: left to itself, pyarrow takes 64 KiB and then what lacks."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - TAIL_BYTES))
    length = int.from_bytes(stream.read(TAIL_BYTES)[:4], "little") + TAIL_BYTES
    stream.seek(max(0, size - length))
    return stream.read()


def _groups(file: Any, ranges: KeyRanges) -> Iterator[int]:
    """Row groups that may hold a wanted key: all but those whose statistics say that they do not."""
    # Only this column will do: a registered domain says nothing of a host above it, and a reversed name leaves out addresses.
    names = list(file.schema.names)
    for number in range(file.metadata.num_row_groups):
        bounds = _bounds(file.metadata.row_group(number), names.index(KEY)) if KEY in names else None
        if bounds is None or any(ranges.between(*bounds)):
            yield number


def _bounds(group: Any, column: int) -> tuple[bytes, bytes] | None:
    found = group.column(column).statistics
    if found is None or not found.has_min_max:
        return None
    # The raw ones, for a bound that was cut in the middle of a letter is no text.
    low, high = found.min_raw, found.max_raw
    return (low, high) if isinstance(low, bytes) and isinstance(high, bytes) else None
