"""Counting rows: the same numbers as by hand, and odd objects are named."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.report.counting import copies_among, count_rows, short_hashes, thin
from tasks.report.facts import Copies, Rows
from tasks.shards import Receipt
from tasks.storage import Store, open_store
from tests.tasks.report.shards import NOON, article, rejection, write_shard

DAY = NOON.date().toordinal() - 719_163


@pytest.fixture
def folder(tmp_path) -> Store:
    return open_store(str(tmp_path / "corpus"))


def count(store: Store, *receipts: Receipt):
    return count_rows(store, (stored for receipt in receipts for stored in receipt.objects))


def test_rows_are_counted_by_day_and_by_kind(store):
    articles = [
        article(0),
        article(0, host="b.example", word_count=9_000),
        article(2, published_at=None, published_source=None, language=None),
    ]
    rows, faults = count(store, write_shard(store, "a", articles, [rejection(0), rejection(1, captured_at=None)]))
    assert not faults
    assert (rows.articles, rows.rejections) == (3, 2)
    assert rows.published == {DAY: 2}
    assert rows.captured == {DAY: 2, DAY + 2: 1}
    assert rows.rejected == {DAY: 1}
    assert rows.hosts == {"news0.example.org": 1, "b.example": 1, "news2.example.org": 1}
    assert rows.languages == {"en": 2, "unknown": 1}
    assert rows.date_sources == {"json-ld": 2, "no date": 1}
    assert sum(rows.words) == 3
    assert rows.words[-1] == 1
    assert copies_among(rows) == Copies(1, 1, 2)


def test_objects_add_up(folder):
    rows, _ = count(folder, *(write_shard(folder, name, [article(n) for n in range(5)]) for name in "abc"))
    assert rows.articles == 15
    assert rows.published.total() == 15
    assert copies_among(rows) == Copies(10, 5, 3)


def test_a_large_object_is_read_by_ranges_to_the_same_end(folder, monkeypatch):
    receipt = write_shard(folder, "a", [article(n) for n in range(50)])
    whole, _ = count(folder, receipt)
    monkeypatch.setattr("tasks.report.counting.READ_WHOLE_BYTES", 10)
    ranged, faults = count(folder, receipt)
    assert not faults
    assert (ranged.hosts, ranged.published, ranged.words) == (whole.hosts, whole.published, whole.words)


def test_damaged_missing_and_foreign_objects_are_named_and_the_others_counted(folder):
    receipts = [write_shard(folder, name, [article(1)]) for name in ("damaged", "gone", "whole", "foreign", "fewer")]
    keys = [receipt.objects[1].key for receipt in receipts]
    folder.write(keys[0], b"PAR1 and nothing more of it")
    folder.delete(keys[1])
    sink = io.BytesIO()
    pq.write_table(pa.table({"host": ["other.example"], "captured_at": ["no time"]}), sink)
    folder.write(keys[3], sink.getvalue())
    folder.write(keys[4], folder.read(keys[2]).replace(b"whole", b"fewer"))
    rows, faults = count(folder, *receipts)
    assert rows.articles == 2
    assert [fault.split(" ")[0] for fault in faults] == [keys[0], keys[1], keys[3]]


def test_a_column_of_another_version_is_named(folder):
    receipt = write_shard(folder, "a", [article(1)])
    key = receipt.objects[1].key
    table = pq.read_table(io.BytesIO(folder.read(key))).drop_columns(["language", "text_sha256"])
    sink = io.BytesIO()
    pq.write_table(table, sink)
    folder.write(key, sink.getvalue())
    rows, faults = count(folder, receipt)
    assert rows.articles == 1
    assert faults == [f"{key} has no column language, text_sha256"]


def test_hashes_are_the_first_64_bits_and_no_digest_is_no_hash():
    column = pa.array(["00000000000000ff" + "0" * 48, None, "short", "z" * 64, "ä" * 32])
    assert sorted(short_hashes(column).view(np.uint8).tolist()) == [0] * 7 + [255]


def test_text_is_never_read(folder, monkeypatch):
    asked = []
    real = pq.ParquetFile.iter_batches
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda self, columns: asked.extend(columns) or real(self, columns=columns))
    count(folder, write_shard(folder, "a", [article(1)]))
    assert asked
    assert not {"text", "markdown", "title", "url"} & set(asked)


def test_copies_are_told_from_a_share_of_the_texts_where_there_are_too_many():
    texts = np.random.default_rng(7).integers(0, 2**64, 20_000, np.uint64)
    rows = Rows(texts=[texts, texts[:10_000]])
    assert copies_among(rows) == Copies(10_000, 10_000, 2)
    thin(rows, 5_000)
    rows.texts += [texts[:10_000], texts[:10_000]]
    thin(rows, 5_000)
    found = copies_among(rows)
    assert sum(len(one) for one in rows.texts) <= 5_000
    assert found.is_estimate
    assert (found.removable, found.most) == (pytest.approx(30_000, rel=0.1), 4)
