"""A visit keeps its lanes to itself, and stops asking when it may have lost them."""

import errno
import io
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from warcio.archiveiterator import ArchiveIterator

from tasks import leases
from tasks.collecting import rounds, tapes, visit
from tasks.collecting.ledger import Fate
from tasks.collecting.tapes import to_press_key
from tasks.errors import FixTheRun
from tasks.lanes import lane as lanes
from tasks.storage import folder as storing
from tasks.storage import open_store
from tests.tasks.collecting.runs import (
    Runs,
    agenda_of,
    captures_in,
    check,
    check_notes,
    lines_in,
    listed,
    pages_in,
    seen_in,
    waiting_in,
)


@pytest.fixture
def quick(monkeypatch):
    """Looks at leases and keeps watch more often."""
    monkeypatch.setattr(visit, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(visit, "KEEP_SECONDS", 0.02)


def test_two_visits_at_a_time_share_no_domain_and_fetch_each_address_once(web, folder, quick):
    for site in web.sites:
        site.publish(4)
    agenda = agenda_of(*map(listed, web.sites))
    Runs(folder, agenda).discover()
    several = [Runs(open_store(folder.url), agenda) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Runs.fetch, several))
    assert pages_in(folder) == dict.fromkeys((url for site in web.sites for url in site.articles), 1)
    assert not waiting_in(folder)
    for runs in several:
        check(web, runs)


def test_who_finds_lanes_taken_until_the_end_leaves_them(web, site, folder, quick):
    agenda = agenda_of(listed(site, delay_seconds=0.4))
    Runs(folder, agenda).discover()
    first, second = Runs(folder, agenda), Runs(open_store(folder.url), agenda, seconds=0.3)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(first.fetch)
        while not list(folder.list("state/leases/")):
            time.sleep(0.01)
        (receipt, *_) = second.fetch()
        under_way.result()
    assert receipt.busy == receipt.order.lanes
    assert receipt.run["requests"] == 0
    assert pages_in(folder) == dict.fromkeys(site.articles, 1)
    check(web, first)


def test_who_has_done_all_else_waits_for_no_lane(web, folder, quick):
    """Its holder may be waiting for ours."""
    agenda = agenda_of(*map(listed, web.sites))
    Runs(folder, agenda).discover()
    work = sorted(rounds.lanes_to_fetch(folder))
    theirs = leases.Lease(folder, f"state/leases/lanes/{work[0]:02d}/", "other")
    theirs.take()
    runs = Runs(folder, agenda)
    receipt = runs.visit(runs.begin(), rounds.FETCH, 0, tuple(work))
    assert len(work) > 1
    assert receipt.busy == (work[0],)
    assert (datetime.now(UTC) - datetime.fromisoformat(receipt.run["started_at"])).total_seconds() < 30
    theirs.release()
    runs.fetch()
    assert set(pages_in(folder)) == {url for site in web.sites for url in site.articles}


def test_who_may_have_lost_a_lane_stops_and_who_takes_it_goes_on(web, site, folder, quick, monkeypatch):
    site.publish(16)
    agenda = agenda_of(listed(site))
    Runs(folder, agenda).discover()
    monkeypatch.setattr(lanes, "SURE_SECONDS", 0.4)
    monkeypatch.setattr(lanes, "BEAT_SECONDS", 1e9)  # its beats do not reach the store
    monkeypatch.setattr(leases, "STALE_SECONDS", 0.8)
    first, second = Runs(folder, agenda), Runs(open_store(folder.url), agenda)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(first.visit, first.begin(), rounds.FETCH, 0, tuple(rounds.lanes_to_fetch(folder)))
        while len(web.visits(site)) < 4:
            time.sleep(0.01)
        stopped = under_way.result()
        monkeypatch.setattr(lanes, "SURE_SECONDS", 60.0)
        monkeypatch.setattr(lanes, "BEAT_SECONDS", 0.1)
        asked = len(web.visits(site))
        second.fetch()
    assert 0 < stopped.outcomes["site 0"][Fate.FETCHED] < 20
    assert "the store did not answer in time to keep the lane" in {line.why for line in lines_in(folder)}
    assert len(web.visits(site)) == asked + 20  # what was not written down for good is fetched once more
    assert set(pages_in(folder)) == set(site.articles)
    assert not waiting_in(folder)
    assert not list(folder.list("state/leases/"))
    check(web, first)
    check(web, second)


def test_a_store_that_fails_during_a_visit_ends_it_and_its_lanes_are_given_back(web, folder, quick):
    web.sites[1].publish(16)
    web.sites[0].behave("retry_after", path=web.sites[0].articles[3], seconds=3600)
    agenda = agenda_of(*(listed(site) for site in web.sites[:2]))
    Runs(folder, agenda).discover()
    fails = threading.Event()
    fails.set()

    class Refusing(type(folder)):
        def write(self, key, data):
            if key.endswith("hosts.parquet") and fails.is_set():
                fails.clear()
                raise FixTheRun("no right to write")
            super().write(key, data)

    twin = open_store(folder.url)
    twin.__class__ = Refusing
    runs = Runs(twin, agenda)
    with pytest.raises(FixTheRun):
        runs.fetch()
    asked = len(web.log)
    assert asked < 20
    assert not list(folder.list("state/leases/"))
    time.sleep(0.2)
    assert len(web.log) == asked
    Runs(folder, agenda).fetch()
    assert set(pages_in(folder)) >= set(web.sites[1].articles)


def test_a_disk_that_fills_up_ends_a_visit_and_what_was_written_stays(web, site, folder, quick, monkeypatch):
    monkeypatch.setattr(tapes, "MOST_TAPE_BYTES", 6_000)
    site.publish(16)
    agenda = agenda_of(listed(site))
    Runs(folder, agenda).discover()
    fill, written = storing._fill, []

    def fills_up(path, data):
        if len(written) == 2 or (data[:2] == b"\x1f\x8b" and written.append(path)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fill(path, data)

    runs = Runs(folder, agenda)
    with monkeypatch.context() as patched:
        patched.setattr(storing, "_fill", fills_up)
        with pytest.raises(FixTheRun, match=r"no space left at .*: make room, and start the same command again"):
            runs.fetch()
    kept = pages_in(folder)
    assert 0 < len(kept) < 20
    # When the visits took place could not be written: their lanes are taken as those of a worker that was killed.
    for left in list(folder.list("state/leases/")):
        folder.write(left.key, folder.read(left.key).replace(f": {os.getpid()}".encode(), b": 4194305"))
    Runs(folder, agenda).fetch()
    assert set(pages_in(folder)) == set(site.articles)
    assert all(pages_in(folder)[url] >= number for url, number in kept.items())


def test_full_tapes_are_written_while_the_visit_goes_on(web, site, folder, quick, monkeypatch):
    monkeypatch.setattr(tapes, "MOST_TAPE_BYTES", 6_000)
    site.publish(8)
    runs = Runs(folder, agenda_of(listed(site)))
    runs.run()
    (receipt,) = [receipt for receipt in runs.receipts if receipt.order.stage == rounds.FETCH]
    assert len(receipt.archives) > 2
    assert sum(archive.captures for archive in receipt.archives) == 12
    places = {one.url: (one.at.warc_file, one.at.warc_offset) for one in captures_in(folder)}
    assert {line.url: (line.warc_file, line.warc_offset) for line in lines_in(folder)} == places
    assert all(folder.exists(to_press_key("live", archive.key)) for archive in receipt.archives)
    check(web, runs)


def test_what_a_visit_tells_are_plain_values(web, site, folder, quick):
    from tasks.collecting.orders import VisitOrder
    from tasks.collecting.stages import visit_lanes
    from tasks.collecting.visit import Surroundings

    site.publish(10)
    runs, told = Runs(folder, agenda_of(listed(site))), []
    runs.discover()
    lanes_with_work = tuple(rounds.lanes_to_fetch(folder))
    order = VisitOrder(folder.url, runs.begin(), rounds.FETCH, 5, lanes_with_work, runs.now() + timedelta(minutes=1), "live")
    receipt = visit_lanes(folder, order, Surroundings(tell=told.append))
    assert {type(value) for facts in told for value in facts.values()} <= {str, int}
    assert {type(name) for facts in told for name in facts} == {str}
    assert told[-1]["requests"] <= receipt.run["requests"]
    assert told[-1]["shard"] == "fetch-05"


def test_a_run_on_either_kind_of_store(web, store):
    runs = Runs(store, agenda_of(*(listed(site, feeds=(), home=site.home_url) for site in web.sites[:2])))
    outcome = runs.run()
    wanted = {url for site in web.sites[:2] for url in site.articles}
    assert (set(pages_in(store)), outcome[Fate.FETCHED]) == (wanted, 8)
    (new,) = web.sites[0].publish(1)
    runs.later = timedelta(hours=3)
    assert runs.run()[Fate.FETCHED] == 1
    assert pages_in(store)[new] == 1
    assert (len(waiting_in(store)), seen_in(store)) == (0, 9)
    assert not list(store.list("state/leases/"))
    check_notes(store)
    check(web, runs)


def test_others_read_the_files_whole(web, site, folder):
    Runs(folder, agenda_of(listed(site))).run()
    kinds = []
    for info in folder.list("captures/live/"):
        for record in ArchiveIterator(io.BytesIO(folder.read(info.key)), check_digests=True):
            record.content_stream().read()
            assert record.digest_checker.passed is not False
            kinds.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI")))
    assert {url for kind, url in kinds if kind == "response"} == {site.robots_url, site.feed_url, *site.articles}
    assert sum(1 for kind, _ in kinds if kind == "request") == 6
    assert sum(1 for kind, _ in kinds if kind == "warcinfo") == 2
