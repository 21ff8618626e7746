"""Counts rows of articles and rejections, an object at a time, from the few columns that the report needs; never a text."""

import io
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import PressError, first_line
from tasks.report.facts import WORD_EDGES, Copies, Days, Rows
from tasks.shards import StoredObject
from tasks.storage import Store

ARTICLE_COLUMNS = (
    "host", "published_at", "published_precision", "published_source", "language", "word_count", "captured_at", "text_sha256",
)  # fmt: skip
REJECTION_COLUMNS = ("captured_at",)
AT_ONCE = 8
# One request for a whole small object costs less than one for each of its columns.
READ_WHOLE_BYTES = 8_000_000
# 8 bytes each, and as much again while they are sorted.
MOST_TEXTS = 20_000_000
DAY_MICROSECONDS = 86_400_000_000
UNKNOWN = "unknown"
NIBBLES = np.full(256, 255, np.uint8)
NIBBLES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


def count_rows(store: Store, objects: Iterable[StoredObject]) -> tuple[Rows, list[str]]:
    """All rows of these objects, counted, and a line for each object that is not as it should be.

    Memory: 8 bytes an article (see ``thin``), some hundred a host, and 8 objects at once.
    """
    total, faults = Rows(), []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for rows, fault in pool.map(lambda stored: _count_object(store, stored), objects):
            total.add(rows)
            faults += [fault] if fault else []
    return total, faults


def _count_object(store: Store, stored: StoredObject) -> tuple[Rows, str]:
    is_article = stored.key.startswith("articles/")
    try:
        with _opened(store, stored) as stream, pq.ParquetFile(stream) as parquet:
            columns = ARTICLE_COLUMNS if is_article else REJECTION_COLUMNS
            present = [name for name in columns if name in parquet.schema_arrow.names]
            rows = Rows()
            for batch in parquet.iter_batches(columns=present):
                _count_articles(rows, batch) if is_article else _count_rejections(rows, batch)
    except (PressError, pa.ArrowException, OSError, ValueError, TypeError) as error:
        return Rows(), f"{stored.key} is left out, it cannot be read: {first_line(error)}"
    fault = "" if rows.articles + rows.rejections == stored.rows else f"{stored.key} has not the {stored.rows} rows of its receipt"
    absent = sorted(set(columns) - set(present))
    return rows, f"{stored.key} has no column {', '.join(absent)}" if absent else fault


def _opened(store: Store, stored: StoredObject) -> BinaryIO:
    if stored.size_bytes <= READ_WHOLE_BYTES:
        return io.BytesIO(store.read(stored.key))
    return store.open_exact(stored.key)


def _count_articles(rows: Rows, batch: pa.RecordBatch) -> None:
    rows.articles += batch.num_rows
    columns = {name: batch.column(name) for name in batch.schema.names}
    rows.published += _days(columns.get("published_at"))
    rows.captured += _days(columns.get("captured_at"))
    rows.hosts += _kinds(columns.get("host"))
    rows.languages += _kinds(columns.get("language"))
    # Only what has a date has a source and a precision of it.
    rows.date_sources += _kinds(columns.get("published_source"), "no date")
    rows.precisions += _kinds(columns.get("published_precision"), "no date")
    if "word_count" in columns:
        words = pc.fill_null(columns["word_count"], 0).to_numpy(zero_copy_only=False)
        counted = np.bincount(np.searchsorted(WORD_EDGES, words, "right"), minlength=len(rows.words))
        rows.words = [mine + int(more) for mine, more in zip(rows.words, counted, strict=True)]
    if "text_sha256" in columns:
        rows.texts.append(short_hashes(columns["text_sha256"]))


def _count_rejections(rows: Rows, batch: pa.RecordBatch) -> None:
    rows.rejections += batch.num_rows
    if "captured_at" in batch.schema.names:
        rows.rejected += _days(batch.column("captured_at"))


def _kinds(column: Any, absent: str = UNKNOWN) -> Counter[str]:
    if column is None:
        return Counter()
    found = pc.value_counts(column.cast(pa.string()))
    return Counter({one["values"] or absent: one["counts"] for one in found.to_pylist()})


def _days(column: Any) -> Days:
    if column is None:
        return Counter()
    moments = column.drop_null().cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)
    days, numbers = np.unique(moments // DAY_MICROSECONDS, return_counts=True)
    return Counter(dict(zip(days.tolist(), numbers.tolist(), strict=True)))


def short_hashes(column: Any) -> npt.NDArray[np.uint64]:
    """The first 64 bits of hex digests; those that are none are left out."""
    digests = column.cast(pa.string())
    digests = digests.filter(pc.equal(pc.binary_length(digests), 64))
    if not len(digests):
        return np.empty(0, np.uint64)
    letters = np.frombuffer(digests.buffers()[2], np.uint8, 64 * len(digests)).reshape(-1, 64)[:, :16]
    nibbles = NIBBLES[letters]
    nibbles = nibbles[(nibbles < 16).all(axis=1)]
    return np.ascontiguousarray(nibbles[:, ::2] << 4 | nibbles[:, 1::2]).view(np.uint64).ravel()


def thin(rows: Rows, most: int = MOST_TEXTS) -> None:
    """Forget every second text, with all of its copies, until few enough are left."""
    mask = np.uint64(2**rows.halvings - 1)
    rows.texts = [texts[texts & mask == 0] for texts in rows.texts] if rows.halvings else rows.texts
    while sum(len(texts) for texts in rows.texts) > most:
        bit = np.uint64(2**rows.halvings)
        rows.texts = [texts[texts & bit == 0] for texts in rows.texts]
        rows.halvings += 1


def copies_among(rows: Rows) -> Copies:
    """How many texts are there again; 64 bits mistake two texts for one in a corpus of 100 million once in 4,000 times."""
    if not sum(len(texts) for texts in rows.texts):
        return Copies()
    hashes = np.concatenate(rows.texts)
    hashes.sort()
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    times = np.diff(np.append(starts, len(hashes)))
    again = times[times > 1]
    share = 2**rows.halvings
    return Copies(share * int((again - 1).sum()), share * len(again), int(again.max(initial=1)), share > 1)
