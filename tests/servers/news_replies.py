"""Requests and replies of the news web, and their bytes on the wire."""

import time
import zlib
from dataclasses import dataclass, field, replace
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus

PHRASES = {each.value: each.phrase for each in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path without the query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered, and in which manner.

    ``wait_seconds``: before the head. ``pieces``, ``pause_seconds``: the body in so many pieces, a pause before each but the first.
    ``framing``: length | chunked. ``modified_at``: seconds since 1970, from which the validators follow; 0 for none.
    ``ending``: keep | hang (not one byte) | reset (not one byte) | cut (half the body) | stall (half the body, then silence) |
    endless (the body again and again).
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait_seconds: float = 0.0
    pieces: int = 1
    pause_seconds: float = 0.0
    framing: str = "length"
    ending: str = "keep"
    modified_at: int = 0
    retry_after_seconds: float | None = None

    @property
    def is_quick(self) -> bool:
        """Whether it can be written at once."""
        return (
            self.ending == "keep"
            and self.framing == "length"
            and not self.wait_seconds
            and self.pieces == 1
            and len(self.body) < 65_536
        )

    def header(self, name: str) -> str:
        """The first value of a header; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def having(self, name: str, value: str | None) -> "Reply":
        """The same with one header set anew, or without it for None."""
        others = tuple(each for each in self.headers if each[0].lower() != name.lower())
        return replace(self, headers=others if value is None else (*others, (name, value)))


def page(body: str | bytes, mime: str = "text/html; charset=utf-8", modified_at: int = 0, status: int = 200) -> Reply:
    """A reply that behaves well."""
    sent = body.encode() if isinstance(body, str) else body
    return Reply(status, (("Content-Type", mime),) if mime else (), sent, modified_at=modified_at)


def parse_request(head: bytes) -> Request:
    """A request from its head, without the empty line."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return Request(method, target, {name.lower(): value.strip() for name, _, value in pairs})


def validated(request: Request, reply: Reply) -> Reply:
    """The reply with its validators, or a 304 where the request shows that it has the same already."""
    if reply.status != 200 or not reply.modified_at:
        return reply
    etag, modified = f'"{zlib.crc32(reply.body):08x}-{len(reply.body)}"', http_date(reply.modified_at)
    reply = reply.having("ETag", etag).having("Last-Modified", modified)
    return replace(reply, status=304, body=b"") if _is_known(request, etag, reply.modified_at) else reply


def _is_known(request: Request, etag: str, modified_at: int) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:  # the date does not count beside it
        return known == "*" or etag in [each.strip().removeprefix("W/") for each in known.split(",")]
    since = request.headers.get("if-modified-since")
    if not since:
        return False
    try:
        return parsedate_to_datetime(since).timestamp() >= modified_at
    except ValueError:
        return False


def head_bytes(reply: Reply) -> bytes:
    """The head as it is sent; the length is that of the whole body."""
    lines = [f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Unknown')}", f"Date: {http_date(int(time.time()))}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if reply.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    elif reply.status != 304:
        lines.append(f"Content-Length: {len(reply.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@lru_cache(maxsize=1024)
def http_date(seconds: int) -> str:
    """A time in seconds since 1970, as HTTP writes it."""
    return formatdate(seconds, usegmt=True)
