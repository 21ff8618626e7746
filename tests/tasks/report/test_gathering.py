"""Gathering: a run or the whole corpus, from what really lies on a store; what is odd is named and costs nothing else."""

import json
from datetime import UTC, datetime

import pytest

from tasks.backfills import Enrolment, enrol
from tasks.collecting.orders import SourceNote
from tasks.errors import FixTheRun
from tasks.failures import Failure, remember
from tasks.report.gathering import find_run, gather
from tasks.selection import Gap
from tasks.shards import Shard, add_counts, all_receipts
from tasks.storage import Store, open_store
from tests.corpora import make_crawl, press_all
from tests.tasks.report.shards import NOON, RUN, article, rejection, write_manifest, write_shard, write_visit

NOW = datetime(2024, 12, 9, tzinfo=UTC)
DAYS = ("2024-12-01", "2024-12-02", "2024-12-03")


@pytest.fixture
def folder(tmp_path) -> Store:
    return open_store(str(tmp_path / "corpus"))


def start_backfill(store: Store, names: tuple[str, ...]) -> None:
    """Three archives of a day each, and a day that is missing upstream."""
    shards = [
        Shard(name, "news", f"s3://x/{day.replace('-', '')}000000-{name}.warc.gz", 9, "e")
        for name, day in zip(names, DAYS, strict=True)
    ]
    gaps = (Gap("2024-12-05", "the archives of 2024-12-05", "none is listed"), Gap("2023-01", "the month 2023-01", "no list"))
    enrol(store, Enrolment("news", RUN, {"archives": ["ccnews"]}, "recipe", "", "", (), gaps), shards)


def test_a_corpus_that_was_really_pressed(folder, tmp_path):
    make_crawl(tmp_path / "crawl")
    press_all(folder, tmp_path / "crawl")
    facts = gather(folder, "", NOW)
    assert facts.counts == add_counts(receipt.counts for receipt in all_receipts(folder))
    assert (facts.rows.articles, facts.rows.rejections) == (facts.counts.articles, facts.counts.rejected)
    assert facts.rows.hosts == {f"{name}.example.org": 8 for name in "abc"}
    assert facts.copies.removable == 16
    assert (facts.work.shards, len(facts.work.pressings), len(facts.work.recipes)) == (3, 3, 1)
    # The manifest of that run is one of an older kind: named, and no more.
    assert [fault.split(" ")[0] for fault in facts.faults] == ["runs/one/manifest.json"]


def test_a_run_tells_of_its_own_shards_only(store):
    first = write_shard(store, "a", [article(0), article(1)], [rejection(0)])
    write_shard(store, "b", [article(2)], [rejection(0, "redirect")])
    write_manifest(store, [first], failed={"c": "s3://archive/c.warc.gz at 17: damaged"}, given_up=("d",))
    facts = gather(store, RUN, NOW)
    assert facts.run is not None
    assert facts.run.what == "backfill a.warc.gz"
    assert (facts.counts.captures, facts.rows.articles, facts.counts.rejections) == (3, 2, {"no_text": 1})
    assert [(one.name, one.remedy.split(":")[0]) for one in facts.failed] == [
        ("c", "start the same run again"),
        ("d", "given up, for it failed again and again"),
    ]
    assert gather(store, "", NOW).counts.captures == 5


def test_receipts_that_a_later_run_replaced_are_told_of(folder):
    receipts = [write_shard(folder, name, [article(0)]) for name in "ab"]
    write_manifest(folder, receipts)
    folder.delete(receipts[0].key)
    facts = gather(folder, RUN, NOW)
    assert facts.counts.articles == 1
    assert facts.faults == ("1 receipts of this run were replaced by a later one: what they told is left out",)


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        ("receipts/news/2024-12/odd.json", b"{"),
        ("receipts/news/2024-12/odd.json", b'{"shard": 3}'),
        ("runs/20250101T000000Z-odd/manifest.json", b"[]"),
        ("runs/20250101T000000Z-odd/manifest.json", b'{"run_id": 1, "order": "x"}'),
        ("state/failed/news/odd.json", b'{"of": "another version"}'),
        ("state/backfills/news/odd.json.gz", b"no gzip"),
    ],
)
def test_what_is_odd_is_named_and_costs_nothing_else(folder, key, stored):
    write_shard(folder, "a", [article(0)])
    folder.write(key, stored)
    facts = gather(folder, "", NOW)
    assert facts.counts.articles == facts.rows.articles == 1
    assert len(facts.faults) == 1
    assert key.rsplit("/", 1)[0] in facts.faults[0]


def test_a_receipt_without_times_still_counts(folder):
    receipt = write_shard(folder, "a", [article(0)])
    folder.write(receipt.key, json.dumps(json.loads(folder.read(receipt.key)) | {"run": {}}).encode())
    facts = gather(folder, "", NOW)
    assert (facts.counts.articles, facts.work.pressings) == (1, [])
    assert "does not say how it was pressed" in facts.faults[0]


def test_the_calendar_of_a_backfill_and_of_its_run(folder):
    names = ("one", "two", "three")
    start_backfill(folder, names)
    write_manifest(folder, [write_shard(folder, "one", [article(0)])])
    remember(folder, "news", Failure("two", "f", "damaged", RUN))
    for run in ("", RUN):
        (calendar,) = gather(folder, run, NOW).calendars
        states = {f"{day}": found.state for day, found in calendar.days.items()}
        assert states == {"2024-12-01": "done", "2024-12-02": "failed", "2024-12-03": "todo", "2024-12-05": "missing"}
        assert calendar.months == {"2023-01": "the month 2023-01"}
    assert gather(folder, "", NOW).failed[0].name == "two"


def test_collect_runs_are_added_up_and_the_latest_tells_of_sources(folder):
    silent = SourceNote("Site", "https://site.example/feed", "silent: nothing new")
    for day, notes in (("03", [silent]), ("04", [])):
        run = f"202412{day}T120000Z-0a1b2c3d"
        visit = write_visit(folder, {"Site": {"fetched": 2, "seen": 1}}, notes, run)
        write_manifest(folder, [], run, visits=(visit,))
    whole = gather(folder, "", NOW).collected
    assert (whole.runs, whole.requests, whole.sites, whole.notes) == (2, 24, {"Site": {"fetched": 4, "seen": 2}}, ())
    assert gather(folder, RUN, NOW).collected.notes == (silent,)


def test_runs_are_found_by_their_beginning(folder):
    write_manifest(folder, [])
    write_manifest(folder, [], "20241204T000000Z-ffffffff")
    assert find_run(folder, "latest") == "20241204T000000Z-ffffffff"
    assert find_run(folder, "20241203") == RUN
    with pytest.raises(FixTheRun, match="2 runs begin with 202412"):
        find_run(folder, "202412")
    with pytest.raises(FixTheRun, match=r"no run of .* begins with 2023, the latest is 20241204"):
        find_run(folder, "2023")


def test_nothing_to_tell_is_said(folder):
    with pytest.raises(FixTheRun, match="there is no corpus at"):
        gather(folder, "", NOW)
    with pytest.raises(FixTheRun, match="begins with latest"):
        find_run(folder, "latest")


def test_memory_is_told_where_receipts_tell_it(folder):
    receipt = write_shard(folder, "a", [article(0)])
    raw = json.loads(folder.read(receipt.key))
    raw["run"]["peak_memory_bytes"] = 400_000_000
    folder.write(receipt.key, json.dumps(raw).encode())
    (pressing,) = gather(folder, "", NOW).work.pressings
    assert (pressing.peak_bytes, pressing.started) == (400_000_000, NOON.timestamp())
