"""Sources whose shards are lists: loose files, and records of Common Crawl. What every source promises, and the lists' own rules."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.archive.reading import Reading, ReadLimits
from tasks.components import component_names, load_component
from tasks.errors import FixTheRun, RetryLater
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.reasons import Reason
from tasks.recipe import Recipe
from tasks.records import Capture, Rejection
from tasks.selection import Selection
from tasks.shards import Shard
from tasks.storage import Store, open_store
from tests.flows.command_line import article_page
from tests.mirror import Page, write_crawl
from tests.servers.web import WebServer

LIMITS = ReadLimits(max_record_bytes=1_000_000)
CRAWL = "CC-MAIN-2024-10"
TEXT = b"A short notice\n\nDecember 3, 2024\n\n" + b"The ferry will not run on Monday, the harbour board said on Friday.\n\n" * 3


@dataclass(frozen=True)
class Listed:
    store: Store
    shard: Shard


def planned(store: Store, selection: Selection) -> list[Shard]:
    """Plan, and write the lists as a run does."""
    plan = plan_archives(store, selection, Recipe())
    for key, data in plan.lists.items():
        store.write(key, data)
    return [order.shard for order in plan.orders]


def page_files(tmp_path: Path) -> Listed:
    folder = tmp_path / "pages"
    folder.mkdir(parents=True)
    for number in range(4):
        (folder / f"{number}.html").write_bytes(article_page(number))
    (folder / "notice.txt").write_bytes(TEXT)
    store = open_store(str(tmp_path / "corpus"))
    return Listed(store, planned(store, Selection((str(folder),)))[0])


def common_crawl(tmp_path: Path) -> Listed:
    write_crawl(tmp_path / "cc", CRAWL, [Page(f"https://example.org/{n}", body=article_page(n)) for n in range(6)])
    store = open_store(str(tmp_path / "corpus"))
    selection = Selection(("common-crawl",), base=str(tmp_path / "cc"), crawl=CRAWL, hosts=("example.org",))
    return Listed(store, planned(store, selection)[0])


LISTED: dict[str, Callable[[Path], Listed]] = {"page_files": page_files, "common_crawl": common_crawl}
NAMES = [name for name in component_names("sources") if hasattr(load_component("sources", name), "places")]


def read(name: str, listed: Listed, start: int = 0) -> list[Reading]:
    return list(load_component("sources", name).read(listed.store, listed.shard, LIMITS, start))


@pytest.mark.parametrize("name", NAMES)
def test_reading_goes_on_from_every_position_and_finds_every_capture_at_its_place(tmp_path, name):
    listed = LISTED[name](tmp_path)
    places = load_component("sources", name).places(listed.store, listed.shard)
    readings = read(name, listed)
    assert len(readings) == len(places) > 4
    assert [reading.next_offset for reading in readings] == list(range(1, len(readings) + 1))
    for at, reading in enumerate(readings):
        assert read(name, listed, reading.next_offset) == readings[at + 1 :]
        found = reading.found
        assert isinstance(found, Capture)
        assert read(name, listed, places[found.at.warc_file, found.at.warc_offset])[0] == reading


@pytest.mark.parametrize("name", NAMES)
def test_they_are_pressed_audited_and_shown_like_archives(tmp_path, name):
    from tasks.audit import audit
    from tasks.press import Order

    listed = LISTED[name](tmp_path)
    receipt = press_shard(listed.store, Order(listed.store.url, listed.shard, Recipe(part_articles=2)), Watch())
    assert receipt.counts.articles == receipt.counts.captures > 4
    for deep in (False, True):
        report = audit(listed.store, deep=deep)
        assert (report.faults, report.notes) == ([], [])


def test_a_list_that_is_lost_is_a_fault_of_its_shard_alone(tmp_path):
    from tasks.audit import audit
    from tasks.press import Order
    from tests.flows.command_line import write_archive

    listed = page_files(tmp_path)
    selection = Selection((str(write_archive(tmp_path / "a.warc.gz", 2)),))
    for order in (Order(listed.store.url, listed.shard, Recipe()), *plan_archives(listed.store, selection, Recipe()).orders):
        press_shard(listed.store, order, Watch())
    listed.store.delete(listed.shard.url)
    report = audit(listed.store)
    assert report.shards == 2
    assert [fault.split(": ")[:2] for fault in report.faults] == [[listed.shard.name, "its list of captures is gone"]]


def test_new_files_get_a_list_of_their_own_and_a_replaced_one_its_list_anew(tmp_path):
    first = page_files(tmp_path)
    folder, selection = tmp_path / "pages", Selection((str(tmp_path / "pages"),))
    receipt = press_shard(first.store, plan_archives(first.store, selection, Recipe()).orders[0], Watch())
    (folder / "new.html").write_bytes(article_page(9))
    plan = plan_archives(first.store, selection, Recipe())
    assert [done.shard for done in plan.done] == [first.shard]
    assert [order.shard.size_bytes for order in plan.orders] == [(folder / "new.html").stat().st_size]
    (folder / "1.html").write_bytes(article_page(8))
    plan = plan_archives(first.store, selection, Recipe())
    assert not plan.done
    assert len(plan.orders) == 1
    assert plan.orders[0].replaces == (receipt.key,)
    planned(first.store, selection)
    again = press_shard(first.store, plan.orders[0], Watch())
    assert again.counts.articles == 6
    assert len(list(first.store.list("articles/"))) == 1


def test_a_file_that_is_gone_is_a_rejection_and_one_that_was_replaced_stops_its_shard(tmp_path):
    listed = page_files(tmp_path)
    (tmp_path / "pages" / "2.html").unlink()
    found = read("page_files", listed)[2].found
    assert isinstance(found, Rejection)
    assert found.reason is Reason.MISSING_UPSTREAM
    (tmp_path / "pages" / "2.html").write_bytes(article_page(7))
    with pytest.raises(RetryLater, match="was replaced"):
        read("page_files", listed)


def test_the_address_of_a_loose_page(tmp_path):
    listed = page_files(tmp_path)
    assert read("page_files", listed)[0].found.url == f"file://{tmp_path}/pages/0.html"
    (tmp_path / "site" / "example.org").mkdir(parents=True)
    (tmp_path / "site" / "example.org" / "a b.html").write_bytes(article_page(1))
    selection = Selection((str(tmp_path / "site"),), reader_options=(("url_prefix", "https://"),))
    (shard,) = planned(listed.store, selection)
    (reading,) = read("page_files", Listed(listed.store, shard))
    assert reading.found.url == "https://example.org/a%20b.html"


def test_a_name_that_is_no_utf_8_is_left_alone_and_told(tmp_path):
    import os

    listed = page_files(tmp_path)
    Path(os.fsdecode(os.fsencode(str(tmp_path / "pages")) + b"/\xff\xfe.html")).write_bytes(article_page(6))
    plan = plan_archives(listed.store, Selection((str(tmp_path / "pages"),)), Recipe())
    assert [name.rsplit("/", 1)[-1] for name in plan.left_alone] == ["\ufffd\ufffd.html"]
    assert len(plan.orders) == 1


def test_texts_beside_archives_are_left_alone_unless_they_are_named(tmp_path):
    from tests.flows.command_line import write_archive

    page_files(tmp_path)
    write_archive(tmp_path / "pages" / "a.warc.gz", 2)
    store = open_store(str(tmp_path / "other"))
    plan = plan_archives(store, Selection((str(tmp_path / "pages"),)), Recipe())
    assert [order.shard.reader for order in plan.orders] == ["warc_files"]
    assert len(plan.left_alone) == 5
    plan = plan_archives(store, Selection((str(tmp_path / "pages"), str(tmp_path / "pages" / "*.txt"))), Recipe())
    assert [order.shard.reader for order in plan.orders] == ["warc_files", "page_files"]


@pytest.mark.parametrize("index", ["columnar", "cdx"])
def test_common_crawl_reads_just_the_records_of_the_hosts(tmp_path, index):
    pages = [Page(f"https://{host}/{n}", body=article_page(n)) for host in ("a.example.org", "other.example") for n in range(30)]
    write_crawl(tmp_path / "cc", CRAWL, pages)
    store = open_store(str(tmp_path / "corpus"))
    with WebServer(tmp_path / "cc") as web:
        asked = Selection(("common-crawl",), base=web.url, crawl=CRAWL, hosts=("example.org",), index=index)
        (shard,) = planned(store, asked)
        listed = Listed(store, shard)
        readings = read("common_crawl", listed)
        fetched = sum(size for path, size in web.bytes_sent().items() if path.endswith(".warc.gz"))
    assert [reading.found.url for reading in readings] == [f"https://a.example.org/{n}" for n in range(30)]
    assert fetched / shard.size_bytes < 1.1
    assert shard.name.startswith(f"{CRAWL}-a.example.org-000-")


def test_a_refusal_fails_the_shard_for_it_may_be_of_one_who_asks_too_fast(tmp_path):
    pages = [Page(f"https://example.org/{n}", body=article_page(n)) for n in range(3)]
    (placed, *_) = write_crawl(tmp_path / "cc", CRAWL, pages)
    store = open_store(str(tmp_path / "corpus"))
    with WebServer(tmp_path / "cc") as web:
        asked = Selection(("common-crawl",), base=web.url, crawl=CRAWL, hosts=("example.org",))
        (shard,) = planned(store, asked)
        web.answers[f"/{placed.file}"] = 403
        with pytest.raises(RetryLater, match="403"):
            read("common_crawl", Listed(store, shard))


def test_hosts_within_hosts_are_listed_once(tmp_path):
    pages = [Page(f"https://{host}/{n}", body=article_page(n)) for host in ("a.example.org", "example.org") for n in range(5)]
    write_crawl(tmp_path / "cc", CRAWL, pages)
    hosts = ("a.example.org", "example.org", "www.a.example.org")
    for index in ("cdx", "columnar"):
        asked = Selection(("common-crawl",), base=str(tmp_path / "cc"), crawl=CRAWL, hosts=hosts, index=index)
        plan = plan_archives(open_store(str(tmp_path / index)), asked, Recipe())
        assert [order.shard.name.split("-")[4] for order in plan.orders] == ["a.example.org", "example.org"]
        assert "10 pages of 2 hosts" in plan.notes[0]


def test_records_that_the_index_names_and_that_are_not_there(tmp_path):
    listed = common_crawl(tmp_path)
    (archive,) = (tmp_path / "cc").rglob("*.warc.gz")
    data = bytearray(archive.read_bytes())
    found = read("common_crawl", listed)[1].found
    data[found.at.warc_offset : found.at.warc_offset + 40] = b"x" * 40
    archive.write_bytes(data)
    reasons = [getattr(reading.found, "reason", None) for reading in read("common_crawl", listed)]
    assert reasons == [None, Reason.DAMAGED_RECORD, None, None, None, None]
    archive.unlink()
    reasons = [getattr(reading.found, "reason", None) for reading in read("common_crawl", listed)]
    assert reasons == [Reason.MISSING_UPSTREAM] * 6


def test_what_common_crawl_cannot_do_without_is_asked_for(tmp_path):
    store = open_store(str(tmp_path))
    with pytest.raises(FixTheRun, match="--crawl"):
        plan_archives(store, Selection(("common-crawl",)), Recipe())
    write_crawl(tmp_path / "cc", CRAWL, [Page("https://example.org/1")])
    asked = Selection(("common-crawl",), base=str(tmp_path / "cc"), crawl=CRAWL, hosts=("example.net",))
    with pytest.raises(FixTheRun, match="no page of these hosts"):
        plan_archives(store, asked, Recipe())
