"""Packed bytes, frame behind frame, unpacked in bounded steps: gzip, bzip2, xz, Zstandard, bare deflate."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

import zstandard

from tasks.archive.unpacking import BLOCK_BYTES, unpack_until_broken

# What xz unpacked in a step that runs into damage is lost, so steps are small; they do not depend on who reads how much.
_XZ_STEP_BYTES = 1 << 13
# A file that needs more (xz -9 needs 65 MB) was made to exhaust memory.
MAX_XZ_BYTES = 256 << 20
# A Zstandard block takes 4 bytes at least and gives 128 KiB at most: one step gives 32 MiB at most.
_ZSTD_STEP_BYTES = 1024


class Damaged(OSError):
    """The packed bytes are damaged, or end early."""


class Readable(Protocol):
    """What is asked of packed bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


class _Frame(Protocol):
    @property
    def eof(self) -> bool:
        """Whether its end was reached."""

    def unpack(self, packed: memoryview, /) -> tuple[bytes, int]:
        """Some unpacked bytes, and how many packed ones are used up."""


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._inflater = zlib.decompressobj(window_bits)
        self._fed = False
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    def unpack(self, packed: memoryview, /) -> tuple[bytes, int]:
        if self._error:
            raise self._error
        # zlib loses what a failing call had unpacked: keep the state before it.
        before = self._inflater.copy() if self._fed else zlib.decompressobj(self._window_bits)
        try:
            piece = self._inflater.decompress(packed, BLOCK_BYTES)
        except zlib.error as error:
            self._error = error
            return b"".join(unpack_until_broken(before, packed, 1)[0]), 0
        self._fed = True
        # At the end zlib may show the same rest in both places.
        rest = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        return piece, len(packed) - len(rest)


class _Keeping:
    """bzip2 and xz: they keep what they are fed until all of it is unpacked, so it is fed once and used up at the end."""

    def __init__(self, unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._unpacker = unpacker

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    def unpack(self, packed: memoryview, /) -> tuple[bytes, int]:
        piece = self._unpacker.decompress(packed if self._unpacker.needs_input else b"", _XZ_STEP_BYTES)
        if self._unpacker.eof:
            return piece, len(packed) - len(self._unpacker.unused_data)
        return piece, len(packed) if self._unpacker.needs_input else 0


class _Zstd:
    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self._unpacker = zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj()

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    def unpack(self, packed: memoryview, /) -> tuple[bytes, int]:
        fed = packed[:_ZSTD_STEP_BYTES]
        piece = self._unpacker.decompress(fed)
        return piece, len(fed) - len(self._unpacker.unused_data)


def gzip_frame() -> _Frame:
    """A gzip member."""
    return _Zlib(31)


def deflate_frame() -> _Frame:
    """Bare deflate, as in a zip."""
    return _Zlib(-15)


def bzip2_frame() -> _Frame:
    """A bzip2 stream."""
    return _Keeping(bz2.BZ2Decompressor())


def xz_frame() -> _Frame:
    """An xz stream."""
    return _Keeping(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_XZ_BYTES))


def zstd_frame(dictionary: zstandard.ZstdCompressionDict | None = None) -> _Frame:
    """A Zstandard frame, or one that is to be skipped."""
    return _Zstd(dictionary)


class Frames:
    """Unpacks all the frames of a stream; raises Damaged, and what the stream raises."""

    def __init__(self, stream: Readable, make_frame: Callable[[], _Frame]) -> None:
        self._stream, self._make_frame = stream, make_frame
        self._packed = memoryview(b"")
        self._ready = memoryview(b"")
        self._frame: _Frame | None = make_frame()
        self._damage: Damaged | None = None

    def read(self, count: int, /) -> bytes:
        """``count`` bytes; fewer at the end alone, or before damage, which the next call raises."""
        pieces, missing = list[memoryview](), count
        while missing > 0 and self._make_ready():
            pieces.append(self._ready[:missing])
            self._ready = self._ready[missing:]
            missing -= len(pieces[-1])
        if self._damage and not pieces:
            raise self._damage
        return b"".join(pieces)

    def _make_ready(self) -> bool:
        """See that there are unpacked bytes; False at the end or at damage."""
        if not self._ready and not self._damage:
            try:
                self._ready = memoryview(self._step())
            except Damaged as damage:
                self._damage = damage
        return bool(self._ready)

    def _step(self) -> bytes:
        """Some unpacked bytes; none at the end."""
        while True:
            at_end = self._fill()
            if self._frame is None:
                if at_end:
                    return b""
                self._frame = self._make_frame()
            piece, used = self._unpack(self._frame)
            self._packed = self._packed[used:]
            if self._frame.eof:
                self._frame = None
            elif at_end and not piece:
                raise Damaged("the packed bytes end early")
            if piece:
                return piece

    def _unpack(self, frame: _Frame) -> tuple[bytes, int]:
        try:
            return frame.unpack(self._packed)
        except (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError) as error:
            raise Damaged(f"the packed bytes are damaged: {error}") from error

    def _fill(self) -> bool:
        """See that there are packed bytes; True where the stream has no more."""
        while True:
            # Tapes, and files made in blocks, are filled up with zeros.
            if self._frame is None and self._packed and self._packed[0] == 0:
                self._packed = memoryview(bytes(self._packed).lstrip(b"\0"))
            if self._packed:
                return False
            self._packed = memoryview(self._stream.read(BLOCK_BYTES))
            if not self._packed:
                return True
