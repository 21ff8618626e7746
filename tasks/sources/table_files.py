"""Tables with a column of pages or of texts: JSON, an object a line (packed or not), and Parquet.

The options ``column.html``, ``column.text``, ``column.url``, ``column.captured_at``, ``column.title``,
``column.published_at`` and ``column.authors`` name the columns; without them those that are called so are used.
"""

import re
from collections.abc import Iterator
from contextlib import closing

from tasks.archive.reading import HEAD_BYTES, Reading, ReadLimits
from tasks.shards import Shard
from tasks.sources._columns import check_existing
from tasks.sources._lines import parse_line, read_lines, read_objects
from tasks.sources._opening import open_ahead, open_exactly
from tasks.sources._rows import PARQUET_MAGIC, WatchedStream, column_names, open_table, read_rows
from tasks.sources._unpacked import unpacked, unpacked_head
from tasks.storage import Store

ABOUT = "JSON lines or Parquet with a column of HTML or text"
OPTIONS = ("column",)
_SAMPLE_LINES = 100
_MAX_LINE_BYTES = 64 << 20
_OBJECT_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:[^"\\]|\\.)*"\s*:')


def recognise(head: bytes, name: str) -> bool:  # noqa: ARG001  (the bytes are enough)
    """Whether Parquet begins here, or a line that is a JSON object, packed or not."""
    if head.startswith(PARQUET_MAGIC):
        return True
    start = unpacked_head(head, HEAD_BYTES)
    if not _OBJECT_START.match(start):
        return False
    line, ended, _ = start.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    return _is_object(line) if ended or len(head) < HEAD_BYTES else True


def check_columns(shard: Shard) -> None:
    """Raise FixTheRun, listing the columns there are, where one that is named, or every page and text, is missing.

    Lines have no columns: the keys of the first hundred count.
    """
    with closing(open_exactly(shard)) as stream:
        if stream.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC:
            check_existing(shard, column_names(open_table(WatchedStream(stream), shard.url)))
            return
        keys: dict[str, None] = {}
        for number, line in enumerate(read_lines(unpacked(stream), 0, _MAX_LINE_BYTES)):
            if number == _SAMPLE_LINES:
                break
            if line.text and _is_object(line.text):
                keys.update(dict.fromkeys(parse_line(line.text)))
        if keys:
            check_existing(shard, list(keys))


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:  # noqa: ARG001
    """The rows or lines; positions are row numbers, or bytes of the unpacked file."""
    with closing(open_exactly(shard)) as stream:
        if stream.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC:
            yield from read_rows(stream, shard, limits, start)
            return
    with closing(open_ahead(shard)) as stream:
        yield from read_objects(unpacked(stream), shard, limits, start)


def _is_object(line: bytes) -> bool:
    try:
        parse_line(line)
    except ValueError:
        return False
    return True
