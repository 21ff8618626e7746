"""The entries of a zip in the order in which they lie in the file, each judged on its own."""

import zlib
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import BinaryIO

from tasks.archive.frames import Damaged, Frames, bzip2_frame, deflate_frame, xz_frame, zstd_frame
from tasks.archive.reading import Reading, ReadLimits
from tasks.records import Capture, Rejection
from tasks.shards import Shard
from tasks.sources._entries import SNIFF_BYTES, Entry, content_type, name_fault
from tasks.sources._opening import size_of
from tasks.sources._zip_directory import STORED, ZipDirectory, ZipEntry, data_start

_FRAMES = {8: deflate_frame, 12: bzip2_frame, 93: zstd_frame, 95: xz_frame}


def read_zip(stream: BinaryIO, directory: ZipDirectory, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:
    """A reading for each place at which entries begin, from ``start`` on; raises what the stream raises."""
    size = size_of(stream)
    wanted = (place for place in directory.places if place[0] >= start)
    places = ((offset, [at for _, at in several]) for offset, several in groupby(wanted, itemgetter(0)))
    last = max(directory.starts_at, directory.places[-1][0] + 1) if directory.places else 0
    for (offset, several), (end, _) in pairwise(chain(places, [(last, [])])):
        found = directory.entry(several[0])
        if len(several) > 1:
            entry = _entry_of(shard, found, None)
            yield Reading("entry", entry.damaged(f"{len(several)} entries of the directory lie at byte {offset}"), end)
        else:
            yield Reading("entry", _found(stream, shard, found, limits, min(end, size)), end)


def _entry_of(shard: Shard, entry: ZipEntry, end: int | None) -> Entry:
    return Entry(shard, entry.name, entry.offset, end - entry.offset if end else None)


def _found(stream: BinaryIO, shard: Shard, zipped: ZipEntry, limits: ReadLimits, room_end: int) -> Capture | Rejection | None:
    """``room_end``: the byte at which the next entry begins."""
    if zipped.name.endswith("/") or zipped.is_link:
        return None
    fault = _fault(zipped)
    if fault:
        return _entry_of(shard, zipped, None).damaged(fault)
    try:
        first = data_start(stream, zipped)
    except ValueError as error:
        return _entry_of(shard, zipped, None).damaged(str(error))
    end = first + zipped.packed_bytes
    if end > room_end:
        return _entry_of(shard, zipped, None).damaged(f"its {zipped.packed_bytes} bytes reach into what follows")
    stream.seek(first)
    try:
        return _judged(_Content(stream, zipped), zipped, _entry_of(shard, zipped, end), limits)
    except Damaged as error:
        return _entry_of(shard, zipped, end).damaged(str(error))


def _fault(zipped: ZipEntry) -> str | None:
    if zipped.is_encrypted:
        return "it is encrypted"
    if zipped.method != STORED and zipped.method not in _FRAMES:
        return f"it is packed by method {zipped.method}, which is not known"
    return name_fault(zipped.name)


def _judged(content: "_Content", zipped: ZipEntry, entry: Entry, limits: ReadLimits) -> Capture | Rejection:
    head = content.read(SNIFF_BYTES)
    kind = content_type(zipped.name, head)
    if kind is None:
        return entry.not_html()
    if zipped.size_bytes > limits.max_record_bytes:
        return entry.too_big(zipped.size_bytes)
    # One byte more than announced tells a lie without unpacking all of it.
    payload = head + content.read(zipped.size_bytes + 1 - len(head))
    if len(payload) != zipped.size_bytes:
        more = "more" if len(payload) > zipped.size_bytes else "fewer"
        return entry.damaged(f"it unpacks to {more} than the {zipped.size_bytes} bytes that are announced")
    if zlib.crc32(payload) != zipped.crc:
        return entry.damaged("its checksum is wrong")
    return entry.capture(payload, kind)


class _Content:
    """The unpacked bytes of the entry before which the stream stands; raises Damaged."""

    def __init__(self, stream: BinaryIO, zipped: ZipEntry) -> None:
        self._stream, self._left = stream, zipped.packed_bytes
        make = _FRAMES.get(zipped.method)
        self._frames = Frames(_Packed(self), make) if make else None

    def read(self, count: int) -> bytes:
        """``count`` bytes; fewer at the end."""
        if count <= 0:
            return b""
        if self._frames is None:
            return self.read_packed(count)
        return self._frames.read(count)

    def read_packed(self, count: int) -> bytes:
        """At most ``count`` packed bytes of this entry."""
        piece = self._stream.read(min(count, self._left))
        self._left -= len(piece)
        return piece


class _Packed:
    def __init__(self, content: _Content) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read_packed(size)
