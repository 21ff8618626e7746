"""The directory of a zip: which entries there are, and where. Zip64 included; strict, for it is all that tells."""

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from tasks.errors import BrokenShard
from tasks.sources._opening import read_at, size_of

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
STORED, DEFLATED = 0, 8
# Five million entries: more would not fit into a worker.
MAX_DIRECTORY_BYTES = 512 << 20
_TAIL_BYTES = 66 * 1024
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_UNIX = 3
_FILLED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """An entry as the directory tells it; ``offset`` is that of its header in the file, sizes are in bytes."""

    offset: int
    raw_name: bytes
    is_utf8: bool
    is_encrypted: bool
    is_link: bool
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int

    @property
    def name(self) -> str:
        """Its path, as UTF-8 wherever it is that, otherwise in the alphabet of the first PCs; surrogates for what is neither."""
        try:
            return self.raw_name.decode()
        except UnicodeDecodeError:
            return self.raw_name.decode("utf-8", "surrogateescape") if self.is_utf8 else self.raw_name.decode("cp437")


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """The entries' places in order (header offset, where in ``raw``), and the byte at which the directory starts."""

    raw: bytes
    places: list[tuple[int, int]]
    starts_at: int
    shift: int

    def entry(self, at: int) -> ZipEntry:
        """The entry that stands at this byte of ``raw``."""
        entry = _parse_entry(self.raw, at)[0]
        return replace(entry, offset=entry.offset + self.shift)

    def entries(self) -> Iterator[ZipEntry]:
        """All entries in the order in which they lie in the file."""
        return (self.entry(at) for _, at in self.places)


@dataclass(frozen=True, slots=True)
class _End:
    count: int
    size_bytes: int
    offset: int
    stands_at: int


def read_directory(stream: BinaryIO, url: str) -> ZipDirectory:
    """Read it with two reads from the end of the file; raises BrokenShard when it is cut, damaged or in several volumes."""
    try:
        return _read_directory(stream)
    except (ValueError, struct.error, IndexError) as error:
        raise BrokenShard(f"{url} has no whole zip directory: {error}") from error


def data_start(stream: BinaryIO, entry: ZipEntry) -> int:
    """Where the entry's bytes begin; raises ValueError where no header of its own stands before them."""
    head = read_at(stream, entry.offset, _LOCAL.size + len(entry.raw_name))
    if len(head) < _LOCAL.size + len(entry.raw_name) or not head.startswith(b"PK\x03\x04"):
        raise ValueError(f"no header stands at byte {entry.offset}")
    *_, name_bytes, extra_bytes = _LOCAL.unpack_from(head)
    if head[_LOCAL.size :] != entry.raw_name or name_bytes != len(entry.raw_name):
        raise ValueError(f"another name stands at byte {entry.offset}")
    return entry.offset + _LOCAL.size + int(name_bytes) + int(extra_bytes)


def names_in_head(head: bytes) -> list[str]:
    """Names of the entries whose headers lie one after the other at the start of a zip."""
    names, at = [], 0
    while head[at : at + 4] == b"PK\x03\x04" and len(head) >= at + _LOCAL.size:
        fields = _LOCAL.unpack_from(head, at)
        packed_bytes, name_bytes, extra_bytes = fields[8], fields[10], fields[11]
        name_at = at + _LOCAL.size
        names.append(head[name_at : name_at + name_bytes].decode("utf-8", "replace"))
        # Sizes that stand behind the entry (0) or in its extra field (all ones) end the walk.
        following = name_at + name_bytes + extra_bytes + packed_bytes
        at = following if packed_bytes not in {0, _FILLED} else head.find(b"PK\x03\x04", name_at)
        if at < 0:
            break
    return names


def _read_directory(stream: BinaryIO) -> ZipDirectory:
    size = size_of(stream)
    tail_at = max(0, size - _TAIL_BYTES)
    tail = read_at(stream, tail_at, _TAIL_BYTES)
    end = _find_end(stream, tail, tail_at)
    starts_at = end.stands_at - end.size_bytes
    if end.size_bytes > MAX_DIRECTORY_BYTES:
        raise ValueError(f"{end.size_bytes} bytes of it are more than fit into memory")
    if starts_at < end.offset or starts_at < 0:
        raise ValueError("it is larger than the room before its end")
    inside = starts_at - tail_at
    raw = tail[inside : inside + end.size_bytes] if inside >= 0 else read_at(stream, starts_at, end.size_bytes)
    shift = starts_at - end.offset
    places = []
    at = 0
    while at < len(raw):
        entry, following = _parse_entry(raw, at)
        places.append((entry.offset + shift, at))
        at = following
    # Without Zip64 some writers let the count run over.
    if len(places) & 0xFFFF != end.count & 0xFFFF or len(raw) < end.size_bytes:
        raise ValueError(f"it has {len(places)} entries where {end.count} are announced")
    return ZipDirectory(raw, sorted(places), starts_at, shift)


def _find_end(stream: BinaryIO, tail: bytes, tail_at: int) -> _End:
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            _, disk, _, _, count, size, offset, comment_bytes = _END.unpack_from(tail, at)
            if at + _END.size + comment_bytes <= len(tail):
                if disk not in {0, 0xFFFF}:
                    raise ValueError("it is one of several volumes")
                end = _End(count, size, offset, tail_at + at)
                return _find_end64(stream, tail[max(0, at - _LOCATOR64.size) : at], end) or end
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise ValueError("its end is missing")


def _find_end64(stream: BinaryIO, before: bytes, end: _End) -> _End | None:
    if not before.startswith(b"PK\x06\x07"):
        return None
    stands_at = _LOCATOR64.unpack(before)[2]
    # Bytes that were put before the zip move the record away from the place that is written down.
    for at in (stands_at, end.stands_at - _LOCATOR64.size - _END64.size):
        record = read_at(stream, at, _END64.size) if 0 <= at < end.stands_at else b""
        if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
            *_, count, size, offset = _END64.unpack(record)
            return _End(count, size, offset, at)
    raise ValueError("its Zip64 end is missing")


def _parse_entry(raw: bytes, at: int) -> tuple[ZipEntry, int]:
    """The entry at this byte, its offset as written, and where the next begins; raises ValueError or struct.error."""
    fields = _ENTRY.unpack_from(raw, at)
    if fields[0] != b"PK\x01\x02":
        raise ValueError(f"no entry stands at its byte {at}")
    system, flags, method, crc = fields[2], fields[5], fields[6], fields[9]
    name_bytes, extra_bytes, comment_bytes = fields[12:15]
    name_at = at + _ENTRY.size
    extra_at = name_at + name_bytes
    following = extra_at + extra_bytes + comment_bytes
    if following > len(raw):
        raise ValueError("its last entry is cut")
    size, packed, offset = _zip64_sizes(raw[extra_at : extra_at + extra_bytes], (fields[11], fields[10], fields[18]))
    is_link = system == _UNIX and stat.S_ISLNK(fields[17] >> 16)
    name = raw[name_at:extra_at]
    return ZipEntry(offset, name, bool(flags & 0x800), bool(flags & 1), is_link, method, crc, packed, size), following


def _zip64_sizes(extra: bytes, sizes: tuple[int, int, int]) -> tuple[int, ...]:
    """Size, packed size and offset, those that are all ones out of the Zip64 field."""
    wanted = sizes.count(_FILLED)
    at = 0
    while wanted and at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{wanted}Q", extra[: at + 4 + length], at + 4))
            return tuple(next(values) if size == _FILLED else size for size in sizes)
        at += 4 + length
    return sizes
