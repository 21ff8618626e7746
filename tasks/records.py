"""Captures, articles and rejections: their fields, and the Arrow schemas in which they lie on the store."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

Headers = tuple[tuple[str, str], ...]


class Stage(StrEnum):
    """Where in the pipeline a capture was rejected."""

    READ = "read"
    CLASSIFY = "classify"
    DECODE = "decode"
    EXTRACT = "extract"
    FILTER = "filter"


class Reason(StrEnum):
    """Why a capture did not become an article: a closed list, each with its meaning in one line."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> "Reason":
        """Keep the meaning beside the value."""
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.meaning = meaning
        return reason

    DAMAGED_RECORD = "damaged_record", "The archive is damaged here: bytes were skipped up to the next whole record."
    UNREADABLE_HTTP = "unreadable_http", "The record holds no HTTP answer that can be read."
    REVISIT = "revisit", "The record says that the page was the same as an earlier capture; it holds no page."
    SEGMENT = "segment", "A continuation of a record that was cut into segments; the first segment is pressed."
    RECORD_TYPE = "record_type", "A record of a type that holds no web page (a conversion, a DNS answer)."
    REDIRECT = "redirect", "The server answered with a redirect (HTTP 3xx)."
    CLIENT_ERROR = "client_error", "The server refused or did not find the page (HTTP 4xx)."
    SERVER_ERROR = "server_error", "The server failed (HTTP 5xx)."
    OTHER_STATUS = "other_status", "An HTTP status that carries no whole page (1xx, 204, 206, ...)."
    NOT_HTML = "not_html", "The content is not HTML, by its type or by its first bytes."
    EMPTY_PAYLOAD = "empty_payload", "The answer has no body."
    PAYLOAD_TOO_BIG = "payload_too_big", "The body is larger than the recipe allows, as stored or unpacked."
    DUPLICATE_PAYLOAD = "duplicate_payload", "The same body was captured earlier in the same archive."
    UNDECODABLE = "undecodable", "The transfer or content encoding of the body cannot be undone."
    UNPARSABLE = "unparsable", "The body cannot be parsed as HTML."
    TOO_DEEP = "too_deep", "Elements are nested deeper than the parser goes (256): the rest would be lost in silence."
    HUGE_TEXT_NODE = "huge_text_node", "One run of text is larger than the parser takes (10 MB): the rest would be lost in silence."
    TIMED_OUT = "timed_out", "The page took more CPU time than the recipe allows."
    OUT_OF_MEMORY = "out_of_memory", "The page took more memory than the recipe allows."
    CRASHED = "crashed", "The page ended the process that extracted it."
    NO_TEXT = "no_text", "The extractor found no article text."
    NO_TEXT_IN_BIG_PAGE = "no_text_in_big_page", "The extractor found no article text in a page of 100,000 characters and more."
    EXTRACTOR_FAILED = "extractor_failed", "The extractor raised an error on this page."
    TOO_SHORT = "too_short", "The text is shorter than the recipe asks for."


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a capture lies: enough to read it again with one ranged read."""

    warc_file: str
    warc_offset: int
    warc_length: int | None
    warc_record_id: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived answer for a URL at a time.

    ``payload`` is the HTTP body as archived, its transfer and content encoding not undone. ``captured_at`` is None where
    the archive's date does not parse, ``http_status`` where the record is no HTTP answer (a resource).
    """

    url: str
    captured_at: datetime | None
    record_type: str
    http_status: int | None
    http_headers: Headers
    payload: bytes
    truncated: str | None
    at: Coordinates

    def header(self, name: str) -> str | None:
        """Return the first value of an HTTP header, its name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.http_headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A capture that did not become an article, and why."""

    url: str | None
    captured_at: datetime | None
    stage: Stage
    reason: Reason
    detail: str | None
    at: Coordinates
    http_status: int | None = None
    payload_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A capture whose body is unpacked, ready for the costly step; its payload is left behind."""

    capture: Capture
    body: bytes
    payload_digest: str
    truncated: str | None
    source: str


def reject(capture: Capture, stage: Stage, reason: Reason, detail: str | None = None, digest: str | None = None) -> Rejection:
    """Turn a capture into its rejection; ``detail`` is cut at 300 characters, for it may quote the page."""
    short = detail[:300] if detail else None
    return Rejection(capture.url, capture.captured_at, stage, reason, short, capture.at, capture.http_status, digest)


def column(kind: pa.DataType, meaning: str) -> Any:
    """A dataclass field that is a column on the store: its Arrow type and what it means, units included."""
    return field(metadata={"kind": kind, "meaning": meaning})


TEXT = pa.string()
TEXTS = pa.list_(pa.string())
MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, and how well that is known."""

    at: datetime
    offset_minutes: int | None
    precision: str
    source: str


class PageType(StrEnum):
    """What kind of page it is: a closed list."""

    ARTICLE = "article"
    # One page that grows by dated updates.
    LIVE_BLOG = "live_blog"
    # Pictures with captions.
    GALLERY = "gallery"
    VIDEO = "video"
    # Podcasts, radio, music.
    AUDIO = "audio"
    # Front pages, sections, topics, lists of results.
    INDEX = "index"
    # An error page that answered 200 ("soft 404"), or a wall against robots.
    ERROR = "error"
    # Of a declared kind that is none of these: a recipe, a product, a profile.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Facts:
    """Who, when and what of a page, as the page itself declares it; None or empty where it does not."""

    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published: Published | None = None
    modified_at: datetime | None = None
    canonical_url: str | None = None
    canonical_is_foreign: bool | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    language: str | None = None
    is_accessible_for_free: bool | None = None
    licence: str | None = None
    page_type: PageType | None = None
    declared_type: str | None = None
    opt_outs: tuple[str, ...] = ()
    # JSON-LD's articleBody: often cut short, so it is no text, but a witness for one.
    declared_body: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, a line a paragraph, empty where there is none, and how it was found.

    ``confidence``: the F1 in characters that the net expects of its own text, 0 to 1. ``source``: page | script | trafilatura.
    """

    text: str
    markdown: str | None
    confidence: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Article:
    """One row of the corpus. FineWeb's names where it has one."""

    id: str = column(TEXT, "32 hex digits of SHA-256 over URL, capture time and payload digest: the capture's alone")
    url: str = column(TEXT, "address that was asked, as the archive has it")
    canonical_url: str | None = column(TEXT, "absolute address that the page calls its own")
    canonical_is_foreign: bool | None = column(
        pa.bool_(),
        "true: canonical_url lies at another registrable domain, so the page is a copy or says so; null: no canonical_url",
    )
    host: str = column(TEXT, "host name in the URL, lower case")
    domain: str = column(TEXT, "registrable domain of the host by the Public Suffix List; an IP address as it is")
    site_name: str | None = column(TEXT, "name of the site as the page gives it")
    title: str | None = column(TEXT, "headline, without the site's name")
    description: str | None = column(TEXT, "summary as the page declares it")
    text: str = column(TEXT, "body as plain text, a line a paragraph; items as '- item', rows of tables as 'cell | cell'")
    markdown: str | None = column(TEXT, "body as Markdown; null: the recipe asks for plain text only")
    text_source: str = column(TEXT, "page: blocks of the page | script: a script of the page | trafilatura: found by its rules")
    text_confidence: float | None = column(
        pa.float32(),
        "F1 in characters that the net expects of its text, 0 to 1, also where trafilatura was asked instead; null: no net",
    )
    authors: tuple[str, ...] = column(TEXTS, "names in the order of the page")
    published_at: datetime | None = column(MOMENT, "first publication, UTC, never later than captured_at")
    published_offset_minutes: int | None = column(pa.int16(), "offset from UTC that the page wrote, minutes; null: none written")
    published_precision: str | None = column(TEXT, "second | minute | day: how exact published_at is")
    published_source: str | None = column(TEXT, "json-ld | meta | microdata | html | url: where published_at was found")
    modified_at: datetime | None = column(MOMENT, "last change as the page declares it, UTC")
    language: str | None = column(TEXT, "ISO 639 code detected in the text")
    language_score: float | None = column(pa.float32(), "share of the text in that language, 0 to 1")
    language_declared: str | None = column(TEXT, "language that the page declares, BCP 47")
    section: str | None = column(TEXT, "section of the site")
    tags: tuple[str, ...] = column(TEXTS, "keywords in the order of the page")
    image_url: str | None = column(TEXT, "absolute address of the lead image")
    is_accessible_for_free: bool | None = column(pa.bool_(), "false: the page says it is behind a paywall; null: not said")
    licence: str | None = column(TEXT, "licence that the page declares, as an address or a name")
    page_type: str | None = column(
        TEXT, "article | live_blog | gallery | video | audio | index | error (answered 200 all the same) | other; null: unknown"
    )
    declared_type: str | None = column(TEXT, "type that the page declares, as it is, e.g. NewsArticle, video.other")
    word_count: int = column(pa.int32(), "runs of word characters in text")
    captured_at: datetime | None = column(MOMENT, "time of the capture (WARC-Date), UTC; null: the archive's date does not parse")
    http_status: int | None = column(pa.int16(), "HTTP status; null: the record is no HTTP answer")
    content_type: str | None = column(TEXT, "Content-Type as sent")
    charset: str = column(TEXT, "encoding that the body was read with, WHATWG name")
    charset_source: str = column(TEXT, "bom | utf-8 | http | meta | detector: what decided the charset")
    text_sha256: str = column(TEXT, "SHA-256 of text as UTF-8, hex")
    minhash: bytes | None = column(pa.binary(), "signature for near duplicates; null: the recipe computes none")
    source: str = column(TEXT, "name of the source, first folder below articles/")
    warc_file: str = column(TEXT, "address of the archive")
    warc_offset: int = column(
        pa.int64(), "first byte of the record in the archive; where a gzip member holds several records, counted in unpacked bytes"
    )
    warc_length: int | None = column(pa.int64(), "bytes that the record takes in the archive; null: unknown")
    warc_record_id: str | None = column(TEXT, "WARC-Record-ID")
    payload_digest: str = column(
        TEXT, "sha1: and base32 of the body, all its encodings undone, computed here (as crawlers write WARC-Payload-Digest)"
    )
    robots_allowed: bool | None = column(pa.bool_(), "robots.txt verdict at the time of the fetch; null: not asked")
    opt_outs: tuple[str, ...] = column(TEXTS, "opt-out signals of the answer and the page, e.g. x-robots-tag:noai, meta:noarchive")
    truncated: str | None = column(
        TEXT, "why the body is not whole: WARC-Truncated (length, time, disconnect), or encoding: its packing ends early"
    )
    extractor: str = column(TEXT, "extractor that gave the text")
    extractor_version: str = column(TEXT, "version of that extractor")
    recipe: str = column(TEXT, "id of everything that decided this row, as in the shard's receipt")


REJECTION_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "url": (TEXT, "address that was asked; null: lost with the record"),
    "captured_at": (MOMENT, "time of the capture (WARC-Date), UTC; null: unknown"),
    "stage": (TEXT, "read | classify | decode | extract | filter: the step that rejected it"),
    "reason": (TEXT, "one of `pressrun reasons`"),
    "detail": (TEXT, "what exactly, at most 300 characters"),
    "http_status": (pa.int16(), "HTTP status; null: none"),
    "source": (TEXT, "name of the source"),
    "warc_file": (TEXT, "address of the archive"),
    "warc_offset": (
        pa.int64(),
        "first byte of the record in the archive; where a gzip member holds several records, counted in unpacked bytes",
    ),
    "warc_length": (pa.int64(), "bytes that the record takes in the archive; null: unknown"),
    "warc_record_id": (TEXT, "WARC-Record-ID"),
    "payload_digest": (TEXT, "as in the articles; null: the body was not looked at"),
    "recipe": (TEXT, "id of everything that decided this row, as in the shard's receipt"),
}


def _arrow(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": meaning})


ARTICLE_SCHEMA = pa.schema([_arrow(f.name, f.metadata["kind"], f.metadata["meaning"]) for f in fields(Article)])
REJECTION_SCHEMA = pa.schema([_arrow(name, *column) for name, column in REJECTION_COLUMNS.items()])


Outcome = Article | Rejection


def reject_article(article: Article, reason: Reason, detail: str | None = None) -> Rejection:
    """Turn an article into a rejection by a filter."""
    at = Coordinates(article.warc_file, article.warc_offset, article.warc_length, article.warc_record_id)
    status, digest = article.http_status, article.payload_digest
    return Rejection(article.url, article.captured_at, Stage.FILTER, reason, detail, at, status, digest)


def article_row(article: Article) -> dict[str, Any]:
    """An article as a row for ``ARTICLE_SCHEMA``."""
    return {name: getattr(article, name) for name in ARTICLE_SCHEMA.names}


def rejection_row(rejection: Rejection, source: str, recipe: str) -> dict[str, Any]:
    """A rejection as a row for ``REJECTION_SCHEMA``."""
    at = rejection.at
    return {
        "url": rejection.url,
        "captured_at": rejection.captured_at,
        "stage": rejection.stage.value,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "http_status": rejection.http_status,
        "source": source,
        "warc_file": at.warc_file,
        "warc_offset": at.warc_offset,
        "warc_length": at.warc_length,
        "warc_record_id": at.warc_record_id,
        "payload_digest": rejection.payload_digest,
        "recipe": recipe,
    }
