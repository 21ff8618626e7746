"""What each type of record becomes, and the tolerance of its heads."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from tasks.archive.dates import parse_date
from tasks.archive.http_head import parse_http_head
from tasks.archive.own_fields import ANNOUNCED_AT, ANNOUNCED_IN, ROBOTS_ALLOWED
from tasks.archive.reading import ReadLimits, read_archive
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Rejection
from tests.archives import PAGE, URL, http_answer, warc_record


def found(record: bytes) -> Capture | Rejection | None:
    (reading,) = read_archive(BytesIO(record), "a.warc", ReadLimits(1_000_000))
    return reading.found


def captured(record: bytes) -> Capture:
    capture = found(record)
    assert isinstance(capture, Capture)
    return capture


def rejected(record: bytes) -> Rejection:
    rejection = found(record)
    assert isinstance(rejection, Rejection)
    return rejection


def test_response() -> None:
    capture = captured(warc_record(fields=[("WARC-Record-ID", "<urn:uuid:1>"), ("WARC-Truncated", " Length ")]))
    assert (capture.url, capture.http_status, capture.payload) == (URL, 200, PAGE)
    assert capture.captured_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert capture.header("content-type") == "text/html"
    assert capture.truncated == "length"
    assert capture.at.warc_record_id == "<urn:uuid:1>"


@pytest.mark.parametrize(
    ("fields", "allowed", "announced_at", "announced_in"),
    [
        ([], None, None, None),
        ([(ROBOTS_ALLOWED, "true")], True, None, None),
        ([(ROBOTS_ALLOWED.lower(), "false")], False, None, None),
        ([(ROBOTS_ALLOWED, "perhaps")], None, None, None),
        (
            [(ANNOUNCED_AT, "2026-01-02T03:04:05+02:00"), (ANNOUNCED_IN, "feed")],
            None,
            datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC),
            "feed",
        ),
        ([(ROBOTS_ALLOWED, "true"), (ANNOUNCED_AT, "soon"), (ANNOUNCED_IN, "sitemap")], True, None, "sitemap"),
    ],
)
def test_what_our_own_collect_wrote_beside_a_page(fields, allowed, announced_at, announced_in) -> None:
    capture = captured(warc_record(fields=fields))
    assert (capture.robots_allowed, capture.announced_at, capture.announced_in) == (allowed, announced_at, announced_in)
    assert (capture.url, capture.payload) == (URL, PAGE)


def test_resource_is_its_block() -> None:
    capture = captured(warc_record("resource", block=PAGE, fields=[("Content-Type", "text/html")]))
    assert (capture.http_status, capture.http_headers, capture.payload) == (None, (("Content-Type", "text/html"),), PAGE)


def test_revisit_names_the_earlier_capture() -> None:
    fields = [("WARC-Refers-To-Target-URI", "http://a.example/"), ("WARC-Refers-To-Date", "2025-01-01T00:00:00Z")]
    rejection = rejected(warc_record("revisit", block=http_answer(304, body=b""), fields=fields))
    assert (rejection.stage, rejection.reason, rejection.http_status) == (Stage.CLASSIFY, Reason.REVISIT, 304)
    assert rejection.detail == "http://a.example/ 2025-01-01T00:00:00Z"
    assert rejected(warc_record("revisit", block=b"")).http_status is None


def test_segments() -> None:
    assert captured(warc_record(fields=[("WARC-Segment-Number", "1")])).truncated == "length"
    assert rejected(warc_record("continuation", block=b"x")).reason is Reason.SEGMENT


def test_a_text_that_was_extracted_elsewhere_is_a_capture() -> None:
    text = captured(warc_record("conversion", block=b"text", fields=[("Content-Type", "text/plain")]))
    assert (text.payload, text.is_plain_text, text.http_status) == (b"text", True, None)


@pytest.mark.parametrize(
    "record",
    [
        warc_record("conversion", block=b"\xff\xd8", fields=[("Content-Type", "image/jpeg")]),
        warc_record("novelty", block=b"text"),
        warc_record(url="dns:news.example.org", block=b"1 2 3", fields=[("Content-Type", "text/dns")]),
        warc_record(url="ftp://news.example.org/a", block=b"bytes", fields=[("Content-Type", "application/octet-stream")]),
        warc_record(block=b"1 2 3", fields=[("Content-Type", "text/dns")]),
    ],
)
def test_records_that_hold_no_page(record: bytes) -> None:
    rejection = rejected(record)
    assert (rejection.stage, rejection.reason) == (Stage.CLASSIFY, Reason.RECORD_TYPE)


@pytest.mark.parametrize("record_type", ["warcinfo", "request", "Metadata"])
def test_records_that_are_no_captures(record_type: str) -> None:
    assert found(warc_record(record_type, block=b"x")) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [(f"<{URL}>", URL), ("http://a.example/b c", "http://a.example/b c"), ("http://a.example/é", "http://a.example/é")],
)
def test_target_uri(written: str, read: str) -> None:
    assert captured(warc_record(url=written)).url == read


def test_a_latin_1_field_is_read() -> None:
    assert captured(warc_record(url="http://a.example/é").replace("é".encode(), b"\xe9")).url == "http://a.example/é"


@pytest.mark.parametrize("record_type", ["response", "resource"])
def test_a_missing_url_is_rejected(record_type: str) -> None:
    assert rejected(warc_record(record_type, url=None)).reason is Reason.UNREADABLE_HTTP


def test_a_folded_field_goes_on() -> None:
    assert captured(warc_record(url="http://a.example/\r\n b")).url == "http://a.example/ b"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020", datetime(2020, 1, 1, tzinfo=UTC)),
        ("2020-03", datetime(2020, 3, 1, tzinfo=UTC)),
        ("2020-03-04", datetime(2020, 3, 4, tzinfo=UTC)),
        ("2020-03-04T05:06Z", datetime(2020, 3, 4, 5, 6, tzinfo=UTC)),
        ("2020-03-04T05:06:07.123456789Z", datetime(2020, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)),
        ("2020-03-04T05:06:07.5Z", datetime(2020, 3, 4, 5, 6, 7, 500000, tzinfo=UTC)),
        ("2020-03-04T05:06:60Z", datetime(2020, 3, 4, 5, 6, 59, tzinfo=UTC)),
        ("2020-03-04T05:06:07+02:00", datetime(2020, 3, 4, 3, 6, 7, tzinfo=UTC)),
        ("20200304050607", datetime(2020, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("202003040506", datetime(2020, 3, 4, 5, 6, tzinfo=UTC)),
        ("2020-13-01", None),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, date: datetime | None) -> None:
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("block", "status", "body"),
    [
        (b"HTTP/1.1 200\r\n\r\nbody", 200, b"body"),
        (b"HTTP/2 404 \r\nA: b\r\n\r\nbody", 404, b"body"),
        (b"HTTP/1.0 200 OK\nA: b\n\nbody", 200, b"body"),
        (b"HTTP/1.0 200 OK\r\nA: b\n\r\nbody", 200, b"body"),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", 200, b""),
        (b"http/1.1 301 Moved\r\n\r\n", 301, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", 200, b"body"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 900 + b"\r\nbody", 200, b"body"),
    ],
)
def test_http_heads(block: bytes, status: int, body: bytes) -> None:
    head = parse_http_head(block)
    assert head is not None
    assert (head.status, block[head.body_at :]) == (status, body)


def test_http_headers_folded_latin_1_and_without_colon() -> None:
    head = parse_http_head(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nnonsense\r\nD:\xe9\r\nd: 2\r\n\r\n")
    assert head is not None
    assert head.headers == (("A", "b c"), ("D", "é"), ("d", "2"))


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nA: b\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTPX/1.1 200 OK\r\n\r\n",
        b"<html>",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 90_000 + b"\r\n",
    ],
)
def test_unreadable_http(block: bytes) -> None:
    rejection = rejected(warc_record(block=block))
    assert (rejection.stage, rejection.reason, rejection.url) == (Stage.READ, Reason.UNREADABLE_HTTP, URL)
