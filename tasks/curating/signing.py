"""The first step: look at each article once, and keep what finds its copies, its site's furniture, and its place in an edition."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.curating.batches import Batch
from tasks.curating.places import (
    ADDRESS_BAND,
    ARTICLE_FACTS,
    BAND_ROWS,
    LINE_BUCKETS,
    NO_TIME,
    PAYLOAD_BAND,
    ROOT,
    TEXT_BAND,
    UNDATED,
    articles_key,
    band_key,
    lines_key,
    months_of,
    rows_key,
)
from tasks.curating.reading import read_articles
from tasks.curating.rows import contents, write_rows
from tasks.curating.tables import bytes_of, joined, write_table
from tasks.dedup.bands import band_keys, sketches
from tasks.dedup.signatures import SIGNATURE_BYTES, Bytes, Numbers, signatures
from tasks.errors import RetryLater
from tasks.site_lines.rows import ROW_SCHEMA, line_rows
from tasks.storage import Store
from tasks.urls import key_hash, url_key

# Whole articles that wait in memory for being written: some 60 MB.
ROWS_AT_ONCE = 10_000
SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class _Kept:
    """What is kept of a batch, table by table."""

    facts: list[pa.Table] = field(default_factory=list)
    bands: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    lines: list[pa.Table] = field(default_factory=list)
    waiting: list[pa.Table] = field(default_factory=list)
    flushed: int = 0


def sign(store: Store, batch: Batch, is_wanted: Callable[[], bool]) -> int:
    """Look at all articles of a batch; gives their number. Raises RetryLater when it is cancelled, or its input has changed.

    Memory: what finds copies (1.5 KB an article), and 10,000 whole articles.
    """
    kept = _Kept()
    for number, one in enumerate(batch.inputs):
        if not is_wanted():
            raise RetryLater(f"batch {batch.name} was cancelled: the next run looks at it again")
        _look_at(read_articles(store, one), number, kept)
        if sum(map(len, kept.waiting)) >= ROWS_AT_ONCE:
            _write_rows(store, batch.name, kept)
    _write_rows(store, batch.name, kept)
    _write_tables(store, batch.name, kept)
    batch.write(store)
    return batch.rows


def _look_at(table: pa.Table, number: int, kept: _Kept) -> None:
    facts = article_facts(table, number)
    nodes = facts.column("node").to_numpy()
    _keep_bands(table, nodes, kept)
    kept.facts.append(facts)
    kept.lines.append(line_rows(_with_nodes(table, facts)))
    rows = table.drop_columns(["minhash"]).append_column("at", facts.column("at"))
    kept.waiting.append(rows)


def article_facts(table: pa.Table, number: int) -> pa.Table:
    """``ARTICLE_FACTS`` of a table of articles, in its order; ``number``: which of the batch's objects it is."""
    ids = [bytes.fromhex(text) for text in table.column("id").to_pylist()]
    captured, published = (microseconds(table.column(name)) for name in ("captured_at", "published_at"))
    return pa.table(
        {
            "node": np.frombuffer(b"".join(ids), ">u8").reshape(-1, 2)[:, 0].astype(np.uint64),
            "id": pa.array(ids, pa.binary(16)),
            "at": np.where(published == NO_TIME, captured, published),
            "captured": captured,
            "published": published,
            "content": contents(table),
            "chars": pc.utf8_length(table.column("text")).cast(pa.int32()),
            "input": pa.array(np.full(len(table), number), pa.int32()),
            "row": pa.array(np.arange(len(table)), pa.int32()),
        },
        schema=ARTICLE_FACTS,
    )


def microseconds(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Times as microseconds since 1970, ``NO_TIME`` where there is none."""
    numbers: npt.NDArray[np.int64] = pc.fill_null(column.cast(pa.int64()), NO_TIME).to_numpy()
    return numbers


def _with_nodes(table: pa.Table, facts: pa.Table) -> pa.Table:
    months = [None if month == UNDATED else month for month in months_of(facts.column("captured").to_numpy())]
    some = table.select(["title", "text", "set_aside"]).append_column("domain", pa.array(_sites(table), pa.string()))
    for name in ("node", "content"):
        some = some.append_column(name, facts.column(name))
    return some.append_column("month", pa.array(months, pa.string()))


def _sites(table: pa.Table) -> list[str]:
    """Registrable domains; files of a folder, which have none, are taken for a site."""
    columns = (table.column(name).to_pylist() for name in ("domain", "url"))
    return [domain or url.rsplit("/", 1)[0] for domain, url in zip(*columns, strict=True)]


def _keep_bands(table: pa.Table, nodes: Numbers, kept: _Kept) -> None:
    signed = _signatures(table)
    small = sketches(signed)
    # A text without any word is like no other.
    has_words = (signed != signed[:, :1]).any(axis=1)
    keys = band_keys(signed[has_words]) * SPREAD
    texts = np.array([int(text[:16], 16) for text in table.column("text_sha256").to_pylist()], np.uint64)
    told = pa.table({"node": nodes, "text": texts, "sketch": _binaries(small)})
    worded = told.filter(pa.array(has_words))
    for band in range(keys.shape[1]):
        kept.bands[f"{band:02d}"].append(band_rows(keys[:, band], worded))
    payloads = np.array([key_hash(text) for text in table.column("payload_digest").to_pylist()], np.uint64)
    kept.bands[TEXT_BAND].append(band_rows(texts, told))
    kept.bands[PAYLOAD_BAND].append(band_rows(payloads, told))
    own = [url_key(url) for url in table.column("url").to_pylist()]
    named = [url_key(url) if url else "" for url in table.column("canonical_url").to_pylist()]
    claims = np.array([bool(name) and name != mine for name, mine in zip(named, own, strict=True)], np.bool_)
    for names, chosen, is_own in ((own, np.ones(len(own), np.bool_), True), (named, claims, False)):
        hashes = np.array([key_hash(name) for name, wanted in zip(names, chosen, strict=True) if wanted], np.uint64)
        kept.bands[ADDRESS_BAND].append(band_rows(hashes, told.filter(pa.array(chosen)), is_own=is_own))


def _signatures(table: pa.Table) -> Bytes:
    """Those that lie beside the articles; made now for what was pressed before there were any."""
    column = table.column("minhash")
    if column.null_count or any(len(one) != SIGNATURE_BYTES for one in column.to_pylist()):
        return signatures(table.column("text").to_pylist())
    return bytes_of(table.select(["minhash"]), "minhash", SIGNATURE_BYTES)


def band_rows(keys: Numbers, told: pa.Table, *, is_own: bool = True) -> pa.Table:
    """``BAND_ROWS``: a key for each row of ``told`` (node, text, sketch); ``is_own``: false for an address that is only named."""
    own = pa.array(np.full(len(keys), is_own), pa.bool_())
    return told.append_column("key", pa.array(keys, pa.uint64())).append_column("own", own).select(BAND_ROWS.names).cast(BAND_ROWS)


def _binaries(rows: Bytes) -> pa.Array:
    """Rows of bytes as a column of binaries."""
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(rows.shape[1]), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))]
    )


def _write_rows(store: Store, batch: str, kept: _Kept) -> None:
    if not kept.waiting:
        return
    table = pa.concat_tables(kept.waiting)
    months = np.array(months_of(table.column("at").to_numpy()))
    for month in sorted(set(months.tolist())):
        rows = table.filter(pa.array(months == month)).sort_by([("at", "ascending"), ("id", "ascending")])
        write_rows(store, rows_key(month, batch, kept.flushed), rows)
    kept.flushed, kept.waiting = kept.flushed + 1, []


def _write_tables(store: Store, batch: str, kept: _Kept) -> None:
    facts = joined(kept.facts, ARTICLE_FACTS)
    write_table(store, articles_key(batch), facts.sort_by([("at", "ascending"), ("node", "ascending")]))
    for band, tables in kept.bands.items():
        write_table(store, band_key(band, batch), joined(tables, BAND_ROWS).sort_by("key"))
    lines = joined(kept.lines, ROW_SCHEMA)
    buckets = lines.column("site").to_numpy() % np.uint64(LINE_BUCKETS)
    for bucket in np.unique(buckets).tolist():
        write_table(store, lines_key(bucket, batch), lines.filter(pa.array(buckets == bucket)))


def forget_batch(store: Store, batch: str) -> None:
    """Delete what is kept of a batch, its note first."""
    store.delete(f"{ROOT}batches/{batch}.json")
    store.delete(articles_key(batch))
    for folder in ("bands", "lines", "rows"):
        for found in list(store.list(f"{ROOT}{folder}/")):
            if found.key.rsplit("/", 1)[-1].startswith(batch):
                store.delete(found.key)
