"""Which captures are worth the costly step: by status, content type, size and the first bytes, in that order."""

from tasks.reasons import Reason, Stage
from tasks.records import Capture, Rejection, reject

HTML_TYPES = {"text/html", "application/xhtml+xml"}
# Servers say these when they do not know: the first bytes decide.
VAGUE_TYPES = {"", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown", "content/unknown"}
# RFC 9110: 203 is a 200 that a proxy changed; every other 2xx carries no whole page.
WHOLE_PAGE = {200, 203}

NOT_HTML_MAGIC = (
    b"%PDF-",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"PK\x03\x04",
    b"RIFF",
    b"\x00\x00\x01\x00",
    b"ID3",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"\xd0\xcf\x11\xe0",
)
FEED_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf", b"<urlset", b"<sitemapindex")


def classify(capture: Capture, max_payload_bytes: int) -> Rejection | None:
    """Reject what its head alone shows to be no page; sizes are of the payload as archived."""
    if capture.http_status is not None and capture.http_status not in WHOLE_PAGE:
        return reject(capture, Stage.CLASSIFY, _status_reason(capture.http_status), str(capture.http_status))
    mime = mime_type(capture.header("Content-Type"))
    if not capture.is_plain_text and mime not in HTML_TYPES | VAGUE_TYPES:
        return reject(capture, Stage.CLASSIFY, Reason.NOT_HTML, mime)
    if not capture.payload:
        return reject(capture, Stage.CLASSIFY, Reason.EMPTY_PAYLOAD)
    if len(capture.payload) > max_payload_bytes:
        return reject(capture, Stage.CLASSIFY, Reason.PAYLOAD_TOO_BIG, f"{len(capture.payload)} bytes")
    return None


def classify_body(capture: Capture, body: bytes) -> Rejection | None:
    """Reject an unpacked body whose first bytes are no HTML, whatever its type says."""
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return reject(capture, Stage.CLASSIFY, Reason.EMPTY_PAYLOAD, "white space only")
    if capture.is_plain_text:
        return None
    mime = mime_type(capture.header("Content-Type"))
    head = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(NOT_HTML_MAGIC) or any(root in head.lower()[:512] for root in FEED_ROOTS):
        return reject(capture, Stage.CLASSIFY, Reason.NOT_HTML, f"{mime or 'no type'}, starts with {head[:12]!r}")
    if mime not in HTML_TYPES and not looks_like_html(body):
        return reject(capture, Stage.CLASSIFY, Reason.NOT_HTML, f"{mime or 'no type'}, no HTML in its first bytes")
    return None


def mime_type(content_type: str | None) -> str:
    """The type without its parameters, lower case; empty when there is none."""
    return (content_type or "").split(";", 1)[0].split(",", 1)[0].strip().lower()


def _status_reason(status: int) -> Reason:
    families = {3: Reason.REDIRECT, 4: Reason.CLIENT_ERROR, 5: Reason.SERVER_ERROR}
    return families.get(status // 100, Reason.OTHER_STATUS)


def looks_like_html(body: bytes) -> bool:
    """Whether a tag that only HTML documents have stands in the first 2 KiB."""
    # UTF-16 keeps its letters in every second byte.
    head = body[:2048].replace(b"\x00", b"").lower()
    return any(tag in head for tag in (b"<!doctype html", b"<html", b"<head", b"<body"))
