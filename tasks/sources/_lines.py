"""JSON, an object a line: lines by their place in the unpacked bytes, none loaded that is too long."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.archive.reading import Reading, ReadLimits
from tasks.reasons import Reason
from tasks.shards import Shard
from tasks.sources._columns import Row, columns_of
from tasks.sources._unpacked import Unpacked

_CHUNK_BYTES = 1 << 18
_BLANK = re.compile(rb"[\r\n]+")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line from ``offset`` up to ``end``, its line end included; ``text`` is None where it is longer than allowed."""

    offset: int
    end: int
    text: bytes | None
    is_ended: bool


def read_lines(stream: Unpacked, start: int, max_bytes: int) -> Iterator[Line]:
    """The lines from ``start`` on, empty ones passed over; ``stream.trouble`` tells afterwards whether they end early."""
    offset, size, kept = start, 0, list[bytes]()
    while chunk := stream.read(_CHUNK_BYTES):
        begin = 0
        while begin < len(chunk):
            if not size and (blank := _BLANK.match(chunk, begin)):
                begin, offset = blank.end(), offset + len(blank[0])
                continue
            found = chunk.find(b"\n", begin)
            end = found + 1 if found >= 0 else len(chunk)
            size += end - begin
            if size <= max_bytes:
                kept.append(chunk[begin:end])
            begin = end
            if found >= 0:
                yield Line(offset, offset + size, b"".join(kept) if size <= max_bytes else None, is_ended=True)
                offset, size, kept = offset + size, 0, []
        if size > max_bytes:
            kept = []
    if size:
        yield Line(offset, offset + size, b"".join(kept) if size <= max_bytes else None, is_ended=False)


def parse_line(text: bytes) -> dict[str, object]:
    """The object that a line is; raises ValueError where it is none."""
    try:
        found = json.loads(text.removeprefix(_BOM).decode())
    except RecursionError as error:
        raise ValueError("its values are nested too deep") from error
    if not isinstance(found, dict):
        raise ValueError(f"it is no object but {type(found).__name__}")
    return found


def read_objects(stream: Unpacked, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:
    """One reading for each line that is not blank, and one for the rest where the packed bytes end early."""
    if stream.seek(start) < start:
        return
    columns = columns_of(shard)
    for line in read_lines(stream, start, limits.max_record_bytes):
        if line.text is None or line.text.strip():
            cut = None if line.is_ended else stream.trouble
            reading = _reading(line, shard, columns, limits, cut)
            yield reading
            if cut:
                return
    if stream.trouble:
        lost = Row(shard, "damaged", stream.seek(0, 2), None, {})
        # Behind the end not even the damage is told again.
        yield Reading("damaged", lost.rejection(Reason.DAMAGED_RECORD, f"the rest is lost: {stream.trouble}"), lost.position + 1)


def _reading(line: Line, shard: Shard, columns: dict[str, str], limits: ReadLimits, cut: str | None) -> Reading:
    row = Row(shard, "line", line.offset, line.end - line.offset, {})
    if line.text is None:
        return Reading("line", row.rejection(Reason.PAYLOAD_TOO_BIG, f"a line of {row.length} bytes"), line.end + bool(cut))
    try:
        found = parse_line(line.text)
    except ValueError as error:
        why = f"the line is no JSON object: {error}" + (f"; the rest is lost: {cut}" if cut else "")
        return Reading("line", row.rejection(Reason.DAMAGED_RECORD, why), line.end + bool(cut))
    values = {field: found[column] for field, column in columns.items() if column in found}
    row = Row(shard, "line", line.offset, row.length, values)
    return Reading("line", row.outcome(limits), line.end + bool(cut))
