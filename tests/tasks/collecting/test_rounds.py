"""Lanes with work, spread over workers; lists that are left once; files that wait to be pressed."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.collecting import rounds
from tasks.collecting.orders import VisitOrder
from tasks.collecting.tapes import to_press_key
from tasks.lanes.lane import lane_folder
from tasks.lanes.looks import Look, Looks, leave_named
from tasks.lanes.queue import Queue, Target, leave_found
from tasks.shards import shard_name
from tasks.sites import Agenda, Agent, Site
from tasks.urls import domain_of, lane_of

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
AGENT = Agent("pressrun", "https://pressrun.example/bot")
LANES = st.dictionaries(st.integers(0, 63), st.integers(0, 10**6), max_size=64)


@given(LANES, st.integers(1, 80))
def test_every_lane_is_one_workers(lanes, workers):
    groups = rounds.spread(lanes, workers)
    assert sorted(lane for group in groups for lane in group) == sorted(lanes)
    assert len(groups) == min(workers, len(lanes))
    assert all(groups)
    loads = [sum(max(1, lanes[lane]) for lane in group) for group in groups]
    assert max(loads, default=0) <= min(loads, default=0) + max((max(1, size) for size in lanes.values()), default=0)


def test_orders_are_numbered_on():
    template = VisitOrder("s3://bucket", "run", "fetch", 5, (), NOW, "live")
    orders = rounds.orders_for(template, {1: 9, 2: 5, 3: 5}, 2)
    assert [(order.name, order.lanes, order.deadline) for order in orders] == [("fetch-05", (1,), NOW), ("fetch-06", (2, 3), NOW)]


def test_lanes_are_known_by_their_objects(store):
    agenda = Agenda(AGENT, sites=(Site("A", feeds=("https://a.example/rss", "https://a.example/atom")),))
    lane = lane_of(domain_of("https://a.example/"))
    assert rounds.lanes_to_discover(store, agenda) == {lane: 2 * rounds.SOURCE_WEIGHT}
    assert rounds.lanes_to_fetch(store) == {}
    leave_found(store, lane_folder(3), "one", [Target(1, "u", "d", "A", "f", "feed", NOW)])
    leave_named(store, lane_folder(4), "one", [Look("u", "feed", "A")])
    Looks(store, lane_folder(5)).save(NOW)
    Queue(store, lane_folder(6)).save()
    assert set(rounds.lanes_to_discover(store, agenda)) == {lane, 4, 5}
    assert set(rounds.lanes_to_fetch(store)) == {3, 6}
    assert (set(rounds.lanes_named(store)), set(rounds.lanes_found(store))) == ({4}, {3})


def test_a_list_is_left_once_and_again_when_it_changes(store):
    urls = ("https://a.example/1", "https://b.example/2?utm_source=x")
    agenda = Agenda(AGENT, sites=(Site("A", urls=urls), Site("B", feeds=("https://b.example/rss",))))
    assert rounds.leave_listed(store, agenda, "one", NOW) == {"A": 2}
    assert rounds.leave_listed(store, agenda, "two", NOW + timedelta(hours=1)) == {}
    longer = Agenda(AGENT, sites=(Site("A", urls=(*urls, "https://a.example/3")),))
    assert rounds.leave_listed(store, longer, "three", NOW) == {"A": 3}
    found = [target for lane in rounds.lanes_found(store) for target in _targets(store, lane)]
    assert sorted(target.url for target in found) == sorted([*urls, *urls, "https://a.example/3"])
    assert {(target.found_in, target.found_as, target.site) for target in found} == {("list", "list", "A")}
    assert all(lane_of(domain_of(target.url)) == lane for lane in rounds.lanes_found(store) for target in _targets(store, lane))


def _targets(store, lane):
    queue = Queue(store, lane_folder(lane))
    return list(queue.targets(np.arange(len(queue))))


def test_files_wait_until_their_note_goes(store):
    keys = [f"captures/live/2026-05-05/live-{number}.warc.gz" for number in range(3)]
    for key in keys:
        store.write(key, b"x" * 7)
        store.write(to_press_key("live", key), key.encode())
    store.write(to_press_key("other", "captures/other/o.warc.gz"), b"captures/other/o.warc.gz")
    store.delete(keys[1])
    waiting = rounds.waiting_shards(store, "live")
    assert {shard.url for shard in waiting.values()} == {f"{store.url}/{key}" for key in (keys[0], keys[2])}
    assert set(waiting) == {to_press_key("live", key) for key in (keys[0], keys[2])}
    one = waiting[to_press_key("live", keys[0])]
    assert (one.name, one.source, one.size_bytes, one.etag) == (shard_name(one.url), "live", 7, store.info(keys[0]).etag)


def test_a_note_that_another_run_takes_away_meanwhile_is_no_fault(store):
    key = "captures/live/2026-05-05/live-1.warc.gz"
    store.write(key, b"x")
    store.write(to_press_key("live", key), key.encode())

    class Pressed(type(store)):
        def read(self, key):
            self.delete(key)
            return super().read(key)

    store.__class__ = Pressed
    assert rounds.waiting_shards(store, "live") == {}
