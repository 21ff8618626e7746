"""Finished shards for reports, written by hand: rows with chosen values, and the receipts and manifests that vouch for them."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.collecting.orders import SourceNote, VisitOrder, VisitReceipt
from tasks.manifests import Manifest
from tasks.recipe import Recipe
from tasks.records import ARTICLE_SCHEMA, REJECTION_SCHEMA
from tasks.shards import Counts, Receipt, Shard, StoredObject
from tasks.storage import Store

NOON = datetime(2024, 12, 3, 12, tzinfo=UTC)
RUN = "20241203T120000Z-0a1b2c3d"
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=http://127.0.0.1:9/x onerror="document.title=\'owned\'">',
    "</style><style>@import url(http://127.0.0.1:9/x.css);",
    "</title></svg><svg onload=\"document.title='owned'\">",
    "\u202egnp.exe\u2066\u200b\x00\ud800",
    "{{ 7 * 191 }}{% raw %}",
    "x" * 10_000,
)


def article(number: int, **values: object) -> dict:
    """A row: published at noon of a day each, captured an hour later."""
    moment = NOON + timedelta(days=number)
    row = {
        "host": f"news{number % 3}.example.org",
        "published_at": moment,
        "published_precision": "second",
        "published_source": "json-ld",
        "language": "en",
        "word_count": 100 * (number + 1),
        "captured_at": moment + timedelta(hours=1),
        "text_sha256": sha256(f"{number}".encode()).hexdigest(),
        "title": HOSTILE[number % len(HOSTILE)].encode("utf-8", "replace").decode(),
    }
    return row | values


def rejection(number: int, reason: str = "no_text", **values: object) -> dict:
    return {"captured_at": NOON + timedelta(days=number), "reason": reason} | values


def write_shard(
    store: Store, name: str, articles: Sequence[dict], rejections: Sequence[dict] = (), source: str = "news"
) -> Receipt:
    """One part of a shard, its receipt last; a minute of work that begins at noon."""
    objects = []
    for kind, schema, rows in (("rejections", REJECTION_SCHEMA, rejections), ("articles", ARTICLE_SCHEMA, articles)):
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), sink)
        key = f"{kind}/{source}/2024-12/{name}/00000.parquet"
        store.write(key, sink.getvalue())
        objects.append(StoredObject(key, len(rows), len(sink.getvalue()), sha256(sink.getvalue()).hexdigest()))
    reasons = [row["reason"] for row in rejections]
    counts = Counts(
        len(articles) + len(rejections), len(articles), {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    )
    shard = Shard(name, source, f"s3://archive/{name}.warc.gz", 1_000_000, "etag")
    run = {
        "run_id": RUN,
        "started_at": NOON.isoformat(),
        "finished_at": (NOON + timedelta(minutes=1)).isoformat(),
        "host": "worker:1",
        "resumed_parts": 0,
        "extraction_cpu_seconds": 5.0,
        "other_cpu_seconds": 1.0,
    }
    receipt = Receipt(shard, "fingerprint", Recipe().described(), "2024-12", counts, tuple(objects), run)
    store.write(receipt.key, receipt.to_json())
    return receipt


def write_manifest(store: Store, receipts: Sequence[Receipt], run_id: str = RUN, **values: object) -> Manifest:
    """The manifest of a backfill, or with ``visits`` of a collect run."""
    order = (
        {"sources": "sources.toml"} if "visits" in values else {"archives": ["https://archive.example/a.warc.gz?signature=secret"]}
    )
    facts = {
        "run_id": run_id,
        "started_at": NOON.isoformat(),
        "finished_at": (NOON + timedelta(minutes=2)).isoformat(),
        "order": order,
        "counts": Counts(3, 2, {"no_text": 1}),
        "receipts": tuple(receipt.key for receipt in receipts),
        "done_before": (),
        "given_up": (),
        "failed": {},
    }
    manifest = Manifest(**(facts | values))
    manifest.write(store)
    return manifest


def write_visit(store: Store, outcomes: dict[str, dict[str, int]], notes: Sequence[SourceNote] = (), run_id: str = RUN) -> str:
    """The receipt of a visit; gives its key."""
    order = VisitOrder(store.url, run_id, "fetch", 1, (0,), NOON, "collect")
    receipt = VisitReceipt(order, outcomes, notes=tuple(notes), run={"requests": 12, "bytes_received": 3_000})
    store.write(order.receipt_key, receipt.to_json())
    return order.receipt_key


def write_hostile(store: Store) -> None:
    """A corpus in which every foreign word is out to break the page."""
    clean = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    names = ("host", "language", "published_source", "published_precision")
    receipt = write_shard(store, "hostile", [article(n, **dict.fromkeys(names, text)) for n, text in enumerate(clean)])
    failure = {"shard": HOSTILE[0], "fingerprint": "f", "why": " ".join(HOSTILE), "run_id": "r", "is_final": True}
    for number, text in enumerate(HOSTILE):
        store.write(f"state/failed/news/{number}.json", json.dumps(failure | {"shard": text}).encode())
    visit = write_visit(store, {text: {"fetched": 1} for text in clean}, [SourceNote(*[text] * 3) for text in clean])
    write_manifest(store, [receipt], visits=(visit,), failed=dict.fromkeys(clean, "why"))
