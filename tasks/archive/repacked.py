"""Archives packed as a whole, by LZ4 or Zstandard: readable from their start only."""

from collections.abc import Callable
from typing import BinaryIO, Protocol

from fastwarc.stream_io import Lz4Reader, ZstdReader

from tasks.archive.dictionaries import DICTIONARY_MAGIC, DictionaryReader
from tasks.archive.unpacking import BLOCK_BYTES


class Unpacker(Protocol):
    """Gives unpacked bytes; raises OSError where they end early."""

    def read(self, count: int, /) -> bytes:
        """At most ``count`` bytes; none at the end."""


Unpack = Callable[["_Watched"], Unpacker]
_READERS: dict[bytes, Unpack] = {
    b"\x04\x22\x4d\x18": Lz4Reader,
    b"\x28\xb5\x2f\xfd": ZstdReader,
    DICTIONARY_MAGIC: DictionaryReader,
}


class _Watched:
    """Remembers whether the packed stream itself failed, for damage is reported as OSError too."""

    def __init__(self, stream: "BinaryIO | Repacked") -> None:
        self._stream = stream
        self.failed = False

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except OSError:
            self.failed = True
            raise

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        """Leave the stream open: it is the caller's."""


class Repacked:
    """The unpacked bytes of a stream, seekable; to go back is to start over.

    ``trouble`` says why they end early. An OSError of the packed stream itself is raised as it is.
    """

    def __init__(self, stream: "BinaryIO | Repacked", unpack: Unpack) -> None:
        self._stream = stream
        self._unpack = unpack
        self._watched, self._reader = self._open()
        self._at = 0
        self.trouble: str | None = None

    def read(self, count: int, /) -> bytes:
        """At most ``count`` unpacked bytes; none at the end."""
        if self.trouble is not None:
            return b""
        try:
            piece = self._reader.read(count)
        except OSError as error:
            if self._watched.failed:
                raise
            self.trouble = str(error)
            return b""
        self._at += len(piece)
        if not piece and isinstance(self._stream, Repacked):
            self.trouble = self._stream.trouble
        return piece

    def tell(self) -> int:
        """Offset of the next unpacked byte."""
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an unpacked byte, or to the end (``whence`` 2); returns where that is."""
        if whence == 0 and offset < self._at:
            self._watched, self._reader = self._open()
            self._at, self.trouble = 0, None
        while whence == 2 or self._at < offset:
            if not self.read(BLOCK_BYTES if whence == 2 else min(BLOCK_BYTES, offset - self._at)):
                break
        return self._at

    def _open(self) -> tuple[_Watched, Unpacker]:
        self._stream.seek(0)
        watched = _Watched(self._stream)
        return watched, self._unpack(watched)


def unpack_whole(stream: BinaryIO | Repacked) -> BinaryIO | Repacked:
    """The stream itself, or what it unpacks to where it is packed as a whole."""
    stream.seek(0)
    unpack = _READERS.get(stream.read(4))
    stream.seek(0)
    return Repacked(stream, unpack) if unpack else stream
