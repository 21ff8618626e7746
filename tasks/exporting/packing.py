"""Bytes of packed files."""

import io
from collections.abc import Iterable

import zstandard

LEVEL = 3


def zstd_bytes(pieces: Iterable[bytes]) -> bytes:
    """All pieces as one frame of zstd: several readers, `datasets` among them, stop after the first."""
    sink = io.BytesIO()
    with zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(sink, closefd=False) as packer:
        for piece in pieces:
            packer.write(piece)
    return sink.getvalue()
