"""The fast way through healthy archives: FastWARC reads, and stops before the first record that it cannot vouch for."""

import re
import sys
from collections.abc import Iterator
from typing import BinaryIO

from fastwarc.stream_io import GzipReader
from fastwarc.warc import ArchiveIterator, WarcRecord

from tasks.archive.framing import Frame
from tasks.archive.heads import LENGTH, Head, decode_field
from tasks.archive.unpacking import GZIP_MAGIC

SLACK_BYTES = 8
_NAMES = re.compile(rb"[!-9;-~]+")
_LINE_END = re.compile(rb"[\r\n]")


def vouched_frames(stream: BinaryIO, start: int, max_block_bytes: int) -> Iterator[Frame]:
    """Yield the records from ``start`` on, each as soon as the next one is seen to begin where it has to.

    What is left, from the end of the last frame on, is for the careful way: the last record of all, one that is cut,
    damaged, larger than ``max_block_bytes`` or shares its gzip member with another. FastWARC ends silently at a cut, gives
    a position of no use inside such a member, and its iterator is dead after an error.
    """
    stream.seek(start)
    packed = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    stream.seek(start)
    members = GzipReader(stream) if packed else None
    records = ArchiveIterator(members or stream, parse_http=False, auto_decode="none", stream_detect=False)
    held: Frame | None = None
    try:
        for record in records:
            offset = record.stream_pos
            if members and members.frame_start_position() != offset:
                return
            if held:
                if not held.offset < offset <= held.end:
                    return
                yield Frame(held.offset, offset, offset - held.offset, held.head, held.block, None)
            held = _whole(record, offset, max_block_bytes, sys.maxsize if members else 0)
            if held is None:
                return
    except OSError:
        # A stream that fails will fail again on the careful way, which lets its error through.
        return


def _whole(record: WarcRecord, offset: int, max_block_bytes: int, latest_end: int) -> Frame | None:
    """The record with the last byte at which the next may begin as its end; None where it is not whole."""
    items = record.headers.items_bytes()
    # FastWARC reads over bare line feeds, and takes the lines behind them for one field.
    if not _NAMES.fullmatch(b"".join(name or b"\n" for name, _ in items)) or _LINE_END.search(
        b"".join(value for _, value in items)
    ):
        return None
    fields: dict[str, str] = {}
    for name, value in items:
        fields.setdefault(decode_field(name).lower(), decode_field(value).strip())
    declared = fields.get("content-length", "")
    if not LENGTH.fullmatch(declared) or int(declared) > max_block_bytes or int(declared) != record.content_length:
        return None
    block = record.reader.read()
    if len(block) != record.content_length:
        return None
    # In plain bytes FastWARC passes over what stands between two records: as much as the line ends is all right.
    head_bytes = sum(len(name) + len(value) + len(": \r\n") for name, value in items)
    written = len("WARC/1.1\r\n\r\n") + head_bytes + len(block) + len("\r\n\r\n")
    return Frame(offset, latest_end or offset + written + SLACK_BYTES, 0, Head(fields, len(block), 0), block, None)
