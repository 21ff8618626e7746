"""Captures, articles and rejections: their fields, and the Arrow schemas in which they lie on the store."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import pyarrow as pa

from tasks.facts import Facts
from tasks.reasons import Reason, Stage

Headers = tuple[tuple[str, str], ...]


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
    the archive's date does not parse, ``http_status`` where the record is no HTTP answer (a resource). ``is_plain_text``:
    the payload is a text that somebody extracted, not HTML. ``given``: facts that the source has beside the page.
    """

    url: str
    captured_at: datetime | None
    record_type: str
    http_status: int | None
    http_headers: Headers
    payload: bytes
    truncated: str | None
    at: Coordinates
    is_plain_text: bool = False
    given: Facts | None = None
    # Beside the page in records that `pressrun collect` wrote.
    announced_at: datetime | None = None
    announced_in: str | None = None
    robots_allowed: bool | None = None

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
PLACE = (
    "first byte of the record in the archive; counted in unpacked bytes where a gzip member holds several records or the file is "
    "packed as a whole; of a Parquet table the number of the row"
)


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
    text_source: str = column(
        TEXT, "page: blocks of the page | script: a script of the page | trafilatura: found by its rules | plain: the input is text"
    )
    text_confidence: float | None = column(
        pa.float32(),
        "F1 in characters that the net expects of its text, 0 to 1, also where trafilatura was asked instead; null: no net",
    )
    captions: tuple[str, ...] = column(TEXTS, "captions of pictures, with their credits, of a plain text; empty for pages")
    set_aside: tuple[str, ...] = column(
        TEXTS, "lines of a plain text that look like furniture of its site: not in text, for the corpus as a whole can tell better"
    )
    authors: tuple[str, ...] = column(TEXTS, "names in the order of the page")
    published_at: datetime | None = column(MOMENT, "first publication, UTC, never later than captured_at")
    published_offset_minutes: int | None = column(pa.int16(), "offset from UTC that the page wrote, minutes; null: none written")
    published_precision: str | None = column(
        TEXT,
        "second | minute | day: how exact published_at is; local_second, local_minute: as a clock of an unknown zone showed it",
    )
    published_source: str | None = column(
        TEXT, "json-ld | meta | microdata | html | url | text | column | feed | sitemap: where published_at was found"
    )
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
    minhash: bytes | None = column(
        pa.binary(), "256 bytes by which near duplicates are found: the lowest of each MinHash of its shingles of five words"
    )
    source: str = column(TEXT, "name of the source, first folder below articles/")
    warc_file: str = column(TEXT, "address of the archive, or of the file that holds the page")
    warc_name_date: datetime | None = column(
        MOMENT, "time that the archive's name tells, UTC; null: none. captured_at is the record's"
    )
    warc_offset: int = column(pa.int64(), PLACE)
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
    "warc_offset": (pa.int64(), PLACE),
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
