"""The bytes of an archive file as its records were written: gzip members unpacked, plain stretches as they are."""

import zlib
from collections.abc import Callable
from typing import Protocol

BLOCK_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_WINDOW = 31
_SALVAGE_STEP = 16
_PROBE_BYTES = 1024

Begins = Callable[[bytes], bool]


class SeekableBytes(Protocol):
    """What is asked of a binary file."""

    def read(self, count: int, /) -> bytes:
        """At most ``count`` bytes; none at the end."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a byte, or (``whence`` 2) to the end; returns where that is."""


class Source:
    """A seekable stream read in blocks, with an exact position in bytes."""

    def __init__(self, stream: SeekableBytes, start: int) -> None:
        self._stream = stream
        self._block = b""
        self._at = 0
        self._block_start = start
        stream.seek(start)

    @property
    def position(self) -> int:
        """Where the next byte lies in the file."""
        return self._block_start + self._at

    def view(self) -> memoryview:
        """Bytes from here on, at least one unless the file ends here."""
        if self._at == len(self._block):
            self._block_start += self._at
            self._at = 0
            self._block = self._stream.read(BLOCK_BYTES)
        return memoryview(self._block)[self._at :]

    def ahead(self, count: int) -> bytes:
        """Return the next ``count`` bytes without moving; fewer at the end of the file."""
        while len(self._block) - self._at < count:
            more = self._stream.read(max(BLOCK_BYTES, count))
            if not more:
                break
            self._block_start += self._at
            self._block = self._block[self._at :] + more
            self._at = 0
        return self._block[self._at : self._at + count]

    def advance(self, count: int) -> None:
        """Move ``count`` bytes forward within what ``view`` showed."""
        self._at += count

    def seek(self, position: int) -> None:
        """Go to a byte of the file."""
        inside = position - self._block_start
        if 0 <= inside <= len(self._block):
            self._at = inside
            return
        self._stream.seek(position)
        self._block, self._at, self._block_start = b"", 0, position

    def size(self) -> int:
        """Bytes in the whole file."""
        end = self._stream.seek(0, 2)
        self._stream.seek(self._block_start + len(self._block))
        return end


class Plain:
    """A stretch of the file that is not packed: up to the end, or to where the reader finds a gzip member."""

    trouble: str | None = None

    def __init__(self, source: Source, *, literal: bool = False) -> None:
        self.start = source.position
        self.literal = literal
        self._source = source

    def read(self, count: int) -> bytes:
        """At most ``count`` bytes; none at the end of the file."""
        piece = bytes(self._source.view()[:count])
        self._source.advance(len(piece))
        return piece

    def is_broken(self) -> bool:
        """Whether it ended before its end: plain bytes cannot."""
        return False


class Member:
    """One gzip member, unpacked in steps; ``trouble`` says what broke it.

    ``given``: it held anything at all. ``cut``: the file ended before it.
    """

    literal = False

    def __init__(self, source: Source) -> None:
        self.start = source.position
        self.trouble: str | None = None
        self.given = False
        self.cut = False
        self._source = source
        self._inflater = zlib.decompressobj(_GZIP_WINDOW)
        self._fed = False

    def read(self, count: int) -> bytes:
        """At most ``count`` unpacked bytes; none at the end of the member, whole, cut or broken."""
        while not self.is_broken() and not self._inflater.eof:
            packed = self._source.view()
            piece = self._step(packed, count)
            self.given = self.given or bool(piece)
            if piece:
                return piece
            if not packed:
                self.cut = True
                break
        return b""

    def is_broken(self) -> bool:
        """Whether it ended before its end."""
        return self.cut or self.trouble is not None

    def _step(self, packed: memoryview, count: int) -> bytes:
        # zlib loses what a failing call had unpacked: keep the state before it.
        before = self._inflater.copy() if self._fed else zlib.decompressobj(_GZIP_WINDOW)
        try:
            piece = self._inflater.decompress(packed, count)
        except zlib.error as error:
            self.trouble = str(error)
            return _salvage(before, self._source)
        self._fed = True
        # At the end of a member zlib may show the same rest in both places.
        rest = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        self._source.advance(len(packed) - len(rest))
        return piece


def _salvage(inflater: "zlib._Decompress", source: Source) -> bytes:
    pieces, used = unpack_until_broken(inflater, source.view())
    source.advance(used)
    return b"".join(pieces)


def unpack_until_broken(inflater: "zlib._Decompress", packed: memoryview, step: int = _SALVAGE_STEP) -> tuple[list[bytes], int]:
    """What can be unpacked before the damage, up to a step of ``step`` packed bytes, and how many packed bytes that took."""
    pieces: list[bytes] = []
    for at in range(0, len(packed), step):
        try:
            pieces.append(inflater.decompress(packed[at : at + step]))
        except zlib.error:
            return pieces, at
    return pieces, len(packed)


def packed_start(window: bytes, begins: Begins, at: int = 0) -> int:
    """Return the first place at or after ``at`` where a gzip member starts whose bytes begin as ``begins`` wants; -1: none."""
    found = window.find(GZIP_MAGIC, at)
    while found >= 0:
        if begins(_first_bytes(window[found : found + _PROBE_BYTES])):
            return found
        found = window.find(GZIP_MAGIC, found + 1)
    return -1


def _first_bytes(packed: bytes) -> bytes:
    try:
        first = zlib.decompressobj(_GZIP_WINDOW).decompress(packed, _PROBE_BYTES)
    except zlib.error:
        pieces, _ = unpack_until_broken(zlib.decompressobj(_GZIP_WINDOW), memoryview(packed))
        first = b"".join(pieces)
    return first.lstrip(b"\r\n")


def open_section(source: Source) -> Plain | Member:
    """The stretch that starts here: a gzip member where its magic stands, plain bytes otherwise."""
    return Member(source) if source.ahead(len(GZIP_MAGIC)) == GZIP_MAGIC else Plain(source)


def leave_broken(member: Member, source: Source, begins: Begins) -> Plain | Member:
    """The stretch after a member that ended before its end.

    Where it gave nothing, its bytes are plain ones after all. A member that was cut may have swallowed the start of the
    next one, so that is looked for from the broken one's start; where none is found, what follows the break is plain.
    """
    if not member.given:
        source.seek(member.start)
        return Plain(source, literal=True)
    broken_at = max(source.position, member.start + 1)
    source.seek(member.start + 1)
    while source.position < broken_at:
        window = source.ahead(BLOCK_BYTES + _PROBE_BYTES)
        found = packed_start(window, begins)
        if 0 <= found < BLOCK_BYTES:
            source.seek(source.position + found)
            return Member(source)
        source.seek(min(broken_at, source.position + BLOCK_BYTES))
    return Plain(source)
