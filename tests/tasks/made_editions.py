"""Small editions for tests, written as curating writes them: articles of several hosts, months, languages and clusters."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.edition_rows import FINGERPRINT_KEY
from tasks.editions import EDITION_SCHEMA, SET_ASIDE_SCHEMA, Edition, EditionCounts, EditionFile
from tasks.storage import Store

FIRST = datetime(2024, 11, 20, 6, tzinfo=UTC)
HOSTS = ("www.harbour.example", "news.tidewater.example", "minato.example", "blatt.example")
LICENCES = (None, None, "https://creativecommons.org/licenses/by/4.0/", "CC | <b>by</b>\n# `sa`")
SENTENCES = {
    "en": "The ferry company and the harbour board could not agree on the fare for the winter. ",
    "de": "Die Fähre fährt im Winter nur noch zweimal am Tag, sagte die Behörde. ",
    "ja": "冬のあいだ、フェリーは一日に二便だけになると港湾局は述べた。",
}
CODES = tuple(SENTENCES)


def made_row(number: int) -> dict:
    """An article: every fifth is a copy of the one before it, every eleventh has no date, every thirteenth an opt-out."""
    host, code = HOSTS[number % len(HOSTS)], CODES[number % len(CODES)]
    published = None if number % 11 == 5 else FIRST + timedelta(hours=5 * number, microseconds=number)
    captured = None if number % 97 == 96 else FIRST + timedelta(days=90, seconds=number, microseconds=123)
    is_copy = number % 5 == 4
    text = "\n".join(f"{SENTENCES[code] * 3}Note {number - is_copy}, line {line}." for line in range(1 + number % 4))
    text += "\n\n  \n" if number % 7 == 0 else ""
    return {
        **dict.fromkeys(EDITION_SCHEMA.names),
        "id": sha256(str(number).encode()).hexdigest()[:32],
        "url": f"https://{host}/story/{number}",
        "host": host,
        "domain": ".".join(host.split(".")[-2:]),
        "title": f"Note {number}",
        "text": text,
        "text_source": "page",
        "captions": [],
        "set_aside": [],
        "authors": ["Maren Holt", "Jun 'J' \"T\" Tanaka"][: number % 3],
        "published_at": published,
        "published_precision": published and "second",
        "published_source": published and "json-ld",
        "language": code,
        "language_score": 0.99,
        "tags": ["ferry", "winter"] if number % 2 else [],
        "is_accessible_for_free": False if number % 17 == 0 else None,
        "licence": LICENCES[number % len(LICENCES)],
        "page_type": "article",
        "word_count": len(text.split()),
        "captured_at": captured,
        "http_status": 200,
        "charset": "utf-8",
        "charset_source": "utf-8",
        "text_sha256": sha256(text.encode()).hexdigest(),
        "source": "collect" if number % 2 else "ccnews",
        "warc_file": f"s3://archives/{number // 50:05d}.warc.gz",
        "warc_offset": number * 1_000,
        "payload_digest": f"sha1:{number}",
        "opt_outs": ["x-robots-tag:noai", "meta:noarchive"] if number % 13 == 0 else [],
        "extractor": "balanced",
        "extractor_version": "3",
        "recipe": "0123456789abcdef",
        "cluster_id": sha256(str(number - is_copy).encode()).hexdigest()[:32],
        "cluster_size": 2 if number % 5 >= 3 else 1,
        "is_original": not is_copy,
        "cut_lines": [{"at": 0, "text": "Share this", "rule": "repeated"}] if number % 6 == 0 else [],
    }


def month_of(row: dict) -> str:
    return f"{row['published_at']:%Y-%m}" if row["published_at"] else "undated"


def make_edition(store: Store, name: str = "spring", articles: int = 300, *, group_rows: int = 40, **facts: object) -> Edition:
    """An edition of so many kept articles, with a file for each month and its neighbour of what was set aside."""
    kept = sorted((made_row(number) for number in range(articles)), key=lambda row: str(row["published_at"]))
    aside = [
        {**made_row(number), "reason": "too_short", "detail": "12 characters"}
        for number in range(articles, articles + articles // 10)
    ]
    months = sorted({month_of(row) for row in [*kept, *aside]})
    files = [_write_month(store, name, month, kept, aside, group_rows) for month in months]
    clustered = sum(row["cluster_size"] > 1 for row in kept)
    cut = sum(len(row["cut_lines"]) for row in kept)
    counts = EditionCounts(
        len(kept) + len(aside), len(kept), {"too_short": len(aside)} if aside else {}, clustered // 2, clustered, cut
    )
    made = {
        "name": name,
        "run_id": "20250301T120000Z-0a1b2c3d",
        "started_at": "2025-03-01T12:00:00+00:00",
        "finished_at": "2025-03-01T12:30:00+00:00",
        "base": "",
        "order": {"into": "/secret/place", "edition": name, "keep": "all", "filters": [["min_chars", "100"]], "languages": None},
        "recipe": {"near": {"bands": 14, "threshold": 0.8}, "rule": "a ``` b"},
        "batches": (),
    }
    edition = Edition(**{**made, "counts": counts, "files": tuple(files), **facts})
    edition.write(store)
    return edition


def _write_month(store: Store, name: str, month: str, kept: Sequence[dict], aside: Sequence[dict], group_rows: int) -> EditionFile:
    written, fingerprint = [], f"{name} {month}"
    for folder, schema, all_rows in (("articles", EDITION_SCHEMA, kept), ("set_aside", SET_ASIDE_SCHEMA, aside)):
        rows = [row for row in all_rows if month_of(row) == month]
        sink = io.BytesIO()
        noted = schema.with_metadata({FINGERPRINT_KEY: fingerprint.encode()})
        pq.write_table(pa.Table.from_pylist(rows, schema=noted), sink, compression="zstd", row_group_size=group_rows)
        key, data = f"curated/{name}/{folder}/month={month}/00000.parquet", sink.getvalue()
        store.write(key, data)
        written.append((key, len(rows), len(data), sha256(data).hexdigest()))
    return EditionFile(*written[0], *written[1], month=month, span=None, fingerprint=fingerprint)
