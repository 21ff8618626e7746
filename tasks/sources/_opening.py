"""Opening a shard's file: as a stream that fetches what it is asked for, and as the window of one that a member takes."""

import io
import os
from typing import BinaryIO

from tasks.shards import Shard
from tasks.storage import open_object
from tasks.storage.streams import Seekable

FIRST_BLOCK_BYTES = 256 * 1024
BLOCK_BYTES = 16 * 1024 * 1024


def open_exactly(shard: Shard) -> BinaryIO:
    """The shard's file as a stream for a few far-off places: a directory, the columns that are wanted."""
    source, key = open_object(shard.url, shard.option("access"))
    return source.open_exact(key)


def open_ahead(shard: Shard) -> BinaryIO:
    """The shard's file as a stream that is read from one end to the other."""
    source, key = open_object(shard.url, shard.option("access"))
    return source.open(key)


def size_of(stream: BinaryIO) -> int:
    """Bytes in the file; the stream stands at its end afterwards."""
    return stream.seek(0, os.SEEK_END)


def read_at(stream: BinaryIO, offset: int, count: int) -> bytes:
    """``count`` bytes from there, in one read; fewer at the end of the file."""
    # A made-up offset may be more than a file system can seek to.
    if offset >= size_of(stream):
        return b""
    stream.seek(offset)
    return stream.read(count)


class Window(Seekable):
    """A stretch of a file as a stream of its own, read by blocks of which none goes beyond its end.

    The first block is kept: whoever reads an archive looks at its head several times.
    """

    def __init__(self, stream: BinaryIO, first: int, end: int) -> None:
        super().__init__(end - first)
        self._stream, self._first = stream, first
        self._head, self._block, self._block_start = b"", b"", 0

    def readinto(self, target: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Fill ``target`` out of the block, fetching the next one when it is used up."""
        found = self._ahead(len(target))
        target[: len(found)] = found
        self._position += len(found)
        return len(found)

    def _ahead(self, count: int) -> bytes:
        if self._position >= self._size_bytes:
            return b""
        if self._position < len(self._head):
            return self._head[self._position : self._position + count]
        inside = self._position - self._block_start
        if not 0 <= inside < len(self._block):
            self._fetch()
            inside = 0
        return self._block[inside : inside + count]

    def _fetch(self) -> None:
        follows = self._position > 0 and self._position in {self._block_start + len(self._block), len(self._head)}
        length = min(BLOCK_BYTES if follows else FIRST_BLOCK_BYTES, self._size_bytes - self._position)
        self._block, self._block_start = read_at(self._stream, self._first + self._position, length), self._position
        if self._position == 0:
            self._head = self._block


def open_window(stream: BinaryIO, first: int, end: int) -> BinaryIO:
    """The bytes from ``first`` up to ``end`` as a stream of their own; fewer where the file ends before."""
    return io.BufferedReader(Window(stream, first, end), buffer_size=64 * 1024)
