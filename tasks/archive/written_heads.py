"""Heads and fields as an archive has them: a line each, whatever servers and pages put into them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from tasks.records import Headers

_BREAKS = re.compile(r"[\r\n\x00]+")
_NOT_IN_NAMES = re.compile(r"[^!-9;-~\x80-\xff]+")
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f<>]")
_TARGET = re.compile(r"[^:/?#]*://[^/?#]*([^#]*)")


class Exchange(Protocol):
    """A request and its answer, an ``Answer`` of ours for one."""

    @property
    def url(self) -> str:
        """What was asked for."""

    @property
    def asked_at(self) -> datetime:
        """When, with its zone."""

    @property
    def status(self) -> int:
        """Of HTTP."""

    @property
    def phrase(self) -> str:
        """What stood behind the status, Latin-1."""

    @property
    def headers(self) -> Headers:
        """Of the answer, as they came, Latin-1."""

    @property
    def body(self) -> bytes:
        """Its transfer encoding undone, its content encoding not."""

    @property
    def truncated(self) -> str | None:
        """What cut the body, in the words of WARC-Truncated."""

    @property
    def ip(self) -> str | None:
        """Who answered."""

    @property
    def request_headers(self) -> Headers:
        """What was sent."""


def answer_head(exchange: Exchange) -> bytes:
    """The head for the body as it is stored: its chunks are gone, and its length is what it is."""
    length = str(len(exchange.body))
    lines, is_changed, has_length = [f"HTTP/1.1 {exchange.status:03d} {exchange.phrase}"], False, False
    for name, value in exchange.headers:
        plain = name.strip().lower()
        is_length = plain == "content-length"
        # The length in a 304 is that of a body which is not sent.
        is_right = is_length and (value.strip() == length or exchange.status == 304)
        is_wrong = plain == "transfer-encoding" or (is_length and not is_right)
        lines.append(_header(f"X-Crawler-{name.strip()}" if is_wrong else name, value))
        is_changed, has_length = is_changed or is_wrong, has_length or is_right
    if is_changed and not has_length:
        lines.append(f"Content-Length: {length}")
    return _head(lines)


def request_head(exchange: Exchange) -> bytes:
    """The request as it was sent."""
    match = _TARGET.match(exchange.url)
    target = match[1] if match else ""
    lines = [f"GET {plain_address(target if target.startswith('/') else f'/{target}')} HTTP/1.1"]
    return _head([*lines, *(_header(name, value) for name, value in exchange.request_headers)])


def _header(name: str, value: str) -> str:
    return f"{plain_name(name.strip())}: {value}"


@lru_cache(maxsize=1_024)
def plain_name(name: str) -> str:
    """A name of a field without what none may have."""
    return _NOT_IN_NAMES.sub("-", name)


def _head(lines: Iterable[str]) -> bytes:
    plain = [one_line(line) for line in lines]
    whole = "\r\n".join([*plain, "", ""])
    # A few lines of few sites are beyond Latin-1, and these alone are UTF-8 then.
    return whole.encode("latin-1") if whole.isascii() else b"".join(_octets(line) + b"\r\n" for line in (*plain, ""))


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def field_lines(fields: Mapping[str, str]) -> bytes:
    """Fields of a block of type application/warc-fields."""
    lines = (f"{plain_name(name)}: {one_line(value)}\r\n" for name, value in fields.items())
    return "".join(lines).encode("utf-8", "replace")


def one_line(text: str) -> str:
    """A value in which no further line can begin."""
    return text if text.isprintable() else _BREAKS.sub(" ", text)


def plain_address(url: str) -> str:
    """An address without what ends one."""
    return _NOT_IN_URLS.sub(lambda match: f"%{ord(match[0]):02X}", url)
