"""Small archives for tests, made byte by byte, so that each can be wrong in exactly one way."""

import gzip
from collections.abc import Iterable, Sequence

Fields = Sequence[tuple[str, str]]

URL = "https://news.example.org/a.html"
DATE = "2026-01-02T03:04:05Z"
PAGE = b"<html><head><title>A</title></head><body><p>Some words of a page.</p></body></html>"


def http_answer(status: int = 200, headers: Fields = (("Content-Type", "text/html"),), body: bytes = PAGE) -> bytes:
    """An HTTP answer as it stands in a response record."""
    lines = [f"HTTP/1.1 {status} Some reason", *(f"{name}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + body


def warc_record(
    record_type: str = "response",
    url: str | None = URL,
    block: bytes | None = None,
    fields: Fields = (),
    *,
    date: str | None = DATE,
    length: int | None = None,
    newline: bytes = b"\r\n",
    end: bytes = b"\r\n\r\n",
) -> bytes:
    """A WARC record; ``length`` is what it says of its block (default: the truth), ``end`` what follows the block."""
    content = http_answer() if block is None else block
    lines = ["WARC/1.0", f"WARC-Type: {record_type}"]
    lines += [f"WARC-Target-URI: {url}"] if url is not None else []
    lines += [f"WARC-Date: {date}"] if date is not None else []
    if record_type == "response" and not any(name == "Content-Type" for name, _ in fields):
        lines.append("Content-Type: application/http; msgtype=response")
    lines += [f"{name}: {value}" for name, value in fields]
    lines.append(f"Content-Length: {len(content) if length is None else length}")
    return newline.join(line.encode() for line in lines) + newline + newline + content + end


def warcinfo() -> bytes:
    """The record that most archives start with."""
    return warc_record("warcinfo", None, b"software: tests\r\n", (("Content-Type", "application/warc-fields"),))


def pages(count: int, bodies: Sequence[bytes] = (PAGE,)) -> list[bytes]:
    """As many response records, each with its own URL ``https://news.example.org/<number>``."""
    urls = [f"https://news.example.org/{number}" for number in range(count)]
    return [warc_record(url=url, block=http_answer(body=bodies[at % len(bodies)])) for at, url in enumerate(urls)]


def gzip_members(records: Iterable[bytes], level: int = 6) -> bytes:
    """A .gz with one member a record, as archives should be."""
    return b"".join(gzip.compress(record, level, mtime=0) for record in records)


def gzip_whole(records: Iterable[bytes]) -> bytes:
    """A .gz with one member around all the records."""
    return gzip.compress(b"".join(records), mtime=0)


def arc_record(url: str = URL, block: bytes | None = None, *, date: str = "20260102030405", length: int | None = None) -> bytes:
    """An ARC 1.0 record and the line end after it."""
    content = http_answer() if block is None else block
    said = len(content) if length is None else length
    return f"{url} 192.0.2.7 {date} text/html {said}\n".encode() + content + b"\n"


def arc_head() -> bytes:
    """The record that an ARC file starts with."""
    block = b"1 0 Tests\nURL IP-address Archive-date Content-type Archive-length\n"
    return f"filedesc://tests.arc 0.0.0.0 20260102030405 text/plain {len(block)}\n".encode() + block + b"\n"
