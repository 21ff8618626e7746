"""The entries of a tar, packed or not: read forward, up to the end or to the first damage."""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks.archive.reading import Reading, ReadLimits
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Rejection
from tasks.shards import Shard
from tasks.sources._entries import SNIFF_BYTES, Entry, content_type, name_fault
from tasks.sources._unpacked import Unpacked, read_up_to

BLOCK = tarfile.BLOCKSIZE
_MAX_EXTENDED_BYTES = 1 << 20
_FILES = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE}
_WITHOUT_DATA = {tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE}
_EXTENDED = {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
_PAX_RECORD = re.compile(rb"(\d{1,7}) ([^=]{1,200})=")


class _Lost(Exception):
    """From here on nothing can be read."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What extended headers tell of the file behind them. Global ones are passed over: they must not depend on the start."""

    any: bool = False
    name: bytes | None = None
    size: int | None = None
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class _Member:
    offset: int
    name: str
    kind: bytes
    size: int
    data_at: int
    sparse: bool

    @property
    def data_end(self) -> int:
        return self.data_at + (0 if self.kind in _WITHOUT_DATA else self.size)


def is_tar(block: bytes) -> bool:
    """Whether a header with a right checksum stands at the start."""
    try:
        tarfile.TarInfo.frombuf(block[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        return False
    return True


class TarReader:
    """Reads a tar of unpacked bytes; positions count them. Raises what the stream raises."""

    def __init__(self, stream: Unpacked, shard: Shard, limits: ReadLimits) -> None:
        self._stream, self._shard, self._limits = stream, shard, limits

    def readings(self, start: int) -> Iterator[Reading]:
        """One for each member from ``start`` on, and one for the rest where it is lost."""
        reached = self._stream.seek(start)
        # What follows a lost rest is a position behind the end: nothing stands there, not even its damage.
        if start > _rounded(reached):
            return
        at = start
        while True:
            try:
                member = self._member(at)
            except _Lost as lost:
                yield self._lost(at, str(lost))
                return
            if member is None:
                return
            reading = self._reading(member)
            yield reading
            if reading.record_type == "damaged":
                return
            at = reading.next_offset
            self._stream.seek(at)

    def _reading(self, member: _Member) -> Reading:
        found = self._found(member)
        end = member.data_end
        if self._stream.seek(end) == end:
            return Reading("entry", found, _rounded(end))
        why = f"its bytes are cut short, and what follows is lost: {self._stream.trouble or 'the tar ends early'}"
        return Reading("damaged", self._entry(member).damaged(why), self._behind_all())

    def _found(self, member: _Member) -> Capture | Rejection | None:
        entry = self._entry(member)
        if member.sparse:
            return entry.damaged("it is a sparse file, which is not read")
        if member.kind not in _FILES or member.name.endswith("/"):
            return None
        fault = name_fault(entry.name)
        if fault:
            return entry.damaged(fault)
        self._stream.seek(member.data_at)
        head = read_up_to(self._stream, min(SNIFF_BYTES, member.size))
        kind = content_type(entry.name, head)
        if kind is None:
            return entry.not_html()
        if member.size > self._limits.max_record_bytes:
            return entry.too_big(member.size)
        return entry.capture(head + read_up_to(self._stream, member.size - len(head)), kind)

    def _entry(self, member: _Member) -> Entry:
        name = member.name.removeprefix("./")
        return Entry(self._shard, name, member.offset, _rounded(member.data_end) - member.offset)

    def _lost(self, at: int, why: str) -> Reading:
        detail = f"the rest of the tar from byte {at} on is lost: {why}"
        coordinates = Coordinates(self._shard.url, at, None, None)
        rejection = Rejection(None, None, Stage.READ, Reason.DAMAGED_RECORD, detail[:300], coordinates)
        return Reading("damaged", rejection, max(at + 1, self._behind_all()))

    def _behind_all(self) -> int:
        return _rounded(self._stream.seek(0, 2)) + 1

    def _member(self, at: int) -> _Member | None:
        """The next member at or after this byte, its extended headers taken in; None at the end."""
        offset, told = at, _Told()
        while block := self._block(told):
            if not block.strip(b"\0"):
                if told.any:
                    raise _Lost("no file follows its extended header")
                # Behind the zeros that end a tar another one may follow (tar -i).
                at += len(block)
                offset = at
                continue
            info = self._header(block, at)
            at += BLOCK
            if info.type not in _EXTENDED:
                return self._assembled(info, told, offset, at + self._sparse_map_bytes(info, block))
            told = self._extended(info, told)
            at += _rounded(info.size)
        return None

    def _block(self, told: _Told) -> bytes:
        block = read_up_to(self._stream, BLOCK)
        if len(block) < BLOCK:
            if self._stream.trouble or told.any or block.strip(b"\0"):
                raise _Lost(self._stream.trouble or "it ends within a header")
            return b""
        return block

    def _header(self, block: bytes, at: int) -> tarfile.TarInfo:
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except (tarfile.HeaderError, ValueError, OverflowError) as error:
            raise _Lost(f"no header stands at byte {at}: {error}") from error
        if info.size < 0:
            raise _Lost(f"the header at byte {at} announces {info.size} bytes")
        return info

    def _extended(self, info: tarfile.TarInfo, told: _Told) -> _Told:
        if info.size > _MAX_EXTENDED_BYTES:
            raise _Lost(f"an extended header of {info.size} bytes")
        data = read_up_to(self._stream, _rounded(info.size))
        if len(data) < info.size:
            raise _Lost(self._stream.trouble or "it ends within a header")
        if info.type == tarfile.GNUTYPE_LONGNAME:
            return replace(told, any=True, name=data[: info.size].partition(b"\0")[0])
        if info.type in {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}:
            return _told_by_pax(data[: info.size], told)
        return replace(told, any=told.any or info.type != tarfile.XGLTYPE)

    def _sparse_map_bytes(self, info: tarfile.TarInfo, block: bytes) -> int:
        """Bytes of the further blocks that tell where the holes of a GNU sparse file are."""
        taken, more = 0, info.type == tarfile.GNUTYPE_SPARSE and block[482]
        while more:
            following = read_up_to(self._stream, BLOCK)
            if len(following) < BLOCK:
                raise _Lost(self._stream.trouble or "it ends within a header")
            taken, more = taken + BLOCK, following[504]
        return taken

    def _assembled(self, info: tarfile.TarInfo, told: _Told, offset: int, data_at: int) -> _Member:
        name = info.name if told.name is None else told.name.decode("utf-8", "surrogateescape")
        size = info.size if told.size is None else told.size
        sparse = told.sparse or info.type == tarfile.GNUTYPE_SPARSE
        return _Member(offset, name, info.type, size, data_at, sparse)


def _told_by_pax(data: bytes, told: _Told) -> _Told:
    told, at = replace(told, any=True), 0
    while at < len(data) and data[at]:
        record = _PAX_RECORD.match(data, at)
        end = at + int(record[1]) if record else 0
        if not record or not record.end() < end <= len(data) or data[end - 1 : end] != b"\n":
            raise _Lost("an extended header is damaged")
        key, value = record[2], data[record.end() : end - 1]
        if key == b"path":
            told = replace(told, name=value)
        elif key == b"size":
            if not re.fullmatch(rb"\d{1,18}", value):
                raise _Lost("an extended header announces a size that is no number")
            told = replace(told, size=int(value))
        elif key.startswith(b"GNU.sparse."):
            told = replace(told, sparse=True)
        at = end
    return told


def _rounded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
