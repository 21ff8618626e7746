"""The table of contents of a ZipNum index (``cluster.idx``): which blocks hold a range of keys, by binary search over it."""

import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tasks.common_crawl.surts import KeyRange
from tasks.errors import BrokenShard

CONTENTS = "cluster.idx"
PAGE_BYTES = 8 * 1024
PAGES_KEPT = 64
# File below the folder of the table, offset and length in bytes, and a running number that some leave off.
BLOCK = re.compile(rb"([A-Za-z0-9][A-Za-z0-9._-]{0,99})\t([0-9]{1,15})\t([0-9]{1,9})(\t[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A gzip member of some thousand lines: its file, offset and length in bytes.

    ``place``: the offset of its line in the table of contents; ``surt``: the key of its first line.
    """

    file: str
    offset: int
    length: int
    place: int
    surt: bytes


@dataclass(frozen=True, slots=True)
class _Line:
    place: int
    end: int
    text: bytes

    @property
    def key(self) -> bytes:
        """SURT and time of the first line of a block."""
        return self.text.partition(b"\t")[0]


class Cluster:
    """A table of contents; pages are fetched as the search needs them, and what it learned serves the next one."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """``stream`` fetches what is read alone; ``name`` is for messages."""
        self._stream, self._name = stream, name
        self._size_bytes = stream.seek(0, os.SEEK_END)
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        # Kept for all pages that were ever probed: the first probes of every search are the same ones.
        self._firsts: dict[int, tuple[int, bytes] | None] = {}

    def blocks(self, keys: KeyRange) -> Iterator[Block]:
        """The blocks that may hold such keys, in order: one that begins before the range may reach into it."""
        before: _Line | None = None
        last = b""
        for line in self._lines(self._place_before(keys.start)):
            if line.key < last:
                raise self._broken(line, "is not in its order")
            last = line.key
            if line.key >= keys.end:
                break
            if line.key < keys.start:
                before = line
                continue
            if before:
                yield self._block(before)
                before = None
            yield self._block(line)
        if before:
            yield self._block(before)

    def _place_before(self, key: bytes) -> int:
        """Where the last known line that begins before ``key`` lies; the beginning where there is none."""
        low, high = 0, -(-self._size_bytes // PAGE_BYTES)
        while high - low > 1:
            middle = (low + high) // 2
            first = self._first(middle)
            low, high = (middle, high) if first and first[1] < key else (low, middle)
        first = self._first(low) if low else None
        return first[0] if first else 0

    def _first(self, page: int) -> tuple[int, bytes] | None:
        """Place and key of the first line that begins behind the first line end of a page."""
        if page not in self._firsts:
            start = self._find_end(page * PAGE_BYTES)
            line = next(self._lines(start), None)
            self._firsts[page] = (line.place, line.key) if line else None
        return self._firsts[page]

    def _lines(self, place: int) -> Iterator[_Line]:
        while place < self._size_bytes:
            end = self._find_end(place)
            text = self._bytes(place, end).rstrip(b"\r\n")
            if text:
                yield _Line(place, end, text)
            place = end

    def _find_end(self, place: int) -> int:
        """Behind the next line end."""
        while place < self._size_bytes:
            page = place // PAGE_BYTES
            found = self._page(page).find(b"\n", place - page * PAGE_BYTES)
            if found >= 0:
                return page * PAGE_BYTES + found + 1
            place = (page + 1) * PAGE_BYTES
        return self._size_bytes

    def _bytes(self, start: int, end: int) -> bytes:
        first = start // PAGE_BYTES
        found = b"".join(self._page(page) for page in range(first, -(-end // PAGE_BYTES)))
        return found[start - first * PAGE_BYTES : end - first * PAGE_BYTES]

    def _page(self, page: int) -> bytes:
        found = self._pages.pop(page, b"")
        if not found:
            self._stream.seek(page * PAGE_BYTES)
            found = self._stream.read(min(PAGE_BYTES, self._size_bytes - page * PAGE_BYTES))
        self._pages[page] = found
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return found

    def _block(self, line: _Line) -> Block:
        key, _, rest = line.text.partition(b"\t")
        found = BLOCK.fullmatch(rest)
        if not found:
            raise self._broken(line, "names no block")
        return Block(found[1].decode(), int(found[2]), int(found[3]), line.place, key.partition(b" ")[0])

    def _broken(self, line: _Line, why: str) -> BrokenShard:
        return BrokenShard(f"{self._name} is damaged at byte {line.place}: {line.text[:80]!r} {why}")
