"""The audit: a sound corpus has no fault, and each way of spoiling one by hand is caught by a line that names it."""

import json
import shutil
from dataclasses import replace

import pytest

from tasks.audit import audit
from tasks.errors import FixTheRun
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.corpora import key_of, make_crawl, press_all, put, receipt_of, recount


def delete_object(store: Store) -> str:
    store.delete(key := key_of(store, "articles"))
    return f"{key} is missing"


def cut_object(store: Store) -> str:
    key = key_of(store, "articles")
    store.write(key, store.read(key)[:-200])
    return f"{key} is damaged"


def empty_object(store: Store) -> str:
    store.write(key := key_of(store, "rejections"), b"")
    return f"{key} has 0 bytes"


def change_receipt_articles(store: Store) -> str:
    counts = receipt_of(store).counts
    recount(store, articles=counts.articles + 1, captures=counts.captures + 1)
    return "the receipt counts 9 articles, the store holds 8"


def change_receipt_sum(store: Store) -> str:
    recount(store, captures=99)
    return "99 captures read, but 8 articles + 4 rejections"


def change_receipt_records(store: Store) -> str:
    recount(store, records={"response": 12})
    return "the footers"


def change_receipt_recipe(store: Store) -> str:
    receipt = receipt_of(store)
    store.write(receipt.key, replace(receipt, recipe={**receipt.recipe, "max_cpu_seconds": 1.0}).to_json())
    return "fingerprint is not that of its archive and recipe"


def cut_receipt(store: Store) -> str:
    key = receipt_of(store).key
    store.write(key, store.read(key)[:-9])
    return f"{key} is no receipt"


def copy_receipt(store: Store) -> str:
    receipt = receipt_of(store)
    key = receipt.key.replace(receipt.month, "1999-01")
    store.write(key, store.read(receipt.key))
    return f"{key} is the receipt that belongs at {receipt.key}"


def add_part(store: Store) -> str:
    key = key_of(store, "articles", 0).replace("00000", "00077")
    store.write(key, store.read(key_of(store, "articles", 0)))
    return f"{key} belongs to no receipt"


def add_vouched_part(store: Store) -> str:
    receipt, first = receipt_of(store), receipt_of(store).objects[0]
    stray = replace(first, key=first.key.replace("00000", "00077"))
    store.write(stray.key, store.read(first.key))
    store.write(receipt.key, replace(receipt, objects=(*receipt.objects, stray)).to_json())
    return f"{stray.key}, which does not follow"


def swap_parts(store: Store) -> str:
    put(store, key := key_of(store, "articles"), store.read(key_of(store, "articles", name="a")))
    return f"{key} was pressed from another input"


def swap_parts_of_a_shard(store: Store) -> str:
    for kind in ("rejections", "articles"):
        keys = [key_of(store, kind, part) for part in (0, 1)]
        for key, data in zip(keys, [store.read(key) for key in reversed(keys)], strict=True):
            put(store, key, data)
    return f"{key_of(store, 'articles', 0)}: its footer does not fit"


def take_manifests_receipt(store: Store) -> str:
    name = "runs/two/manifest.json"
    store.write(name, json.dumps({"receipts": ["receipts/warc_files/2020-01/never.json"]}).encode())
    return f"{name} names receipts/warc_files/2020-01/never.json, which is gone"


def cut_manifest(store: Store) -> str:
    store.write("runs/one/manifest.json", b'{"receipts": [')
    return "runs/one/manifest.json is no manifest"


SPOILERS = [
    delete_object,
    cut_object,
    empty_object,
    change_receipt_articles,
    change_receipt_sum,
    change_receipt_records,
    change_receipt_recipe,
    cut_receipt,
    copy_receipt,
    add_part,
    add_vouched_part,
    swap_parts,
    swap_parts_of_a_shard,
    take_manifests_receipt,
    cut_manifest,
]


@pytest.mark.parametrize("spoil", SPOILERS, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_object_or_receipt_is_caught_by_a_line_that_names_it(corpus, spoil):
    expected = spoil(corpus)
    for deep in (False, True):
        report = audit(corpus, deep=deep)
        assert not report.closes
        assert any(expected in fault for fault in report.faults), report.faults
        assert all("\n" not in fault for fault in report.faults)


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_corpus_has_no_fault_and_no_note(store, tmp_path, deep):
    make_crawl(tmp_path / "crawl")
    press_all(store, tmp_path / "crawl")
    report = audit(store, deep=deep)
    assert (report.faults, report.notes, report.unfinished) == ([], [], [])
    assert (report.shards, report.counts.captures, report.counts.articles, report.objects) == (3, 36, 24, 18)


@pytest.mark.parametrize("deep", [False, True])
def test_an_archive_that_is_gone_or_was_replaced_is_a_note(tmp_path, deep):
    make_crawl(tmp_path / "crawl")
    store = open_store(str(tmp_path / "corpus"))
    press_all(store, tmp_path / "crawl")
    (tmp_path / "crawl" / "a.warc.gz").unlink()
    (tmp_path / "crawl" / "b.warc.gz").write_bytes(b"another")
    report = audit(store, deep=deep)
    assert report.closes
    assert ["cannot be checked" in note for note in report.notes] == [True, True]


def test_the_same_captures_in_two_archives_are_a_note(tmp_path):
    make_crawl(tmp_path / "crawl")
    shutil.copy(tmp_path / "crawl" / "a.warc.gz", tmp_path / "crawl" / "copy.warc.gz")
    store = open_store(str(tmp_path / "corpus"))
    press_all(store, tmp_path / "crawl")
    report = audit(store)
    assert report.closes
    assert report.notes == ["8 articles are of captures that stand in more than one archive"]


def test_a_receipt_that_was_replaced_later_is_a_note(corpus):
    receipt = receipt_of(corpus)
    corpus.write("runs/zero/manifest.json", json.dumps({"receipts": [receipt.key.replace(receipt.month, "1999-01")]}).encode())
    report = audit(corpus)
    assert report.closes
    assert report.notes == ["runs/zero/manifest.json: 1 of its receipts were replaced later"]


def test_a_shard_whose_receipt_was_withdrawn_is_unfinished_and_no_fault(corpus):
    receipt = receipt_of(corpus)
    corpus.delete(receipt.key)
    report = audit(corpus, deep=True)
    assert report.closes
    assert report.unfinished == [f"warc_files/{receipt.month}/{receipt.shard.name}"]


def test_a_mistyped_address_is_no_sound_corpus(tmp_path):
    with pytest.raises(FixTheRun, match="there is no corpus"):
        audit(open_store(str(tmp_path / "nowhere")))
