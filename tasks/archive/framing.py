"""Where records start and end: every byte of an archive belongs to a record or to a stretch that was skipped."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.archive.heads import MAX_HEAD_BYTES, Dialect, Head
from tasks.archive.tape import Tape
from tasks.archive.unpacking import GZIP_MAGIC, packed_start

_FIRST_PEEK_BYTES = 4096
_SCAN_BYTES = 4 * MAX_HEAD_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """A record, or a skipped stretch (``head`` is None), from ``offset`` to ``end``, addresses of the tape.

    ``block`` is None where it was not kept: it is larger than the limit, or ``damage`` says what is wrong with it.
    """

    offset: int
    end: int
    length: int
    head: Head | None
    block: bytes | None
    damage: str | None


@dataclass(frozen=True, slots=True)
class _Mark:
    offset: int
    taken: int
    head: Head | None = None


class Framer:
    """Cuts a tape into frames, in order and without a byte between them but line ends."""

    def __init__(self, tape: Tape, dialect: Dialect, max_block_bytes: int) -> None:
        self._tape = tape
        self._dialect = dialect
        self._max_block_bytes = max_block_bytes

    def frames(self) -> Iterator[Frame]:
        """Yield each record and each skipped stretch; raises nothing but the stream's own OSError."""
        while self._tape.settle():
            head = self._head()
            mark = _Mark(self._tape.address(), self._tape.taken, head)
            yield self._record(mark, head) if head else self._gap(mark)

    def _head(self) -> Head | None:
        for count in (_FIRST_PEEK_BYTES, MAX_HEAD_BYTES):
            window = self._tape.peek(count)
            head = self._dialect.parse(window)
            if head or len(window) < count or not self._dialect.begins(window):
                return head
        return None

    def _gap(self, mark: _Mark) -> Frame:
        self._tape.skip(1)
        self._to_next_record()
        return self._close(mark, None, "no whole record head stands here")

    def _record(self, mark: _Mark, head: Head) -> Frame:
        self._tape.skip(head.size)
        if head.block_bytes is None:
            return self._damaged(mark, "its Content-Length is missing or no number")
        if head.block_bytes > self._max_block_bytes:
            return self._oversized(mark, head.block_bytes)
        block = self._tape.take(head.block_bytes)
        if len(block) < head.block_bytes:
            self._tape.put_back(block)
            self._scan(len(block), packed=False)
            return self._damaged(mark, f"{head.block_bytes - len(block)} of {head.block_bytes} bytes are missing")
        return self._checked(mark, block)

    def _oversized(self, mark: _Mark, block_bytes: int) -> Frame:
        before = self._tape.taken
        if self._scan(block_bytes, packed=False):
            return self._damaged(mark, f"another record starts within its {block_bytes} bytes")
        missing = block_bytes - (self._tape.taken - before)
        if missing:
            return self._damaged(mark, f"{missing} of {block_bytes} bytes are missing")
        return self._checked(mark, None)

    def _checked(self, mark: _Mark, block: bytes | None) -> Frame:
        """Close a record whose block is there; where no record follows it, its length may lie."""
        newlines = self._tape.skip_newlines()
        if self._tape.section_ended():
            return self._damaged(mark, self._tape.trouble) if self._tape.trouble else self._close(mark, block, None)
        if self._at_record():
            return self._close(mark, block, None)
        if block is not None:
            self._tape.put_back(block + newlines)
            if self._scan(len(block), packed=False):
                return self._damaged(mark, f"another record starts within its {len(block)} bytes")
            self._tape.skip_newlines()
        if self._tape.in_member and not self._tape.counts_unpacked:
            # Only the member's start has an address, so the record and what follows it are one frame.
            return self._damaged(mark, "bytes that are no record follow it in its gzip member")
        return self._close(mark, block, None)

    def _damaged(self, mark: _Mark, why: str) -> Frame:
        trouble = self._tape.trouble
        self._to_next_record()
        return self._close(mark, None, f"{why}; {trouble}" if trouble and trouble != why else why)

    def _close(self, mark: _Mark, block: bytes | None, damage: str | None) -> Frame:
        self._tape.settle()
        end = self._tape.address()
        length = self._tape.taken - mark.taken if self._tape.counts_unpacked else end - mark.offset
        return Frame(mark.offset, end, length, mark.head, block, damage)

    def _at_record(self) -> bool:
        window = self._tape.peek(_FIRST_PEEK_BYTES)
        return self._dialect.begins(window) or (not self._tape.in_member and window.startswith(GZIP_MAGIC))

    def _to_next_record(self) -> None:
        """Move to the next record's start, or to the end of the file."""
        while self._tape.settle() and not self._head():
            if self._scan(None, packed=not self._tape.in_member):
                return

    def _scan(self, limit: int | None, *, packed: bool) -> bool:
        """Move at most ``limit`` bytes of this section to the next whole head (or gzip member, if ``packed``); was there one?"""
        left = limit
        while not self._tape.section_ended() and left != 0:
            wanted = _SCAN_BYTES if left is None else min(_SCAN_BYTES, left + MAX_HEAD_BYTES)
            window = self._tape.peek(wanted)
            # A head that starts near the window's end may not be whole in it: the next window has it at its start.
            reach = len(window) if len(window) < wanted else wanted - MAX_HEAD_BYTES
            reach = reach if left is None else min(reach, left)
            found = self._find(window, packed=packed)
            if 0 <= found < reach:
                self._tape.skip(found)
                return True
            self._tape.skip(reach)
            left = None if left is None else left - reach
        return False

    def _find(self, window: bytes, *, packed: bool) -> int:
        places = [self._dialect.find(window)]
        if packed:
            places.append(packed_start(window, self._dialect.begins))
        return min((place for place in places if place >= 0), default=-1)
