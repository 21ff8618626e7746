"""WARC files packed by Zstandard with a dictionary, which stands before the records in a frame that is to be skipped (IIPC)."""

from io import BytesIO

import zstandard

from tasks.archive.frames import Damaged, Frames, Readable, zstd_frame

DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
# What is made in practice is a tenth of it.
MAX_DICTIONARY_BYTES = 64 << 20
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_PLAIN_DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"
_HEAD_BYTES = 8


class DictionaryReader:
    """The unpacked bytes behind a dictionary; raises Damaged, and what the stream raises."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._frames: Frames | None = None

    def read(self, count: int, /) -> bytes:
        """``count`` bytes; fewer at the end, or before damage."""
        if self._frames is None:
            dictionary = _read_dictionary(self._stream)
            self._frames = Frames(self._stream, lambda: zstd_frame(dictionary))
        return self._frames.read(count)


def dictionary_bytes(head: bytes) -> int:
    """Bytes that the dictionary and its frame take at the start of a file; 0 where there is none."""
    starts_as_one = head[_HEAD_BYTES : _HEAD_BYTES + 4] in {_ZSTD_MAGIC, _PLAIN_DICTIONARY_MAGIC}
    return _frame_bytes(head) if head.startswith(DICTIONARY_MAGIC) and starts_as_one else 0


def _frame_bytes(head: bytes) -> int:
    return _HEAD_BYTES + int.from_bytes(head[4:_HEAD_BYTES], "little")


def _read_dictionary(stream: Readable) -> zstandard.ZstdCompressionDict:
    size = _frame_bytes(_read_exactly(stream, _HEAD_BYTES)) - _HEAD_BYTES
    if size > MAX_DICTIONARY_BYTES:
        raise Damaged(f"a dictionary of {size} bytes")
    raw = _read_exactly(stream, size)
    if raw.startswith(_ZSTD_MAGIC):
        raw = Frames(BytesIO(raw), zstd_frame).read(MAX_DICTIONARY_BYTES + 1)
    if not raw or len(raw) > MAX_DICTIONARY_BYTES:
        raise Damaged(f"a dictionary of {len(raw)} bytes")
    return zstandard.ZstdCompressionDict(raw)


def _read_exactly(stream: Readable, count: int) -> bytes:
    pieces, missing = [], count
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    if missing:
        raise Damaged("the dictionary is cut")
    return b"".join(pieces)
