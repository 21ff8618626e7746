"""What is worth the costly step: by status, type, size and first bytes, in that order."""

import pytest

from tasks.pages.classify import classify, classify_body, mime_type
from tasks.reasons import Reason
from tasks.records import Capture, Coordinates

HTML = b"<!doctype html><html><body><p>Words.</p></body></html>"


def capture(status: int | None = 200, content_type: str | None = "text/html", payload: bytes = HTML) -> Capture:
    head = (("Content-Type", content_type),) if content_type is not None else ()
    return Capture("https://news.example/", None, "response", status, head, payload, None, Coordinates("a", 0, 1, None))


def reason(found: Capture) -> Reason | None:
    refused = classify(found, 1_000) or classify_body(found, found.payload)
    return refused.reason if refused else None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, None) for status in (200, 203, None)),
        *((status, Reason.OTHER_STATUS) for status in (100, 204, 206, 999)),
        *((status, Reason.REDIRECT) for status in (301, 304)),
        (404, Reason.CLIENT_ERROR),
        (503, Reason.SERVER_ERROR),
    ],
)
def test_status(status, expected):
    assert reason(capture(status=status)) is expected


@pytest.mark.parametrize("content_type", ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "text/plain", "", None])
def test_html_under_every_name_that_servers_give_it(content_type):
    assert reason(capture(content_type=content_type)) is None


@pytest.mark.parametrize("content_type", ["application/pdf", "image/jpeg", "application/json", "application/rss+xml", "video/mp4"])
def test_other_types_are_not_opened(content_type):
    assert reason(capture(content_type=content_type)) is Reason.NOT_HTML


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04",
        b'<?xml version="1.0"?>\n<rss version="2.0">',
        b"<urlset>",
    ],
)
def test_bytes_that_are_no_html_are_refused_whatever_the_type_says(body):
    assert reason(capture(payload=body)) is Reason.NOT_HTML


def test_plain_text_is_no_html():
    assert reason(capture(content_type="text/plain", payload=b"Just words, no tags.")) is Reason.NOT_HTML


def test_utf_16_without_a_type():
    assert reason(capture(content_type=None, payload=HTML.decode().encode("utf-16-le"))) is None


@pytest.mark.parametrize("payload", [b"", b" \r\n\t "])
def test_nothing_is_no_page(payload):
    assert reason(capture(payload=payload)) is Reason.EMPTY_PAYLOAD


def test_too_much_is_no_page():
    assert reason(capture(payload=HTML * 100)) is Reason.PAYLOAD_TOO_BIG


def test_the_type_without_its_parameters():
    assert [mime_type(value) for value in (None, "Text/HTML ; charset=x", "text/html,text/html")] == ["", "text/html", "text/html"]
