"""The head of an archived HTTP answer: read as browsers would, bounded in bytes."""

import re
from dataclasses import dataclass

from tasks.archive.heads import parse_lines
from tasks.records import Headers

MAX_HTTP_HEAD_BYTES = 1 << 18
_STATUS_LINE = re.compile(rb"[\r\n]*HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})(?!\d)[^\n]*\n", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"(?<=\n)\r?\n")
_INTERIM = range(100, 200)


@dataclass(frozen=True, slots=True)
class HttpHead:
    """Status and headers of an answer, and where in the block its body starts (bytes)."""

    status: int
    headers: Headers
    body_at: int


def parse_http_head(block: bytes) -> HttpHead | None:
    """Read the head of an HTTP answer; None where there is no status line or no end of the head.

    Interim answers (100 Continue) that stand before the answer are passed over.
    """
    head = _parse_at(block, 0)
    while head and head.status in _INTERIM and (answer := _parse_at(block, head.body_at)):
        head = answer
    return head


def _parse_at(block: bytes, at: int) -> HttpHead | None:
    status_line = _STATUS_LINE.match(block, at, at + MAX_HTTP_HEAD_BYTES)
    if not status_line:
        return None
    blank = _BLANK_LINE.search(block, status_line.end(), at + MAX_HTTP_HEAD_BYTES)
    if not blank:
        return None
    headers = parse_lines(block[status_line.end() : blank.start()].decode("latin-1").split("\n"))
    return HttpHead(int(status_line[1]), headers, blank.end())
