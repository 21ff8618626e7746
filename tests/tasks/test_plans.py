"""Plans: what is done, what failed, what is outdated, in which order, and how much of it."""

import shutil

import pytest

from tasks.errors import BrokenShard, FixTheRun, RetryLater
from tasks.failures import Failure, failures_of, forget, remember
from tasks.plans import Plan, plan_archives
from tasks.press import Order, Watch, press_shard, start_anew
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.shards import all_receipts
from tasks.storage import open_object, open_store
from tests.flows.command_line import write_archive

RECIPE = Recipe(part_articles=10)


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "corpus"))


@pytest.fixture
def crawl(tmp_path):
    for number, day in enumerate(("20241201", "20241202", "20241203")):
        write_archive(tmp_path / "crawl" / f"CRAWL-{day}000000.warc.gz", 3, first=10 * number)
    return tmp_path / "crawl"


def planned(store, crawl, recipe=RECIPE, **asked) -> Plan:
    return plan_archives(store, Selection((str(crawl),), "news", **asked), recipe)


def press(store, orders: list[Order]) -> None:
    for order in orders:
        press_shard(store, order, Watch())


def days(plan: Plan) -> list[str]:
    return [order.shard.day for order in plan.orders]


def test_oldest_or_newest_first_and_no_more_than_asked(store, crawl):
    assert days(planned(store, crawl)) == ["2024-12-01", "2024-12-02", "2024-12-03"]
    assert days(planned(store, crawl, newest_first=True)) == ["2024-12-03", "2024-12-02", "2024-12-01"]
    plan = planned(store, crawl, newest_first=True, limit=2)
    assert days(plan) == ["2024-12-03", "2024-12-02"]
    assert plan.notes == ["1 more shards lie beyond --limit 2"]
    assert len(plan.archives) == 3
    press(store, plan.orders)
    # What is done does not count against the limit of the next run.
    assert days(planned(store, crawl, limit=2)) == ["2024-12-01"]


def test_what_failed_is_tried_again_unless_it_was_given_up(store, crawl):
    press(store, planned(store, crawl, limit=1).orders)
    _, second, third = planned(store, crawl, reprocess="all").orders
    for order, is_final in ((second, False), (third, True)):
        failure = Failure(order.shard.name, order.shard.fingerprint(RECIPE.id), "why", "a-run", is_final)
        remember(store, "news", failure)
    plan = planned(store, crawl)
    assert days(plan) == ["2024-12-02"]
    assert [failure.shard for failure in plan.given_up] == [third.shard.name]
    assert days(planned(store, crawl, reprocess="failed")) == ["2024-12-02", "2024-12-03"]
    assert days(planned(store, crawl, Recipe())) == ["2024-12-01", "2024-12-02", "2024-12-03"]
    forget(store, second.shard)
    assert set(failures_of(store, "news")) == {third.shard.name}


def test_all_is_pressed_anew_from_the_first_part_on(store, crawl):
    press(store, planned(store, crawl).orders)
    assert not planned(store, crawl).orders
    before = {receipt.shard.name: receipt.run["started_at"] for receipt in all_receipts(store)}
    plan = planned(store, crawl, reprocess="all")
    assert len(plan.orders) == 3
    start_anew(store, plan.orders[0])
    assert len(list(all_receipts(store))) == 2
    receipt = press_shard(store, plan.orders[0], Watch())
    assert receipt.run["resumed_parts"] == 0
    assert set(before) == {one.shard.name for one in all_receipts(store)}


def test_an_archive_that_moved_to_another_month_leaves_nothing_behind(store, crawl):
    (order, *_) = planned(store, crawl).orders
    press(store, [order])
    archive = crawl / "CRAWL-20241201000000.warc.gz"
    from tests.archives import gzip_members, http_answer, warc_record

    archive.write_bytes(gzip_members([warc_record(date="2020-05-05T00:00:00Z", block=http_answer())]))
    (again, *_) = planned(store, crawl, Recipe(filters=())).orders
    assert len(again.replaces) == 1
    press(store, [again])
    assert {found.key.split("/")[2] for kind in ("articles/", "receipts/") for found in store.list(kind)} == {"2020-05"}


def test_a_mixed_folder_and_what_is_none(store, tmp_path, crawl):
    (crawl / "notes.pdf").write_bytes(b"%PDF-1.4 not for us")
    plan = planned(store, crawl)
    assert [name.rsplit("/", 1)[-1] for name in plan.left_alone] == ["notes.pdf"]
    with pytest.raises(FixTheRun, match=r"its first bytes are of no kind.*WARC, ARC or WET archive"):
        planned(store, crawl / "notes.pdf")
    shutil.rmtree(crawl)
    crawl.mkdir()
    (crawl / "notes.pdf").write_bytes(b"%PDF-1.4 not for us")
    with pytest.raises(FixTheRun, match="nothing to press among the 1 files"):
        planned(store, crawl)
    with pytest.raises(FixTheRun, match="--since and --until are for ccnews"):
        planned(store, crawl, since="x")
    with pytest.raises(FixTheRun, match="stands alone"):
        plan_archives(store, Selection(("ccnews", str(crawl))), RECIPE)


def test_what_is_broken_or_cannot_be_read_in_a_folder_stops_nobody_else(store, crawl, monkeypatch):
    from tasks import finding
    from tests.tasks.sources.examples import wacz, wacz_members

    (crawl / "cut.wacz").write_bytes(wacz(wacz_members())[:-40])
    (crawl / "stats.jsonl").write_text('{"pages": 3}\n{"pages": 4}\n')
    unreadable = str(crawl / "CRAWL-20241202000000.warc.gz")

    def refuses(url: str, access: str = "") -> tuple:
        if url == unreadable:
            raise FixTheRun(f"{url}: Permission denied")
        return open_object(url, access)

    monkeypatch.setattr(finding, "open_object", refuses)
    plan = planned(store, crawl)
    assert [name.rsplit("/", 1)[-1] for name in plan.left_alone] == ["stats.jsonl"]
    monkeypatch.undo()
    results = {}
    for order in plan.orders:
        try:
            results[order.shard.url.rsplit("/", 1)[-1]] = press_shard(store, order, Watch()).counts.articles
        except (BrokenShard, RetryLater) as error:
            results[order.shard.url.rsplit("/", 1)[-1]] = type(error)
    assert results == {
        "CRAWL-20241201000000.warc.gz": 3,
        "CRAWL-20241202000000.warc.gz": RetryLater,
        "CRAWL-20241203000000.warc.gz": 3,
        "cut.wacz": BrokenShard,
    }
    with pytest.raises(FixTheRun, match="has no column"):
        planned(store, crawl / "stats.jsonl")
    with pytest.raises(FixTheRun, match="has no column 'body'"):
        planned(store, crawl, reader_options=(("column.text", "body"),))


def test_a_forecast_learns_from_all_that_the_source_has_done(store, crawl):
    press(store, planned(store, crawl, limit=1).orders)
    plan = planned(store, crawl / "CRAWL-20241203000000.warc.gz")
    assert not plan.done
    assert plan.known.articles == 3
    assert planned(store, crawl, Recipe(part_articles=7)).known.articles == 3
