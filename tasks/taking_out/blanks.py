"""Records of an archive blanked where they lie: the file keeps its length, and all other records their bytes and their places."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from tasks.archive.framing import Framer
from tasks.archive.heads import Head, Warc
from tasks.archive.tape import Tape
from tasks.archive.unpacking import GZIP_MAGIC
from tasks.errors import BrokenShard

# An extension field of WARC records (WARC/1.1, 4): this record stands where another was taken out.
BLANK = "Pressrun-Removed"
NOTE = b"removed: somebody asked for the record that stood here to be taken out\r\n"
MOST_BLOCK_BYTES = 1 << 30
CAPTURES = frozenset({"response", "resource", "revisit", "conversion"})
# RFC 1952: magic, deflate, no flags, no time, no hint of the level, unknown system; checksum and length stand at the end.
GZIP_HEAD, GZIP_TAIL_BYTES = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 8
# RFC 1951, 3.2.4: a stored block is a byte, its length, its length inverted, and the bytes as they are.
STORED_HEAD_BYTES, MOST_STORED_BYTES = 5, 65_535


def blanked(file: bytes, is_meant: Callable[[Head], bool]) -> tuple[bytes, int]:
    """The file with the records that are meant as blanks, and how many captures were among them; blanks are not meant again.

    Raises BrokenShard for a record whose place cannot be told (several in a gzip member), or that is too small for a blank.
    """
    warc, changed, captures = Warc(), bytearray(file), 0
    tape = Tape(BytesIO(file), warc.begins)
    for frame in Framer(tape, warc, MOST_BLOCK_BYTES).frames():
        head = frame.head
        if head is None or head.value(BLANK.lower()) is not None or not is_meant(head):
            continue
        if tape.counts_unpacked or frame.end > len(file):
            raise BrokenShard("several records share a gzip member: none of them can be blanked without moving the others")
        is_packed = file.startswith(GZIP_MAGIC, frame.offset)
        changed[frame.offset : frame.end] = _blank(head, frame.end - frame.offset, is_packed=is_packed)
        captures += (head.value("warc-type") or "").lower() in CAPTURES
    return bytes(changed), captures


def _blank(head: Head, length: int, *, is_packed: bool) -> bytes:
    if not is_packed:
        return _record(head, length)
    room = length - len(GZIP_HEAD) - GZIP_TAIL_BYTES
    blocks = max(1, -(-room // (MOST_STORED_BYTES + STORED_HEAD_BYTES)))
    return _stored(_record(head, room - blocks * STORED_HEAD_BYTES), blocks)


def _stored(record: bytes, blocks: int) -> bytes:
    """A gzip member of stored blocks: no packer is asked, so it is as long as was counted, with every library."""
    pieces = [GZIP_HEAD]
    for number in range(blocks):
        piece = record[number * MOST_STORED_BYTES : (number + 1) * MOST_STORED_BYTES]
        pieces += [struct.pack("<BHH", number == blocks - 1, len(piece), len(piece) ^ 0xFFFF), piece]
    return b"".join([*pieces, struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)])


def _record(head: Head, length: int) -> bytes:
    """A metadata record of exactly so many bytes: id, date and address are those of the record that stood there, where they fit."""
    every = (("WARC-Record-ID", "warc-record-id"), ("WARC-Date", "warc-date"), ("WARC-Target-URI", "warc-target-uri"))
    known = [f"{name}: {value}" for name, field in every if (value := head.value(field))]
    for fields in ([*known, "Content-Type: application/warc-fields"], known[:2], []):
        # Where one digit more of the length would be one byte too many, a longer word fills the gap.
        for word in ("true", "truly"):
            lines = ["WARC/1.1", "WARC-Type: metadata", *fields, f"{BLANK}: {word}", "Content-Length: "]
            first = "\r\n".join(lines).encode("utf-8", "replace")
            for digits in range(1, 11):
                room = length - len(first) - digits - len(b"\r\n\r\n") * 2
                if room >= 0 and len(str(room)) == digits:
                    return first + str(room).encode() + b"\r\n\r\n" + NOTE[:room].ljust(room) + b"\r\n\r\n"
    raise BrokenShard(f"a record of {length} bytes is too small for a blank")
