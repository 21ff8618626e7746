"""The audit of visits: a sound corpus has no fault, and each way of spoiling one is a line that names it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.audit import audit
from tasks.audit_visits import audit_visits
from tasks.collecting import rounds
from tasks.collecting.orders import VisitReceipt, read_visit_receipt
from tasks.press import Order, Watch, press_shard
from tasks.recipe import Recipe
from tasks.shards import all_receipts
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.servers.news_replies import Reply
from tests.servers.news_sites import Site
from tests.servers.news_web import NewsWeb
from tests.tasks.collecting.runs import Runs, agenda_of, listed


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """One run, whose pages are pressed."""
    folder = tmp_path_factory.mktemp("collected") / "corpus"
    store = open_store(str(folder))
    with NewsWeb(sites=2, articles=4) as web:
        forget_dates(web.sites[0])
        Runs(store, agenda_of(*map(listed, web.sites))).run()
    for note, shard in rounds.waiting_shards(store, "live").items():
        press_shard(store, Order(store.url, shard, Recipe()), Watch())
        store.delete(note)
    return folder


def forget_dates(site: Site) -> None:
    """The pages of a site that have their dates in JSON-LD say none any more."""
    usual = site._resource

    def undated(path: str) -> Reply:
        reply = usual(path)
        return replace(reply, body=re.sub(rb"<script.*?</script>", b"", reply.body)) if path.endswith("-0.html") else reply

    site._resource = undated  # type: ignore[method-assign]


@pytest.fixture
def spoilt(collected, tmp_path) -> Store:
    """A copy to be spoilt; that it lies elsewhere is no fault."""
    shutil.copytree(collected, tmp_path / "corpus")
    return open_store(str(tmp_path / "corpus"))


def receipt_of(store: Store, stage: str = rounds.FETCH) -> VisitReceipt:
    keys = [info.key for info in store.list("runs/") if f"/visits/{stage}" in info.key]
    return read_visit_receipt(store.read(keys[0]), keys[0])


def faults(store: Store, *, deep: bool = False) -> list[str]:
    return audit_visits(store, all_receipts(store), deep=deep)[0]


def test_a_sound_corpus(collected):
    store = open_store(str(collected))
    for deep in (False, True):
        report = audit(store, deep=deep)
        assert report.faults == []
        assert "2 visits of collect runs: 8 fetched" in report.notes


def test_articles_say_that_they_were_allowed_and_when_they_were_announced(collected):
    store = open_store(str(collected))
    rows = [row for info in store.list("articles/") for row in pq.read_table(collected / info.key).to_pylist()]
    assert len(rows) == 8
    assert {row["robots_allowed"] for row in rows} == {True}
    assert all(row["published_at"] <= row["captured_at"] for row in rows)
    # One page says no date, two a day only.
    assert sorted(row["url"][-7:] for row in rows if row["published_source"] == "feed")[0] == "-0.html"
    assert {row["published_precision"] for row in rows} == {"second"}
    with_date = next(row for row in rows if row["published_source"] == "feed" and row["url"].endswith("-0.html"))
    without = next(row for row in rows if row["url"].endswith("-1.html") and with_date["domain"] == row["domain"])
    assert (without["published_at"] - with_date["published_at"]).total_seconds() == 1


def test_a_copy_is_sound(spoilt):
    assert faults(spoilt, deep=True) == []


def test_a_corpus_without_visits_has_no_note(corpus):
    assert audit_visits(corpus, all_receipts(corpus), deep=True) == ([], [])


def lose_capture(store: Store) -> str:
    store.delete(key := receipt_of(store).archives[0].key)
    return f"{key} is missing, its visit"


def lose_signs(store: Store) -> str:
    store.delete(key := receipt_of(store, rounds.DISCOVER).archives[0].key)
    return f"{key} is missing, its visit"


def cut_capture(store: Store) -> str:
    key = receipt_of(store).archives[0].key
    store.write(key, store.read(key)[:-5])
    return f"{key} has other bytes than its visit"


def lose_press(store: Store) -> str:
    for receipt in all_receipts(store):
        store.delete(receipt.key)
    return f"{receipt_of(store).archives[0].key} is neither pressed nor waits for it"


def change_sum(store: Store) -> str:
    receipt = receipt_of(store)
    store.write(receipt.order.receipt_key, replace(receipt, run={**receipt.run, "taken": 9}).to_json())
    return "fetch-00.json: 9 addresses were taken in hand, 8 have an outcome"


def lose_sum(store: Store) -> str:
    receipt = receipt_of(store)
    store.write(receipt.order.receipt_key, replace(receipt, run={}).to_json())
    return "fetch-00.json: None addresses were taken in hand, 8 have an outcome"


def cut_receipt(store: Store) -> str:
    key = receipt_of(store).order.receipt_key
    store.write(key, store.read(key)[:-9])
    return f"{key} is no receipt of a visit"


@pytest.mark.parametrize("spoil", [lose_capture, lose_signs, cut_capture, lose_press, change_sum, lose_sum, cut_receipt])
def test_each_fault_is_a_line_that_names_it(spoilt, spoil):
    told = spoil(spoilt)
    (fault,) = faults(spoilt)
    assert told in fault


def test_what_waits_to_be_pressed_is_no_fault(spoilt):
    lose_press(spoilt)
    key = receipt_of(spoilt).archives[0].key
    spoilt.write(f"state/to-press/live/{key.rpartition('/')[2]}.todo", key.encode())
    assert faults(spoilt) == []


def test_bytes_that_were_changed_are_found_by_who_reads_them(spoilt):
    key = receipt_of(spoilt).archives[0].key
    data = bytearray(spoilt.read(key))
    data[len(data) // 2] ^= 1
    spoilt.write(key, bytes(data))
    assert faults(spoilt) == []
    (fault,) = faults(spoilt, deep=True)
    assert f"{key} has other bytes" in fault


@pytest.mark.parametrize(
    "garbage",
    [b"", b"[]", b"null", b"7", b'"x"', b"{}", b"\xff", b'{"order": {}}', "outcomes", "archives", "order", "notes", "busy", "run"],
)
def test_garbage_in_the_place_of_a_receipt(spoilt, garbage):
    key = receipt_of(spoilt).order.receipt_key
    if isinstance(garbage, str):
        garbage = json.dumps({**json.loads(spoilt.read(key)), garbage: 7}).encode()
    spoilt.write(key, garbage)
    (fault, *_) = faults(spoilt)
    assert key in fault
