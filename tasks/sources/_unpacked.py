"""Files that may be packed as a whole, by gzip, bzip2, xz or Zstandard: their bytes, wherever they have to come from."""

import os
from io import BytesIO
from typing import BinaryIO

from tasks.archive.frames import Frames, bzip2_frame, gzip_frame, xz_frame, zstd_frame
from tasks.archive.repacked import Repacked

_FRAMES = {b"\x1f\x8b\x08": gzip_frame, b"BZh": bzip2_frame, b"\xfd7zXZ\x00": xz_frame, b"\x28\xb5\x2f\xfd": zstd_frame}


class Whole:
    """A file that is not packed, asked in the same way as one that is."""

    trouble: str | None = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        stream.seek(0)

    def read(self, count: int, /) -> bytes:
        """At most ``count`` bytes; none at the end."""
        return self._stream.read(count)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a byte, or to the end (``whence`` 2), and not beyond it; returns where that is."""
        return self._stream.seek(self._size if whence == os.SEEK_END else min(offset, self._size))


Unpacked = Whole | Repacked


def unpacked(stream: BinaryIO) -> Unpacked:
    """The bytes of a file, unpacked where it is packed; ``trouble`` says why they end early."""
    stream.seek(0)
    head = stream.read(8)
    make = next((make for magic, make in _FRAMES.items() if head.startswith(magic)), None)
    return Repacked(stream, lambda packed: Frames(packed, make)) if make else Whole(stream)


def unpacked_head(head: bytes, count: int) -> bytes:
    """The first ``count`` bytes of a file, unpacked, by its packed head; fewer where that is too short for them."""
    return read_up_to(unpacked(BytesIO(head)), count)


def read_up_to(stream: Unpacked, count: int) -> bytes:
    """``count`` bytes; fewer at the end alone."""
    pieces, missing = [], count
    while missing > 0 and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
