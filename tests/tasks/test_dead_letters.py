"""Dead letters: found, pressed again with other limits, and the audit still closes."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.audit import audit
from tasks.dead_letters import Limits, ReplayReport, replay
from tasks.errors import FixTheRun
from tasks.reasons import Reason
from tasks.recipe import Recipe
from tasks.rejected import Wanted, find_rejections
from tasks.shards import all_receipts
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.archives import gzip_members, gzip_whole, http_answer, warc_record, warcinfo
from tests.corpora import SENTENCES, press_archives

RECIPE = Recipe(part_articles=3, max_payload_bytes=4_000)
TOO_BIG = Wanted(reasons=("payload_too_big",))
WIDER = Limits(max_payload_bytes=100_000)
BIG, SHORT = {2, 3, 9}, {4}


def html(number: int) -> bytes:
    lines = [f"<p>{SENTENCES} It was meeting {number}, paragraph {line}.</p>" for line in range(4)]
    body = "<p>Short.</p>" if number in SHORT else "".join(lines)
    filling = f"<!--{'x' * 5_000}-->" if number in BIG else ""
    return f"<html><head><title>Meeting {number}</title>{filling}</head><body><article>{body}</article></body></html>".encode()


def records(host: str) -> list[bytes]:
    """Twelve pages: three too big, one too short; a duplicate and an error."""
    found = [warc_record(url=f"https://{host}/{number}", block=http_answer(body=html(number))) for number in range(12)]
    found.insert(6, warc_record(url=f"https://{host}/again", block=http_answer(body=html(0))))
    return [warcinfo(), *found, warc_record(url=f"https://{host}/gone", block=http_answer(404))]


@pytest.fixture
def crawl(tmp_path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(gzip_members(records("a.example.org")))
    (folder / "b.warc.gz").write_bytes(gzip_members(records("b.example.org")))
    return folder


@pytest.fixture
def folder(tmp_path) -> Store:
    return open_store(str(tmp_path / "corpus"))


press_all = partial(press_archives, recipe=RECIPE)


def objects(store: Store) -> dict[str, bytes]:
    kinds = ("articles/", "receipts/", "rejections/")
    return {found.key: store.read(found.key) for kind in kinds for found in store.list(kind)}


def rows_of(store: Store, kind: str) -> list[dict]:
    keys = [found.key for found in store.list(f"{kind}/")]
    return [row for key in keys for row in pq.read_table(store.open(key)).to_pylist()]


def run(store: Store, wanted: Wanted = TOO_BIG, limits: Limits = WIDER):
    told: list[str] = []
    report = replay(store, wanted, limits, told.append)
    assert all("\n" not in line for line in told)
    return report


def test_wider_limits_turn_pages_that_were_too_big_into_articles(store, crawl):
    press_all(store, crawl)
    report = run(store)
    assert (report.shards, report.captures, report.changed, report.articles) == (2, 6, 6, 6)
    assert (report.failed, report.notes, report.reasons) == ({}, [], {})
    for receipt in all_receipts(store):
        assert receipt.counts.rejections == {"client_error": 1, "duplicate_payload": 1, "too_short": 1}
        assert receipt.counts.articles == 11
    for deep in (False, True):
        assert audit(store, deep=deep).faults == []


def test_all_other_rows_stay_and_the_order_is_that_of_the_archive(folder, crawl):
    receipts = press_all(folder, crawl)
    before = {kind: rows_of(folder, kind) for kind in ("articles", "rejections")}
    run(folder)
    after = {kind: rows_of(folder, kind) for kind in ("articles", "rejections")}
    assert [row for row in before["rejections"] if row["reason"] != "payload_too_big"] == after["rejections"]
    assert [row for row in after["articles"] if row in before["articles"]] == before["articles"]
    assert len(after["articles"]) == len(before["articles"]) + 6
    for receipt in receipts:
        offsets = [row["warc_offset"] for row in after["articles"] if row["warc_file"] == receipt.shard.url]
        assert offsets == sorted(offsets)
    assert len({row["recipe"] for row in after["articles"]}) == 1


def test_parts_without_a_changed_row_are_not_touched(folder, crawl):
    press_all(folder, crawl)
    before = objects(folder)
    run(folder, replace(TOO_BIG, urls=("https://a.example.org/9",)))
    after = objects(folder)
    changed = {key for key in after if before[key] != after[key]}
    assert len(changed) == 3
    assert all("/a-" in key for key in changed)


def test_replayed_pages_are_what_a_recipe_with_these_limits_makes(folder, tmp_path, crawl):
    press_all(folder, crawl)
    run(folder)
    other = open_store(str(tmp_path / "other"))
    wide = replace(RECIPE, max_payload_bytes=100_000)
    press_archives(other, crawl, wide)
    plain = [{**row, "recipe": ""} for row in rows_of(folder, "articles")]
    assert sorted(plain, key=str) == sorted(({**row, "recipe": ""} for row in rows_of(other, "articles")), key=str)


def test_a_second_replay_changes_nothing(folder, crawl):
    press_all(folder, crawl)
    run(folder)
    before = objects(folder)
    for wanted in (TOO_BIG, Wanted(reasons=(Reason.TIMED_OUT,))):
        assert run(folder, wanted) == ReplayReport()
    again = run(folder, Wanted(), WIDER)
    assert (again.captures, again.changed, again.reasons) == (4, 0, {"too_short": 2, "client_error": 2})
    assert objects(folder) == before


def test_the_receipt_says_what_was_replayed_and_how(folder, crawl):
    press_all(folder, crawl)
    run(folder)
    run(folder, Wanted(hosts=("a.example.org",)), Limits(max_payload_bytes=1_000))
    for receipt in all_receipts(folder):
        (entry,) = receipt.run["replays"]
        assert (entry["reasons"], entry["limits"], entry["changed"]) == (["payload_too_big"], {"max_payload_bytes": 100_000}, 3)
        assert entry["at"].endswith("+00:00")


def test_an_outcome_may_change_into_another_rejection(folder, crawl):
    press_all(folder, crawl)
    report = run(folder, Wanted(reasons=("too_short",)), Limits(max_payload_bytes=1_000, max_cpu_seconds=0.01))
    assert report.articles == 0
    assert report.captures == sum(report.reasons.values()) == 2
    assert audit(folder, deep=True).faults == []


def test_equal_bodies_in_one_replay_give_one_article(folder, tmp_path):
    crawl = tmp_path / "twice"
    crawl.mkdir()
    twice = [warc_record(url=f"https://a.example.org/{path}", block=http_answer(body=html(2))) for path in ("one", "two")]
    (crawl / "a.warc.gz").write_bytes(gzip_members(twice))
    press_all(folder, crawl)
    report = run(folder)
    assert (report.articles, report.changed, report.reasons) == (1, 2, {"duplicate_payload": 1})
    assert audit(folder, deep=True).closes


def test_archives_in_one_gzip_member_can_be_replayed(folder, tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(gzip_whole(records("a.example.org")))
    press_all(folder, tmp_path)
    assert run(folder).articles == 3
    assert audit(folder, deep=True).faults == []


@pytest.mark.parametrize("writes", range(6))
def test_a_crash_in_the_middle_and_a_backfill_end_in_a_closing_audit(folder, crawl, monkeypatch, writes):
    """Two parts are rewritten, two objects each, then the receipt: it dies before each of them, or after the last."""
    (crawl / "b.warc.gz").unlink()
    press_all(folder, crawl)
    write, left = folder.write, iter(range(writes))

    def dying(key: str, data: bytes) -> None:
        if next(left, None) is None:
            raise RuntimeError
        write(key, data)

    monkeypatch.setattr(folder, "write", dying)
    if writes < 5:
        with pytest.raises(RuntimeError):
            run(folder)
        assert list(all_receipts(folder)) == []
    else:
        run(folder)
    monkeypatch.undo()
    press_all(folder, crawl)
    report = audit(folder, deep=True)
    assert (report.faults, report.unfinished, report.counts.captures) == ([], [], 14)


def test_rejections_are_found_by_reason_host_url_and_source(folder, crawl):
    press_all(folder, crawl)

    def found(**wanted) -> list[str]:
        return [row["url"].removeprefix("https://") for row in find_rejections(folder, Wanted(**wanted))]

    assert len(found()) == 12
    assert found(reasons=("too_short",)) == ["a.example.org/4", "b.example.org/4"]
    assert found(reasons=("too_short", "client_error"), hosts=("B.example.org",)) == ["b.example.org/4", "b.example.org/gone"]
    assert found(urls=("https://a.example.org/gone",)) == ["a.example.org/gone"]
    assert found(source="elsewhere") == []
    assert found(source="warc_files", hosts=("example.org",)) == []
    with pytest.raises(FixTheRun, match="pressrun reasons"):
        find_rejections(folder, Wanted(reasons=("too_large",)))


def test_only_the_wanted_host_and_url_are_replayed(folder, crawl):
    press_all(folder, crawl)
    assert run(folder, replace(TOO_BIG, hosts=("b.example.org",))).articles == 3
    assert run(folder, replace(TOO_BIG, urls=("https://a.example.org/3",))).articles == 1
    assert sorted(row["url"] for row in find_rejections(folder, TOO_BIG)) == ["https://a.example.org/2", "https://a.example.org/9"]


@pytest.mark.parametrize("reason", ["duplicate_payload", "damaged_record", "no_such_reason"])
def test_reasons_that_cannot_be_replayed_are_refused_in_one_line(folder, crawl, reason):
    press_all(folder, crawl)
    before = objects(folder)
    with pytest.raises(FixTheRun, match=f"{reason}") as refused:
        run(folder, Wanted(reasons=("too_short", reason)))
    assert "\n" not in str(refused.value)
    assert objects(folder) == before


def test_limits_that_cannot_work_are_refused_before_anything_is_written(folder, crawl):
    press_all(folder, crawl)
    before = objects(folder)
    with pytest.raises(FixTheRun, match="max_payload_bytes"):
        run(folder, TOO_BIG, Limits(max_payload_bytes=1))
    assert objects(folder) == before


def test_an_archive_that_is_gone_or_replaced_fails_its_shard_alone(folder, crawl):
    press_all(folder, crawl)
    (crawl / "a.warc.gz").write_bytes(gzip_members(records("c.example.org")))
    report = run(folder)
    assert (report.shards, report.articles, len(report.failed)) == (1, 3, 1)
    assert "replaced" in next(iter(report.failed.values()))
    (crawl / "a.warc.gz").unlink()
    assert len(run(folder).failed) == 1
    assert audit(folder).faults == []


def test_versions_that_differ_from_the_receipts_are_told(folder, crawl):
    for receipt in press_all(folder, crawl):
        recipe = {**receipt.recipe, "versions": {**receipt.recipe["versions"], "lxml": "1.2.3"}}
        folder.write(receipt.key, replace(receipt, recipe=recipe).to_json())
    (note,) = run(folder).notes
    assert note.startswith("pressed by lxml 1.2.3, replayed by lxml ")
