"""What the store remembers of backfills, and how it is told day by day."""

from dataclasses import replace

import pytest

from flows.calendar import backfill_lines, calendar_lines
from tasks.backfills import Enrolment, all_backfills, enrol, read_backfill
from tasks.errors import BrokenShard, FixTheRun
from tasks.failures import Failure, remember
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.progress import progress_of_all
from tasks.recipe import Recipe
from tasks.selection import Gap, Selection
from tasks.shards import Shard
from tasks.splits import split_archive
from tasks.storage import open_store
from tests.flows.command_line import write_archive

RECIPE = Recipe()
ORDER = {"archives": ["ccnews"]}


def entry(run_id: str, since: str, until: str, *gaps: Gap, recipe: str = RECIPE.id) -> Enrolment:
    return Enrolment("news", run_id, ORDER, recipe, since, until, (), gaps)


def shard(day: str, number: int = 0) -> Shard:
    name = f"CC-NEWS-{day.replace('-', '')}000000-{number:05d}"
    return Shard(name, "ccnews", f"https://base.example/{name}.warc.gz", 1_000, "etag")


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "corpus"))


def test_runs_of_one_name_add_up_and_write_only_what_is_new(store):
    first = [shard("2024-12-01"), shard("2024-12-02")]
    enrol(store, entry("r1", "2024-12-01", "2024-12-03"), first)
    enrol(store, entry("r2", "2024-12-01", "2024-12-04"), [*first, shard("2024-12-03")])
    found = read_backfill(store, "news")
    assert found.runs == ["r1", "r2"]
    assert [planned.day for planned in found.shards.values()] == ["2024-12-01", "2024-12-02", "2024-12-03"]
    sizes = [info.size_bytes for info in store.list("state/backfills/news/")]
    enrol(store, entry("r3", "2024-12-01", "2024-12-04"), [*first, shard("2024-12-03")])
    assert [info.size_bytes for info in store.list("state/backfills/news/")][2] < sizes[1]
    assert [one.name for one in all_backfills(store)] == ["news"]


def test_a_gap_stands_until_a_run_that_looks_there_finds_none(store):
    day, month = Gap("2024-12-02", "a day", "why"), Gap("2024-11", "a month", "why")
    enrol(store, entry("r1", "2024-11-15", "2024-12-05", month, day), [])
    enrol(store, entry("r2", "2024-12-03", "2024-12-08"), [])
    assert read_backfill(store, "news").gaps == [month, day]
    enrol(store, entry("r3", "2024-12-01", "2024-12-03"), [])
    assert read_backfill(store, "news").gaps == [month]
    enrol(store, entry("r4", "2024-11-20", "2024-12-01", month), [])
    assert read_backfill(store, "news").gaps == [month]
    enrol(store, entry("r5", "2024-11-01", "2024-12-01"), [])
    assert read_backfill(store, "news").gaps == []


def test_an_entry_that_is_none_is_named(store):
    store.write("state/backfills/news/r1.json.gz", b"x")
    with pytest.raises(BrokenShard, match=r"state/backfills/news/r1\.json\.gz"):
        read_backfill(store, "news")


def test_the_calendar_of_a_backfill_in_every_state(store, tmp_path):
    for number, day in enumerate(("20241201", "20241202", "20241203", "20241230")):
        write_archive(tmp_path / "crawl" / f"A-{day}000000.warc.gz", 2, first=10 * number)
    write_archive(tmp_path / "crawl" / f"B-{20241202}120000.warc.gz", 2, first=90)
    selection = Selection((str(tmp_path / "crawl"),), "ccnews")
    plan = plan_archives(store, selection, RECIPE)
    gaps = (Gap("2024-12-05", "the archives of that day", "why"), Gap("2025-01", "the listing", "403"))
    enrol(store, entry("r1", "2024-12-01", "2025-02-01", *gaps), plan.archives)
    by_name = {order.shard.url.rsplit("/", 1)[-1][:10]: order for order in plan.orders}
    for name in ("A-20241201", "A-20241202"):
        press_shard(store, by_name[name], Watch())
    failed = by_name["A-20241203"].shard
    remember(store, "ccnews", Failure(failed.name, failed.fingerprint(RECIPE.id), "it is broken", "r1", is_final=False))
    (progress,) = progress_of_all(store)
    text = "\n".join(calendar_lines([progress], every_day=False))
    assert "  2024-12  #+x -                        ." in text
    assert f"  2025-01  {'-' * 31}" in text
    assert "2024-12-01" not in text
    assert f"failed: {failed.name}: it is broken" in text
    assert "2024-12-01" in "\n".join(calendar_lines([progress], every_day=True))
    lines = "\n".join(backfill_lines([progress]))
    assert "5 archives planned" in lines
    assert "2 done, 1 failed" in lines
    assert "2 to do" in lines
    assert "2 gaps upstream" in lines
    assert "the rest: about" in lines


def test_an_archive_in_slices_is_done_when_all_of_them_are(store, tmp_path):
    archive = write_archive(tmp_path / "big.warc.gz", 30)
    selection = Selection((str(archive),), "s", split_bytes=archive.stat().st_size // 5)
    plan = plan_archives(store, selection, RECIPE)
    enrol(store, replace(entry("r1", "", ""), name="big"), plan.archives)
    (order,) = plan.orders
    split_archive(store, order.shard, RECIPE, order.slice_bytes, lambda: True)
    orders = plan_archives(store, selection, RECIPE).orders
    states = []
    for each in orders:
        press_shard(store, each, Watch())
        (progress,) = progress_of_all(store, "big")
        states.append(progress.state_of(next(iter(progress.backfill.shards.values()))))
    assert states == ["to do"] * (len(orders) - 1) + ["done"]
    assert len(orders) == 4


def test_what_another_recipe_pressed_is_told(store, tmp_path):
    archive = write_archive(tmp_path / "a.warc.gz", 2)
    plan = plan_archives(store, Selection((str(archive),), "s"), RECIPE)
    press_shard(store, plan.orders[0], Watch())
    enrol(store, entry("r1", "", "", recipe="another"), plan.archives)
    (progress,) = progress_of_all(store)
    assert progress.by_other_recipe == progress.done
    assert "by another recipe" in "\n".join(backfill_lines([progress]))


def test_a_backfill_that_nobody_started(store):
    with pytest.raises(FixTheRun, match="no backfill was started"):
        progress_of_all(store)
    with pytest.raises(FixTheRun, match="of the name news"):
        progress_of_all(store, "news")
