"""Parts made anew: what is no part of the shard is refused, and the receipt counts what is there."""

from dataclasses import replace

import pytest

from tasks.errors import BrokenShard, RetryLater
from tasks.reading import positions_of
from tasks.reasons import Reason
from tasks.records import REJECTION_SCHEMA
from tasks.rewriting import PartRows, keys_of_part, part_anew, read_part, receipt_after, withdraw, write_part
from tests.corpora import key_of, receipt_of


def test_the_same_rows_in_any_order_are_the_same_bytes(corpus):
    receipt, key = receipt_of(corpus), key_of(corpus, "rejections")
    rows = read_part(corpus, key, {receipt.fingerprint})
    turned = PartRows(rows.footer, rows.rejections[::-1], rows.articles[::-1])
    made = part_anew(key, turned, positions_of(corpus, receipt.shard), receipt.fingerprint)
    assert made.data == {name: corpus.read(name) for name in keys_of_part(key)}
    assert receipt_after(corpus, receipt, [write_part(corpus, made)]) == receipt


def test_an_article_that_becomes_a_rejection_is_counted_there(corpus):
    receipt, key = receipt_of(corpus), key_of(corpus, "rejections")
    rows = read_part(corpus, key, {receipt.fingerprint})
    first, *others = rows.articles
    told = {**first, "stage": "classify", "reason": Reason.REMOVED.value, "detail": "x"}
    changed = PartRows(rows.footer, [*rows.rejections, {name: told[name] for name in REJECTION_SCHEMA.names}], others)
    made = part_anew(key, changed, positions_of(corpus, receipt.shard), receipt.fingerprint)
    now = receipt_after(corpus, receipt, [write_part(corpus, made)])
    assert now.counts.rejections == {**receipt.counts.rejections, "removed": 1}
    assert (now.counts.articles, now.counts.captures) == (receipt.counts.articles - 1, receipt.counts.captures)
    assert now.counts.closes
    with pytest.raises(BrokenShard, match="rows of"):
        part_anew(key, PartRows(rows.footer, rows.rejections, others), positions_of(corpus, receipt.shard), receipt.fingerprint)


def test_what_is_no_part_of_the_shard_is_refused(corpus):
    receipt, key = receipt_of(corpus), key_of(corpus, "rejections")
    with pytest.raises(BrokenShard, match="no part of one shard"):
        read_part(corpus, key, {"another"})
    other = key_of(corpus, "articles", 0)
    corpus.write(keys_of_part(key)[1], corpus.read(other))
    for may_be_half in (False, True):
        with pytest.raises(BrokenShard, match="no part of one shard"):
            read_part(corpus, key, {receipt.fingerprint}, may_be_half=may_be_half)


def test_a_receipt_that_is_another_one_by_now_is_not_withdrawn(corpus):
    receipt = receipt_of(corpus)
    other = replace(receipt, run={**receipt.run, "run_id": "another"})
    corpus.write(receipt.key, other.to_json())
    with pytest.raises(RetryLater, match="by somebody else"):
        withdraw(corpus, receipt)
    withdraw(corpus, other)
    with pytest.raises(RetryLater, match="by somebody else"):
        withdraw(corpus, other)
