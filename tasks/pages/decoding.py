"""Undoes the transfer and content encodings of an archived body, never beyond a limit of bytes."""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard

from tasks.records import Headers

_MAX_CODINGS = 2
_KNOWN = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
_CHUNK_END = re.compile(rb"\r?\n")
_STEP_BYTES = 1 << 18
_GZIP_WINDOW = 31
_ZLIB_WINDOW = 15
_RAW_WINDOW = -15
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# RFC 9659: what is sent over HTTP needs no larger window.
_ZSTD_WINDOW_BYTES = 1 << 23
# Four bytes of Zstandard can stand for 128 KiB, and its decompressor knows no limit: feed it little.
_ZSTD_INPUT_BYTES = 256
_SNIFF_BYTES = 1024
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Among this many packed bytes one that never stands in text is certain.
_SURE_BYTES = 256
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")

Steps = Iterator[bytes]


class Undecodable(Exception):
    """The body is not packed as its headers say, nor is it text as it is."""


class BodyTooBig(Exception):
    """The body unpacks to more bytes than allowed."""


class _EndsEarly(Exception):
    """The packed bytes end before their end."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body with its encodings undone.

    ``data`` is fully decoded; ``entity`` has its content encoding as sent, which is what WARC-Payload-Digest is over.
    ``ends_early``: its packing ended before its end, and what could be unpacked is in ``data``.
    """

    data: bytes
    entity: bytes
    ends_early: bool


def decode_body(payload: bytes, headers: Headers, max_bytes: int) -> Body:
    """Decode a body as its headers say, where the bytes bear them out: archives often keep headers of what they undid.

    Raises Undecodable where the bytes are neither as the headers say nor text, BodyTooBig beyond ``max_bytes``.
    """
    entity, cut = payload, False
    for coding in reversed(_codings(headers, "transfer-encoding")):
        entity, ends_early = _dechunk(entity) if coding == "chunked" else _unpack(coding, entity, max_bytes)
        cut = cut or ends_early
    data = entity
    for coding in reversed(_codings(headers, "content-encoding")):
        data, ends_early = _unpack(coding, data, max_bytes)
        cut = cut or ends_early
    if len(data) > max_bytes:
        raise BodyTooBig(f"{len(data)} bytes, more than {max_bytes}")
    return Body(data, entity, cut)


def payload_digest(entity: bytes) -> str:
    """SHA-1 of a body without transfer encoding, written as in WARC-Payload-Digest."""
    return "sha1:" + base64.b32encode(hashlib.sha1(entity, usedforsecurity=False).digest()).decode("ascii")


def _codings(headers: Headers, wanted: str) -> list[str]:
    tokens = [token.strip(" \t\"'").lower() for name, value in headers if name.lower() == wanted for token in value.split(",")]
    if wanted == "transfer-encoding":
        # Chunked is the outermost of them and stands once, whatever a proxy repeated.
        packed = [_KNOWN[token] for token in tokens if token in _KNOWN]
        codings = [*packed, "chunked"] if "chunked" in tokens else packed
    else:
        # Names that are no coding ("utf-8", "none") are mistakes of the server, not of the body.
        codings = [_KNOWN[token] for token in tokens if token in _KNOWN]
    if len(codings) > _MAX_CODINGS:
        raise Undecodable(f"{len(codings)} encodings, one in the other: {', '.join(codings)}"[:300])
    return codings


def _dechunk(payload: bytes) -> tuple[bytes, bool]:
    if not _is_chunked(payload):
        return payload, False
    view = memoryview(payload)
    pieces: list[memoryview] = []
    at = 0
    while size_line := _CHUNK_SIZE.match(payload, at):
        size = int(size_line[1], 16)
        if size == 0:
            return b"".join(pieces), False
        start = size_line.end()
        pieces.append(view[start : start + size])
        chunk_end = _CHUNK_END.match(payload, start + size)
        if not chunk_end:
            break
        at = chunk_end.end()
    return b"".join(pieces), True


def _is_chunked(payload: bytes) -> bool:
    first = _CHUNK_SIZE.match(payload)
    if not first or not first[0].endswith(b"\r\n"):
        return False
    size = int(first[1], 16)
    after = payload[first.end() + size : first.end() + size + 2]
    # A first chunk that runs beyond the payload was cut by the archive.
    return size == 0 or not after or after[:1] in (b"\r", b"\n")


def _unpack(coding: str, packed: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Undo one coding; text that was never packed stays as it is. True: the packing ended before its end.

    Raises Undecodable, or BodyTooBig beyond ``max_bytes``, with at most one step of 256 KiB more in memory.
    """
    if not packed or (_is_text(packed) and (_MARKUP.match(packed) or len(packed) >= _SURE_BYTES)):
        return packed, False
    try:
        unpacked, ends_early = _collect(_STEPS[coding](packed), max_bytes)
    except (zlib.error, brotli.error, zstandard.ZstdError, Undecodable) as error:
        if _is_text(packed):
            return packed, False
        raise Undecodable(f"{coding}: {error}") from error
    # Short text can look like the start of deflate or brotli, which have no magic.
    return (packed, False) if ends_early and _is_text(packed) else (unpacked, ends_early)


def _is_text(sample: bytes) -> bool:
    return sample.startswith(_UTF_16_MARKS) or not _NO_TEXT.search(sample, 0, _SNIFF_BYTES)


def _collect(steps: Steps, max_bytes: int) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in steps:
            size += len(piece)
            if size > max_bytes:
                raise BodyTooBig(f"unpacks to more than {max_bytes} bytes")
            pieces.append(piece)
    except _EndsEarly:
        return b"".join(pieces), True
    return b"".join(pieces), False


def _gzip(packed: bytes) -> Steps:
    if not packed.startswith(_GZIP_MAGIC):
        raise Undecodable("no gzip magic")
    # What follows the last member is padding, as gzip itself treats it.
    while packed.startswith(_GZIP_MAGIC):
        packed = yield from _inflate(packed, _GZIP_WINDOW)


def _deflate(packed: bytes) -> Steps:
    if packed.startswith(_GZIP_MAGIC):
        yield from _gzip(packed)
    else:
        yield from _inflate(packed, _ZLIB_WINDOW if _has_zlib_head(packed) else _RAW_WINDOW)


def _has_zlib_head(packed: bytes) -> bool:
    return packed[0] & 0x0F == zlib.DEFLATED and int.from_bytes(packed[:2], "big") % 31 == 0


def _inflate(packed: bytes, window: int) -> Generator[bytes, None, bytes]:
    inflater = zlib.decompressobj(window)
    rest = packed
    while not inflater.eof:
        piece = inflater.decompress(rest, _STEP_BYTES)
        rest = inflater.unconsumed_tail
        if piece:
            yield piece
        elif not inflater.eof and not rest:
            raise _EndsEarly
    return inflater.unused_data


def _brotli(packed: bytes) -> Steps:
    unpacker = brotli.Decompressor()
    yield unpacker.process(packed, output_buffer_limit=_STEP_BYTES)
    while not unpacker.is_finished():
        if unpacker.can_accept_more_data():
            raise _EndsEarly
        yield unpacker.process(b"", output_buffer_limit=_STEP_BYTES)


def _zstd(packed: bytes) -> Steps:
    if not packed.startswith(_ZSTD_MAGIC):
        raise Undecodable("no Zstandard magic")
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    while packed.startswith(_ZSTD_MAGIC):
        packed = yield from _zstd_frame(unpacker, packed)


def _zstd_frame(unpacker: zstandard.ZstdDecompressor, packed: bytes) -> Generator[bytes, None, bytes]:
    frame = unpacker.decompressobj()
    for at in range(0, len(packed), _ZSTD_INPUT_BYTES):
        end = at + _ZSTD_INPUT_BYTES
        yield frame.decompress(packed[at:end])
        if frame.eof:
            return frame.unused_data + packed[end:]
    raise _EndsEarly


_STEPS: dict[str, Callable[[bytes], Steps]] = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
