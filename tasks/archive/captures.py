"""What a record holds: a capture, a rejection with its reason, or nothing that counts."""

from dataclasses import replace

from tasks.archive.dates import parse_date
from tasks.archive.framing import Frame
from tasks.archive.heads import Head
from tasks.archive.http_head import HttpHead, parse_http_head
from tasks.archive.own_fields import ANNOUNCED_AT, ANNOUNCED_IN, ROBOTS_ALLOWED
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Headers, Rejection

NO_CAPTURES = frozenset({"warcinfo", "request", "metadata"})
_NOT_HTTP_SCHEMES = frozenset({"dns", "ftp", "ftps", "whois", "ntp", "gopher", "gemini", "nntp", "sftp"})


def found_in(frame: Frame, warc_file: str) -> Capture | Rejection | None:
    """Turn a record into a capture or a rejection; None where it is whole and of a type that is no capture.

    A response or resource that names no URL is rejected as UNREADABLE_HTTP, for nothing says what was asked.
    """
    head = frame.head
    if head is None:
        detail = f"skipped {frame.length} bytes at {frame.offset}..{frame.end}: {frame.damage}"
        return Rejection(None, None, Stage.READ, Reason.DAMAGED_RECORD, detail[:300], _coordinates(frame, warc_file))
    record = _Record(frame, head, warc_file)
    if frame.damage is not None:
        return record.rejection(Stage.READ, Reason.DAMAGED_RECORD, frame.damage)
    if record.type in NO_CAPTURES:
        return None
    if frame.block is None:
        return record.rejection(Stage.READ, Reason.PAYLOAD_TOO_BIG, f"a record of {head.block_bytes} bytes")
    return _by_type(record, frame.block)


def record_type(frame: Frame) -> str:
    """The record's WARC-Type in lower case; "damaged" for a stretch that was skipped, "unknown" where none is written."""
    if frame.head is None:
        return "damaged"
    return _type_of(frame.head)


def _type_of(head: Head) -> str:
    return (head.value("warc-type") or "unknown").lower()


class _Record:
    def __init__(self, frame: Frame, head: Head, warc_file: str) -> None:
        self.head = head
        self.type = _type_of(head)
        self.url = _target(head)
        self.captured_at = parse_date(head.value("warc-date"))
        self.block_type = (head.value("content-type") or "").lower()
        self._at = _coordinates(frame, warc_file)

    def rejection(self, stage: Stage, reason: Reason, detail: str | None, status: int | None = None) -> Rejection:
        short = detail[:300] if detail else None
        return Rejection(self.url, self.captured_at, stage, reason, short, self._at, status)

    def capture(self, url: str, http: HttpHead, payload: bytes) -> Capture:
        status = http.status or None
        cut = _truncated(self.head)
        found = Capture(url, self.captured_at, self.type, status, http.headers, payload, cut, self._at)
        return _with_own_fields(found, self.head)


def _with_own_fields(capture: Capture, head: Head) -> Capture:
    """What our own collect wrote beside the page."""
    robots, announced_in = head.value(ROBOTS_ALLOWED.lower()), head.value(ANNOUNCED_IN.lower())
    if robots is None and announced_in is None:
        return capture
    allowed = {"true": True, "false": False}.get(robots or "")
    announced_at = parse_date(head.value(ANNOUNCED_AT.lower()))
    return replace(capture, robots_allowed=allowed, announced_at=announced_at, announced_in=announced_in)


def _coordinates(frame: Frame, warc_file: str) -> Coordinates:
    record_id = frame.head.value("warc-record-id") if frame.head else None
    return Coordinates(warc_file, frame.offset, frame.length, record_id)


def _target(head: Head) -> str | None:
    url = (head.value("warc-target-uri") or "").strip()
    # Wget up to 1.20 writes the address between angle brackets.
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1].strip()
    return url or None


def _truncated(head: Head) -> str | None:
    named = (head.value("warc-truncated") or "").strip().lower()
    # The first of several segments is a body that goes on elsewhere.
    segment = head.value("warc-segment-number")
    return named or ("length" if segment else None)


def _by_type(record: _Record, block: bytes) -> Capture | Rejection:
    match record.type:
        case "response":
            return _response(record, block)
        case "resource":
            return _resource(record, block)
        case "revisit":
            return _revisit(record, block)
        case "conversion" if record.block_type.startswith("text/plain") and record.url:
            return _converted(record, record.url, block)
        case "continuation":
            origin = record.head.value("warc-segment-origin-id")
            return record.rejection(Stage.CLASSIFY, Reason.SEGMENT, f"a segment of {origin}")
        case _:
            return record.rejection(Stage.CLASSIFY, Reason.RECORD_TYPE, f"{record.type} {record.block_type}".strip())


def _response(record: _Record, block: bytes) -> Capture | Rejection:
    if not _is_http(record, block):
        return record.rejection(Stage.CLASSIFY, Reason.RECORD_TYPE, f"response {record.block_type}".strip())
    http = parse_http_head(block)
    if http is None:
        return record.rejection(Stage.READ, Reason.UNREADABLE_HTTP, f"no whole HTTP head: {block[:60]!r}")
    if record.url is None:
        return record.rejection(Stage.READ, Reason.UNREADABLE_HTTP, "the record names no URL", http.status)
    return record.capture(record.url, http, block[http.body_at :])


def _is_http(record: _Record, block: bytes) -> bool:
    scheme = (record.url or "").partition(":")[0].lower()
    if scheme in _NOT_HTTP_SCHEMES:
        return False
    named = not record.block_type or record.block_type.startswith("application/http")
    return named or block[:5].upper() == b"HTTP/"


def _resource(record: _Record, block: bytes) -> Capture | Rejection:
    if record.url is None:
        return record.rejection(Stage.READ, Reason.UNREADABLE_HTTP, "the record names no URL")
    content_type = record.head.value("content-type")
    headers: Headers = (("Content-Type", content_type),) if content_type else ()
    return record.capture(record.url, HttpHead(0, headers, 0), block)


def _converted(record: _Record, url: str, block: bytes) -> Capture:
    headers: Headers = (("Content-Type", record.block_type),)
    return replace(record.capture(url, HttpHead(0, headers, 0), block), is_plain_text=True)


def _revisit(record: _Record, block: bytes) -> Rejection:
    http = parse_http_head(block)
    earlier = (record.head.value("warc-refers-to-target-uri"), record.head.value("warc-refers-to-date"))
    detail = " ".join(part for part in earlier if part) or None
    return record.rejection(Stage.CLASSIFY, Reason.REVISIT, detail, http.status if http else None)
