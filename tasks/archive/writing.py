"""The WARC of a run, in memory: each exchange as the records that all readers expect, one gzip member a record."""

import uuid
import zlib
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from io import BytesIO
from types import MappingProxyType

from fastwarc.stream_io import GzipWriter

from tasks.archive.written_heads import Exchange, answer_head, field_lines, one_line, plain_address, plain_name, request_head

# Half the time of 9, FastWARC's own choice, and not a hundredth larger.
GZIP_LEVEL = 5
# A body that came packed gets no smaller: packing it again takes twenty times as long as storing it, for one part in a hundred.
PACKED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31  # zlib's way to ask for the gzip format with its largest window
# Records of a few hundred bytes are packed by zlib before FastWARC's packer, the faster one for pages, has set out.
SHORT_BYTES = 4_096
_NOTHING: Mapping[str, str] = MappingProxyType({})
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The response record that a revisit stands for: ``date`` is its WARC-Date, the others as in ``Written``."""

    url: str
    date: datetime
    record_id: str
    payload_digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record lies in the file (bytes), its WARC-Record-ID, and the digest of its payload (``sha1:...``)."""

    offset: int
    length: int
    record_id: str
    payload_digest: str


def new_urn() -> str:
    """A name for a record that no other has."""
    return f"urn:uuid:{uuid.uuid4()}"


def utc_now() -> datetime:
    """The time now, UTC."""
    return datetime.now(UTC)


class WarcTape:
    """One file, ``size_bytes`` so far. ``name`` is its own, ``info`` fills its first record: software, format, operator, ..."""

    def __init__(
        self, name: str, info: Mapping[str, str], *, new_id: Callable[[], str] = new_urn, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._new_id = new_id
        # Pieces, and not one buffer: that is copied whole again and again while it grows.
        self._pieces: list[bytes] = []
        self.size_bytes = 0
        self._info_line = ""
        fields = [("WARC-Filename", name), ("Content-Type", "application/warc-fields")]
        info_id = self._write("warcinfo", now(), fields, field_lines(info)).record_id
        self._info_line = f"WARC-Warcinfo-ID: {info_id}\r\n"

    def add(self, exchange: Exchange, fields: Mapping[str, str] = _NOTHING, notes: Mapping[str, str] = _NOTHING) -> Written:
        """Write an exchange: response, request, and metadata where there are notes. ``fields``: more of the response record."""
        return self._exchange("response", exchange, exchange.body, _digest(exchange.body), fields, notes)

    def add_revisit(self, exchange: Exchange, earlier: Earlier, notes: Mapping[str, str] = _NOTHING) -> Written:
        """Write an exchange whose body is that of an earlier one: a 304, or the same bytes once more, which are not kept."""
        fields = {
            "WARC-Profile": _PROFILE + ("server-not-modified" if exchange.status == 304 else "identical-payload-digest"),
            "WARC-Refers-To": earlier.record_id,
            "WARC-Refers-To-Target-URI": plain_address(earlier.url),
            "WARC-Refers-To-Date": _date(earlier.date),
        }
        return self._exchange("revisit", exchange, b"", earlier.payload_digest, fields, notes)

    def add_note(self, url: str, at: datetime, notes: Mapping[str, str]) -> Written:
        """Write a metadata record alone: why there is no answer, or no body."""
        return self._note(at, [("WARC-Target-URI", plain_address(url))], notes)

    def close(self) -> bytes:
        """The whole file."""
        return b"".join(self._pieces)

    def _exchange(
        self, kind: str, exchange: Exchange, body: bytes, digest: str, fields: Mapping[str, str], notes: Mapping[str, str]
    ) -> Written:
        target = [("WARC-Target-URI", plain_address(exchange.url))]
        peer = [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
        cut = [("WARC-Truncated", exchange.truncated)] if exchange.truncated else []
        own = [*target, *peer, *cut, *fields.items(), ("WARC-Payload-Digest", digest), _http("response")]
        written = self._write(kind, exchange.asked_at, own, answer_head(exchange) + body, digest, is_packed=_is_packed(exchange))
        tied = [*target, ("WARC-Concurrent-To", written.record_id)]
        self._write("request", exchange.asked_at, [*tied, *peer, _http("request")], request_head(exchange))
        if notes:
            self._note(exchange.asked_at, tied, notes)
        return written

    def _note(self, at: datetime, fields: list[tuple[str, str]], notes: Mapping[str, str]) -> Written:
        return self._write("metadata", at, [*fields, ("Content-Type", "application/warc-fields")], field_lines(notes))

    def _write(
        self,
        kind: str,
        at: datetime,
        fields: Iterable[tuple[str, str]],
        block: bytes,
        digest: str = "",
        *,
        is_packed: bool = False,
    ) -> Written:
        record_id, block_digest = f"<{self._new_id()}>", _digest(block)
        # To the second: as the older version of WARC has it, and as readers name a time.
        first = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {record_id}\r\nWARC-Date: {_date(at)}\r\n{self._info_line}"
        own = "".join([f"{plain_name(name)}: {one_line(value)}\r\n" for name, value in fields])
        last = f"WARC-Block-Digest: {block_digest}\r\nContent-Length: {len(block)}\r\n\r\n"
        head = (first + own + last).encode("utf-8", "replace")
        offset = self.size_bytes
        member = _member(b"".join((head, block, b"\r\n\r\n")), is_packed=is_packed)
        self._pieces.append(member)
        self.size_bytes += len(member)
        return Written(offset, len(member), record_id, digest or block_digest)


def _member(record: bytes, *, is_packed: bool) -> bytes:
    """A gzip member of its own: of a file that is one, most readers see the first record alone."""
    if is_packed or len(record) < SHORT_BYTES:
        packer = zlib.compressobj(0 if is_packed else GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
        return packer.compress(record) + packer.flush()
    member = BytesIO()
    with GzipWriter(member, GZIP_LEVEL) as packing:
        packing.write(record)
    return member.getvalue()


def _is_packed(exchange: Exchange) -> bool:
    """Whether a body cannot be made smaller."""
    encodings = (value for name, value in exchange.headers if name.lower() == "content-encoding")
    return exchange.body.startswith(GZIP_MAGIC) or any(value.strip().lower() in PACKED for value in encodings)


def _date(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _digest(payload: bytes) -> str:
    return f"sha1:{b32encode(sha1(payload, usedforsecurity=False).digest()).decode()}"


def _http(kind: str) -> tuple[str, str]:
    return "Content-Type", f"application/http; msgtype={kind}"
