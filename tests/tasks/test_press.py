"""The laws, shard by shard: nothing disappears, run twice get once, a receipt is the commit."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.audit import audit
from tasks.errors import RetryLater
from tasks.plans import plan_archives
from tasks.press import Order, Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.shards import Receipt, all_receipts
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.archives import gzip_members, http_answer, pages, warc_record, warcinfo

RECIPE = Recipe(part_articles=4)
SENTENCES = "The council met on Tuesday and put off the vote on the new pier until the spring. "


def html(number: int) -> bytes:
    body = "".join(f"<p>{SENTENCES} It was meeting {number}, paragraph {line}.</p>" for line in range(4))
    return f"<html><head><title>Meeting {number}</title></head><body><article>{body}</article></body></html>".encode()


@pytest.fixture
def archive(tmp_path) -> Path:
    """22 captures: 18 articles, a duplicate, two errors and a stretch of damage; parts of four articles."""
    records = [warcinfo(), *pages(18, [html(number) for number in range(18)])]
    records.insert(5, warc_record(url="https://news.example.org/again", block=http_answer(body=html(2))))
    records.insert(9, warc_record(url="https://news.example.org/gone", block=http_answer(404)))
    members = [gzip_members([record]) for record in records]
    members.insert(12, b"\x00garbage between members" * 9)
    members.append(
        gzip_members([warc_record(url="https://news.example.org/last", block=http_answer(500)), warc_record("metadata", block=b"")])
    )
    path = tmp_path / "made.warc.gz"
    path.write_bytes(b"".join(members))
    return path


@pytest.fixture
def folder(tmp_path) -> Store:
    return open_store(str(tmp_path / "corpus"))


def order_for(store: Store, archive: Path, recipe: Recipe = RECIPE) -> Order:
    return plan_archives(store, Selection((str(archive),), "warc_files"), recipe).orders[0]


def press(store: Store, archive: Path, recipe: Recipe = RECIPE) -> Receipt:
    return press_shard(store, order_for(store, archive, recipe), Watch())


def data_objects(store: Store) -> dict[str, bytes]:
    found = [info.key for kind in ("articles/", "rejections/") for info in store.list(kind)]
    return {key: store.read(key) for key in found}


def stop_after(captures: int) -> Watch:
    left = iter(range(captures))
    return Watch(is_wanted=lambda: next(left, None) is not None)


def test_every_capture_has_exactly_one_outcome(folder, archive):
    receipt = press(folder, archive)
    assert receipt.counts.captures == 22
    assert receipt.counts.articles == 18
    assert receipt.counts.rejections == {"client_error": 1, "damaged_record": 1, "duplicate_payload": 1, "server_error": 1}
    assert receipt.counts.closes
    assert receipt.counts.records == {"damaged": 1, "metadata": 1, "response": 21, "warcinfo": 1}
    assert audit(folder).closes


def test_the_coordinates_of_every_row_point_at_its_record(folder, archive):
    press(folder, archive)
    raw = archive.read_bytes()
    for key, data in data_objects(folder).items():
        for row in pq.read_table(folder.open(key)).to_pylist():
            member = raw[row["warc_offset"] : row["warc_offset"] + row["warc_length"]]
            assert row["reason"] == "damaged_record" if "reason" in row and row["url"] is None else member[:2] == b"\x1f\x8b"
        assert data


def test_the_same_input_and_recipe_give_the_same_bytes(tmp_path, archive):
    first, second = open_store(str(tmp_path / "one")), open_store(str(tmp_path / "two"))
    press(first, archive)
    press(second, archive)
    assert data_objects(first) == data_objects(second)


@pytest.mark.parametrize("captures", [1, 7, 13, 20, 23])
def test_a_shard_that_was_stopped_goes_on_and_ends_with_the_same_bytes(tmp_path, folder, archive, captures):
    whole = open_store(str(tmp_path / "whole"))
    press(whole, archive)
    with pytest.raises(RetryLater):
        press_shard(folder, order_for(folder, archive), stop_after(captures))
    committed = {key: folder.read(key) for key in data_objects(folder)}
    assert list(all_receipts(folder)) == []
    receipt = press(folder, archive)
    assert receipt.run["resumed_parts"] == len(committed) // 2
    assert data_objects(folder) == data_objects(whole)
    assert receipt.counts == next(iter(all_receipts(whole))).counts


def test_a_stopped_shard_presses_nothing_again_that_was_committed(folder, archive):
    with pytest.raises(RetryLater):
        press_shard(folder, order_for(folder, archive), stop_after(13))
    before = {key: Path(folder.url, key).stat().st_mtime_ns for key in data_objects(folder)}
    assert before
    press(folder, archive)
    assert {key: Path(folder.url, key).stat().st_mtime_ns for key in before} == before


def test_a_second_plan_has_nothing_to_do_until_the_receipt_is_taken_away(folder, archive):
    receipt = press(folder, archive)
    plan = plan_archives(folder, Selection((str(archive),), "warc_files"), RECIPE)
    assert (plan.orders, len(plan.done)) == ([], 1)
    folder.delete(receipt.key)
    assert len(plan_archives(folder, Selection((str(archive),), "warc_files"), RECIPE).orders) == 1


def test_adding_an_archive_moves_no_finished_work(folder, archive, tmp_path):
    press(folder, archive)
    before = data_objects(folder)
    (tmp_path / "another.warc.gz").write_bytes(gzip_members(pages(2, [html(100), html(101)])))
    plan = plan_archives(folder, Selection((str(tmp_path / "*.warc.gz"),), "warc_files"), RECIPE)
    assert [order.shard.url for order in plan.orders] == [str(tmp_path / "another.warc.gz")]
    press_shard(folder, plan.orders[0], Watch())
    after = data_objects(folder)
    assert before.items() <= after.items()
    assert len(after) > len(before)
    assert audit(folder).closes


def test_a_changed_recipe_presses_anew_and_leaves_nothing_of_the_old(folder, archive):
    press(folder, archive)
    other = replace(RECIPE, part_articles=18, filters=(("min_chars", "10"),))
    receipt = press(folder, archive, other)
    assert {stored.key for stored in receipt.objects} == set(data_objects(folder))
    assert len(list(all_receipts(folder))) == 1
    assert audit(folder).closes


def test_a_new_recipe_withdraws_the_old_receipt_before_it_touches_a_part(folder, archive):
    press(folder, archive)
    other = replace(RECIPE, filters=())
    with pytest.raises(RetryLater):
        press_shard(folder, order_for(folder, archive, other), stop_after(8))
    assert list(all_receipts(folder)) == []
    press(folder, archive, other)
    assert audit(folder).closes


def test_an_archive_that_was_replaced_after_the_plan_is_not_pressed(folder, archive):
    order = order_for(folder, archive)
    archive.write_bytes(gzip_members(pages(3, [html(7), html(8), html(9)])))
    with pytest.raises(RetryLater, match="replaced"):
        press_shard(folder, order, Watch())
    assert press(folder, archive).counts.captures == 3


def test_an_archive_that_is_overwritten_while_it_is_read_gets_no_receipt_and_starts_anew(folder, archive):
    order, other, left = order_for(folder, archive), gzip_members(pages(3, [html(7), html(8), html(9)])), iter(range(9))

    def overwrite_in_the_middle() -> bool:
        if next(left, None) == 8:
            archive.write_bytes(other)
        return True

    with pytest.raises(RetryLater, match="replaced"):
        press_shard(folder, order, Watch(is_wanted=overwrite_in_the_middle))
    assert list(all_receipts(folder)) == []
    receipt = press(folder, archive)
    assert receipt.counts.captures == 3
    assert {stored.key for stored in receipt.objects} == set(data_objects(folder))
    assert audit(folder, deep=True).closes


def test_a_receipt_of_another_recipe_that_came_after_the_plan_is_withdrawn_first(folder, archive):
    late = order_for(folder, archive, replace(RECIPE, filters=()))
    press(folder, archive)
    with pytest.raises(RetryLater):
        press_shard(folder, late, stop_after(8))
    assert list(all_receipts(folder)) == []


def test_an_archive_without_captures_is_done_with_a_receipt(folder, tmp_path):
    path = tmp_path / "only-info.warc.gz"
    path.write_bytes(gzip_members([warcinfo()]))
    receipt = press(folder, path)
    assert (receipt.counts.captures, receipt.month) == (0, "undated")
    assert audit(folder).closes


def test_parts_lie_on_s3_as_they_do_in_a_folder(store, archive, tmp_path):
    here = open_store(str(tmp_path / "here"))
    press(here, archive)
    press(store, archive)
    assert data_objects(store) == data_objects(here)
    assert audit(store).closes


def test_progress_is_told_and_never_runs_backwards(folder, archive, monkeypatch):
    monkeypatch.setattr("tasks.press.TELL_EVERY_SECONDS", 0)
    told = []
    press_shard(folder, order_for(folder, archive), Watch(tell=told.append))
    assert [progress.captures for progress in told] == sorted(progress.captures for progress in told)
    assert told[-1].pressed_bytes == archive.stat().st_size


def test_times_and_run_ids_stand_in_receipts_only(folder, archive):
    receipt = press_shard(folder, order_for(folder, archive), Watch(run_id="run-7391"))
    assert receipt.run["run_id"] == "run-7391"
    assert all(b"run-7391" not in data for data in data_objects(folder).values())
    assert json.loads(folder.read(receipt.key))["run"]["started_at"]
