"""Bodies packed in every way, in none, and in ways that attack."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.pages.decoding import BodyTooBig, Undecodable, decode_body, payload_digest

PAGE = b"<html><body>" + b"".join(b"<p>Paragraph %d of a page.</p>" % (at * at) for at in range(3_000)) + b"</body></html>"
LIMIT = 10_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def chunked(data: bytes, size: int = 1_000, extension: bytes = b"") -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n\r\n"


def encoded(*codings: str) -> tuple[tuple[str, str], ...]:
    return tuple(("Content-Encoding", coding) for coding in codings)


CHUNKED = (("transfer-encoding", "Chunked"),)


@pytest.mark.parametrize(("name", "pack"), PACKERS.items())
def test_each_coding(name: str, pack: Callable[[bytes], bytes]) -> None:
    body = decode_body(pack(PAGE), encoded(name), LIMIT)
    assert (body.data, body.entity, body.ends_early) == (PAGE, pack(PAGE), False)


@pytest.mark.parametrize(("name", "pack"), PACKERS.items())
def test_a_cut_body_gives_what_there_is(name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(PAGE)
    body = decode_body(packed[: len(packed) * 9 // 10], encoded(name), LIMIT)
    assert body.ends_early
    assert PAGE.startswith(body.data)


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize(
    "plain", [PAGE, b"", b"ok", b"plain text, never packed", b'{"a": 1}' * 99, "<p>Текст</p>".encode("utf-16")]
)
def test_a_header_over_a_body_that_is_not_packed(name: str, plain: bytes) -> None:
    body = decode_body(plain, encoded(name), LIMIT)
    assert (body.data, body.entity, body.ends_early) == (plain, plain, False)


@pytest.mark.parametrize("name", PACKERS)
def test_bytes_that_are_neither_packed_nor_text(name: str) -> None:
    with pytest.raises(Undecodable):
        decode_body(b"\x00\x01\xff" * 400, encoded(name), LIMIT)


@pytest.mark.parametrize(
    "headers", [encoded("identity"), encoded("utf-8"), encoded(""), (("X-Crawler-Content-Encoding", "gzip"),), ()]
)
def test_headers_that_mean_nothing(headers: tuple[tuple[str, str], ...]) -> None:
    assert decode_body(PAGE, headers, LIMIT).data == PAGE


@pytest.mark.parametrize("headers", [encoded("br, gzip"), encoded("br", "gzip"), encoded("identity, br", "utf-8", "x-gzip")])
def test_two_codings_are_undone_from_the_last(headers: tuple[tuple[str, str], ...]) -> None:
    assert decode_body(gzip.compress(brotli.compress(PAGE)), headers, LIMIT).data == PAGE


def test_a_coding_named_twice_and_done_once() -> None:
    assert decode_body(gzip.compress(PAGE), encoded("gzip, gzip"), LIMIT).data == PAGE


def test_three_codings_are_refused() -> None:
    with pytest.raises(Undecodable):
        decode_body(gzip.compress(gzip.compress(gzip.compress(PAGE))), encoded("gzip, gzip, gzip"), LIMIT)


def test_members_and_padding() -> None:
    packed = gzip.compress(PAGE) + gzip.compress(PAGE)
    assert decode_body(packed + bytes(9), encoded("gzip"), LIMIT).data == PAGE + PAGE
    packed = zstandard.compress(PAGE) + zstandard.compress(PAGE)
    assert decode_body(packed, encoded("zstd"), LIMIT).data == PAGE + PAGE


@pytest.mark.parametrize("extension", [b"", b";a=b", b"  "])
def test_chunks(extension: bytes) -> None:
    body = decode_body(chunked(PAGE, extension=extension), CHUNKED, LIMIT)
    assert (body.data, body.entity, body.ends_early) == (PAGE, PAGE, False)


def test_chunks_of_a_packed_body() -> None:
    packed = gzip.compress(PAGE)
    body = decode_body(chunked(packed), CHUNKED + encoded("gzip"), LIMIT)
    assert (body.data, body.entity) == (PAGE, packed)


@pytest.mark.parametrize("left", [5, 900, 5_555])
def test_cut_chunks(left: int) -> None:
    body = decode_body(chunked(PAGE)[:-left], CHUNKED, LIMIT)
    assert body.ends_early
    assert PAGE.startswith(body.data)


@pytest.mark.parametrize("plain", [PAGE, b"", b"beef\nburger", b"1\r\nabc\r\n"])
def test_a_chunked_header_over_a_body_without_chunks(plain: bytes) -> None:
    body = decode_body(plain, CHUNKED, LIMIT)
    assert (body.data, body.entity, body.ends_early) == (plain, plain, False)


def test_a_single_chunk_that_was_cut() -> None:
    body = decode_body(b"beef\r\n<p>the start of it", CHUNKED, LIMIT)
    assert (body.data, body.ends_early) == (b"<p>the start of it", True)


def bomb(name: str) -> bytes:
    block = bytes(1 << 20)
    if name == "br":
        packer = brotli.Compressor(quality=5)
        return b"".join(packer.process(block) for _ in range(256)) + bytes(packer.finish())
    if name == "zstd":
        frame = zstandard.ZstdCompressor().compressobj()
        return b"".join(frame.compress(block) for _ in range(256)) + frame.flush()
    member = zlib.compressobj(9, wbits=31 if name == "gzip" else 15)
    return b"".join(member.compress(block) for _ in range(256)) + member.flush()


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    packed = bomb(name)
    tracemalloc.start()
    with pytest.raises(BodyTooBig):
        decode_body(packed, encoded(name), 5_000_000)
    assert tracemalloc.get_traced_memory()[1] < 16_000_000
    tracemalloc.stop()


def test_a_bomb_in_the_transfer_encoding() -> None:
    with pytest.raises(BodyTooBig):
        decode_body(bomb("gzip"), (("Transfer-Encoding", "gzip"),), 5_000_000)


def test_a_plain_body_over_the_limit() -> None:
    with pytest.raises(BodyTooBig):
        decode_body(PAGE, (), 1_000)


def test_the_digest_is_that_of_web_archives() -> None:
    assert payload_digest(b"") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=2_000), st.integers(0, 2_000), st.binary(max_size=20))
@settings(max_examples=300)
def test_any_bytes_are_decoded_or_refused(name: str, data: bytes, at: int, extra: bytes) -> None:
    packed = PACKERS[name](data)
    for payload in (data, packed[:at] + extra + packed[at:], chunked(packed)[: at + 1]):
        try:
            body = decode_body(payload, CHUNKED + encoded(name), 100_000)
        except (Undecodable, BodyTooBig):
            continue
        assert len(body.data) <= 100_000
