"""A lane is one visitor's; what it knows of its domains outlives it, and who was killed may just have visited."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tasks import leases
from tasks.errors import RetryLater
from tasks.fetching.politeness import HostClock
from tasks.fetching.robots import RobotsCopy
from tasks.lanes import lane as lanes
from tasks.lanes.lane import SURE_SECONDS, Lane
from tasks.storage import open_store
from tests.tasks.test_leases import Hands

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
COPY = RobotsCopy("https://a.example", NOW, NOW + DAY, 200, 0, "User-agent: *")


@pytest.fixture(autouse=True)
def everybody_lives(monkeypatch):
    monkeypatch.setattr(leases, "is_alive", lambda _: True)


def lane_of_run(store, run_id: str, hands: Hands) -> Lane:
    lane = Lane(store, 3, run_id)
    lane.lease.clock = hands.clock()
    return lane


def test_one_visitor_even_of_the_same_run(store):
    hands = Hands()
    first, second = lane_of_run(store, "one", hands), lane_of_run(store, "one", hands)
    assert first.take(NOW)
    assert not second.take(NOW)
    first.release()
    assert second.take(NOW)
    second.release()
    assert not list(store.list("state/"))


def test_clocks_and_copies_outlive_the_visitor(store):
    lane = lane_of_run(store, "one", Hands())
    lane.take(NOW)
    lane.clocks = {
        "a.example": HostClock("a.example", NOW, 0.5, 3.0, 2.0, 1, 2, 3, NOW + DAY, "answered 429"),
        "old.example": HostClock("old.example", NOW - 31 * DAY),
        "never.example": HostClock("never.example"),
        "blocked.example": HostClock("blocked.example", NOW - 31 * DAY, blocked_until=NOW + DAY),
    }
    over, failing = (
        replace(COPY, origin="https://over.example", until=NOW),
        replace(COPY, origin="https://f.example", failures=2, until=NOW),
    )
    lane.robots = {copy.origin: copy for copy in (COPY, over, failing)}
    lane.save_hosts(NOW)
    lane.release()
    again = lane_of_run(store, "two", Hands())
    assert again.take(NOW)
    assert again.clocks == {name: lane.clocks[name] for name in ("a.example", "blocked.example")}
    assert again.robots == {copy.origin: copy for copy in (COPY, failing)}
    assert again.clock("new.example") == HostClock("new.example")


def test_who_follows_a_killed_visitor_takes_all_domains_for_just_visited(store):
    hands = Hands()
    first = lane_of_run(store, "one", hands)
    first.take(NOW - DAY)
    first.clocks = {"a.example": HostClock("a.example", NOW - DAY, crawl_delay_seconds=60.0)}
    first.save_hosts(NOW - DAY)
    second = lane_of_run(store, "two", hands)
    assert not second.take(NOW)
    hands.seconds += leases.STALE_SECONDS
    assert second.take(NOW)
    assert second.clock("a.example") == HostClock("a.example", NOW, crawl_delay_seconds=60.0)
    assert second.clock("b.example").visited_at == NOW
    assert not first.is_surely_ours
    with pytest.raises(RetryLater, match="taken over"):
        first.beat()
    first.release()
    second.beat()
    assert second.is_surely_ours


def test_a_lane_is_surely_ours_until_a_while_after_the_last_beat(store):
    hands = Hands()
    lane = lane_of_run(store, "one", hands)
    lane.take(NOW)
    hands.seconds += SURE_SECONDS - 1
    assert lane.is_surely_ours
    hands.seconds += 1
    assert not lane.is_surely_ours
    lane.beat()
    assert lane.is_surely_ours


def test_hosts_are_saved_while_visits_go_on(store, monkeypatch):
    """The save is in a thread of its own: what comes meanwhile may be left out, and stops nothing."""
    lane = lane_of_run(store, "one", Hands())
    lane.take(NOW)
    lane.clocks = {f"{number}.example": HostClock(f"{number}.example", NOW) for number in range(5)}
    matters = lanes._matters

    def visit_meanwhile(clock, now):
        lane.clocks[f"more-{len(lane.clocks)}.example"] = HostClock("x", NOW)
        return matters(clock, now)

    monkeypatch.setattr(lanes, "_matters", visit_meanwhile)
    lane.save_hosts(NOW)
    lane.release()
    again = lane_of_run(store, "two", Hands())
    again.take(NOW)
    assert len(again.clocks) == 5


def test_a_late_beat_brings_no_lease_back(tmp_path):
    """A visit that is over waits for no thread: one may be beating while the lane is given back."""
    store, hands, is_beating = open_store(str(tmp_path)), Hands(), threading.Event()

    class Slow(type(store)):
        def write(self, key, data):
            is_beating.set()
            time.sleep(0.2)
            super().write(key, data)

    store.__class__ = Slow
    lane = lane_of_run(store, "one", hands)
    lane.take(NOW)
    hands.seconds += lanes.BEAT_SECONDS
    beating = threading.Thread(target=lane.beat)
    beating.start()
    is_beating.wait()
    lane.release()
    beating.join()
    assert not list(store.list("state/leases/"))
