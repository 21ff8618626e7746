"""The guest before a web of values, in time that passes only while everybody waits."""

import asyncio
import gzip
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import brotli
import pytest

from tasks import leases
from tasks.collecting.asking import Ask, Disallowed, Held, is_downgrade, redirect_of
from tasks.collecting.guest import STEP_SECONDS, Guest
from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.robots import MOST_BYTES
from tasks.lanes.lane import SURE_SECONDS, Lane
from tasks.leases import STALE_SECONDS
from tasks.storage import open_store
from tasks.urls import domain_of, lane_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
A, B = "https://news.example", "https://other.example"
DELAY, SECONDS = 2.0, 0.5


class Jumps(selectors.DefaultSelector):
    """No time passes in a wait; a wait for nothing is a deadlock."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "all wait for each other"
        self.passed += max(0.0, timeout)
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumps = Jumps()
        super().__init__(self.jumps)

    def time(self) -> float:
        return self.jumps.passed


def said(url: str, status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(url, status, "", named, body, None, None, NOW, SECONDS, ())


@dataclass
class Web:
    """A client: what is in ``pages`` is answered, one after the other, the last for ever; 404 for what is not there."""

    now: Callable[[], datetime]
    pages: dict[str, list[Answer | Failure]] = field(default_factory=dict)
    log: list[tuple[str, float]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)

    def put(self, url: str, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.pages.setdefault(url, []).append(said(url, status, body, **headers))

    async def get(self, url: str, **_: Any) -> Answer | Failure:
        assert domain_of(url) not in self.open
        self.open.add(domain_of(url))
        self.log.append((url, (self.now() - NOW).total_seconds()))
        await asyncio.sleep(SECONDS)
        self.open.discard(domain_of(url))
        planned = self.pages.get(url) or [said(url, 404)]
        return planned.pop(0) if len(planned) > 1 else planned[0]

    @property
    def urls(self) -> list[str]:
        return [url for url, _ in self.log]

    @property
    def gaps(self) -> list[float]:
        """From one end to the next begin."""
        times = [seconds for _, seconds in self.log]
        return [round(later - begun - SECONDS, 3) for begun, later in pairwise(times)]


def stale(url: str) -> Failure:
    return Failure(url, FailureKind.STALE, "", NOW, 0.0)


class World:
    """A guest, its web, its clock, its store."""

    def __init__(self, folder: str) -> None:
        self.store, self.runner = open_store(folder), asyncio.Runner(loop_factory=Loop)
        self.web, self.told = Web(self.now), list[Answer]()
        self.lanes = {number: self.take(number) for number in {lane_of(domain_of(url)) for url in (A, B)}}
        self.guest = self.meet()

    def take(self, number: int) -> Lane:
        lane = Lane(self.store, number, "run")
        assert lane.take(self.now())
        return lane

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.runner.get_loop().time())

    def meet(self, is_wanted: Callable[[], bool] = lambda: True, hours: float = 48) -> Guest:
        deadline = self.now() + timedelta(hours=hours)
        self.guest = Guest(self.web, "newsbot", self.lanes, deadline, self.now, asyncio.sleep, is_wanted, self.told.append)
        return self.guest

    def play(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(coroutine)

    def ask(self, *urls: str, delay: float = DELAY) -> list[Any]:
        """All at once; statuses of answers, and whatever else it is."""

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*(self.guest.ask(Ask(url, delay, lambda _: True)) for url in urls))

        outcomes = self.play(all_of_them())
        return [outcome.status if isinstance(outcome, Answer) else outcome for outcome in outcomes]


@pytest.fixture
def world(tmp_path):
    world = World(str(tmp_path))
    with world.runner:
        yield world


def test_robots_first_and_then_one_after_the_other(world):
    for url in (A + "/1", A + "/2"):
        world.web.put(url)
    assert world.ask(A + "/1", A + "/2", A + "/3") == [200, 200, 404]
    assert world.web.urls == [A + path for path in ("/robots.txt", "/1", "/2", "/3")]
    assert world.web.gaps == [DELAY] * 3
    assert world.guest.requests == 4
    assert [answer.url for answer in world.told] == [A + "/robots.txt"]


def test_every_origin_has_its_robots_and_all_of_a_domain_one_clock(world):
    origins = ["https://news.example", "http://news.example", "https://www.news.example:8443"]
    assert world.ask(*(origin + "/1" for origin in origins)) == [404] * 3
    assert world.web.urls == [origin + path for origin in origins for path in ("/robots.txt", "/1")]
    assert world.web.gaps == [DELAY] * 5


def test_domains_do_not_wait_for_each_other(world):
    world.ask(A + "/1", B + "/1")
    assert [seconds for _, seconds in world.web.log] == [0, 0, DELAY + SECONDS, DELAY + SECONDS]


def test_what_is_disallowed_is_not_asked(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: newsbot\nDisallow: /no\n")
    assert world.guest.known_rules(A + "/no") is None
    assert world.ask(A + "/no", A + "/yes") == [Disallowed(), 404]
    assert world.web.urls == [A + "/robots.txt", A + "/yes"]
    assert not world.guest.known_rules(A + "/no").allows(A + "/no")


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_nothing_is_asked_while_robots_cannot_be_read(world, status):
    failed = Failure(A, FailureKind.TIMEOUT, "", NOW, 1.0)
    world.web.pages[A + "/robots.txt"] = [said(A, status) if status else failed, said(A, 404)]
    held = world.ask(A + "/1", A + "/2")
    assert world.web.urls == [A + "/robots.txt"]
    assert {(one.until, one.is_domain) for one in held} == {(NOW + timedelta(seconds=SECONDS, minutes=5), False)}
    world.play(asyncio.sleep(299))
    world.ask(A + "/1")
    assert len(world.web.log) == 1
    world.play(asyncio.sleep(2))
    assert world.ask(A + "/1") == [404]
    assert world.web.urls[1:] == [A + "/robots.txt", A + "/1"]


def test_crawl_delay_counts_from_the_first_answer_on_and_for_all_of_the_domain(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nCrawl-delay: 7\n")
    world.ask(A + "/1", "https://www.news.example/1", A + "/2")
    assert world.web.gaps == [7] * 4


def test_crawl_delay_stands_while_robots_cannot_be_read(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nCrawl-delay: 1000\n")
    world.web.put(A + "/robots.txt", 500)
    world.ask(A + "/1")
    world.play(asyncio.sleep(24 * 3600 - 1000))
    assert isinstance(world.ask(A + "/1")[0], Held)
    assert isinstance(world.ask(A + "/1")[0], Held)
    world.play(asyncio.sleep(301))
    world.ask(A + "/1")
    assert world.web.gaps[-1] == 1000


PACKED = {
    "gzip": gzip.compress(b"User-agent: *\nDisallow: /no\n", mtime=0),
    "br": brotli.compress(b"User-agent: *\nDisallow: /no\n"),
    "deflate, gzip": b"User-agent: *\nDisallow: /no\n",
}


@pytest.mark.parametrize("encoding", PACKED)
def test_robots_is_unpacked(world, encoding):
    world.web.put(A + "/robots.txt", body=PACKED[encoding], Content_Encoding=encoding)
    assert world.ask(A + "/no", A + "/yes") == [Disallowed(), 404]
    assert world.told[0].body == PACKED[encoding]


@pytest.mark.parametrize("body", [b"\x00\x01\x02\x03", PACKED["gzip"][:-9], gzip.compress(b"\n" * 50 * MOST_BYTES, mtime=0)])
def test_robots_that_cannot_be_unpacked_is_not_read(world, body):
    world.web.put(A + "/robots.txt", body=body, Content_Encoding="gzip")
    assert isinstance(world.ask(A + "/1")[0], Held)
    assert len(world.web.log) == 1


def test_robots_may_have_moved_within_its_domain_and_to_another(world):
    world.web.put(A + "/robots.txt", 301, Location="https://www.news.example/r")
    world.web.put("https://www.news.example/r", 302, Location=B + "/r")
    world.web.put(B + "/r", body=b"User-agent: *\nDisallow: /no\n")
    assert world.ask(A + "/no", A + "/yes") == [Disallowed(), 404]
    assert world.web.urls == [A + "/robots.txt", "https://www.news.example/r", B + "/r", A + "/yes"]
    assert world.lanes[lane_of("other.example")].clocks["other.example"].visited_at
    assert len(world.told) == 3


def test_robots_at_a_domain_of_somebody_else_is_not_read(world):
    far = next(f"https://far{n}.example" for n in range(99) if lane_of(f"far{n}.example") not in world.lanes)
    world.web.put(A + "/robots.txt", 301, Location=far + "/robots.txt")
    (held,) = world.ask(A + "/1")
    assert held.why == "robots.txt could not be read (at another domain that cannot be visited now)"
    assert world.web.urls == [A + "/robots.txt"]
    assert world.ask(far + "/1") == [Held(world.now(), "its domain is another worker's")]


@pytest.mark.parametrize("moved", [False, True])
def test_why_robots_cannot_be_read_is_told(world, moved):
    where = B if moved else A
    world.web.put(A + "/robots.txt", 301, Location=B + "/robots.txt") if moved else None
    kind = FailureKind.REFUSED_ADDRESS if moved else FailureKind.TIMEOUT
    world.web.pages[where + "/robots.txt"] = [Failure(where, kind, "10.0.0.1 is private", NOW, 0.0)]
    (held,) = world.ask(A + "/1")
    assert held.why == f"robots.txt could not be read ({kind.value}: 10.0.0.1 is private)"


def test_a_crawl_delay_that_goes_beyond_the_run_is_named(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nCrawl-delay: 7200\n")
    world.meet(hours=1)
    assert world.ask(A + "/1")[0].why == "its Crawl-delay of 7200 s goes beyond the time of the run"


def test_robots_at_each_others_domain_end_in_no_deadlock(world):
    world.web.put(A + "/robots.txt", 301, Location=B + "/robots.txt")
    world.web.put(B + "/robots.txt", 301, Location=A + "/robots.txt")
    outcomes = world.ask(*(origin + f"/{n}" for n in range(4) for origin in (A, B)))
    assert [isinstance(one, Held) and not one.is_domain for one in outcomes] == [True] * 8
    assert sorted(world.web.urls) == sorted([A + "/robots.txt", B + "/robots.txt"])


def test_a_connection_that_was_closed_in_peace_is_asked_again_after_the_delay(world):
    world.web.pages[A + "/robots.txt"] = [stale(A + "/robots.txt"), said(A + "/robots.txt", 404)]
    world.web.pages[A + "/1"] = [stale(A + "/1"), stale(A + "/1"), said(A + "/1", 200)]
    assert world.ask(A + "/1") == [200]
    assert world.web.urls == [A + "/robots.txt"] * 2 + [A + "/1"] * 3
    assert world.web.gaps == [DELAY] * 4
    assert world.lanes[lane_of(domain_of(A))].clock(domain_of(A)).failures == 0


def test_a_domain_is_not_visited_twice_while_the_robots_of_another_is_asked_there(world):
    world.web.put(A + "/robots.txt", 301, Location=B + "/r")

    async def ask_both() -> None:
        asking = asyncio.create_task(world.guest.ask(Ask(A + "/1", DELAY, lambda _: True)))
        await asyncio.sleep(1.5 * SECONDS)
        await world.guest.ask(Ask(B + "/1", DELAY, lambda _: True))
        await asking

    world.play(ask_both())
    assert world.web.urls[:2] == [A + "/robots.txt", B + "/r"]
    assert dict(world.web.log)[B + "/robots.txt"] == 2 * SECONDS + DELAY


def test_a_domain_that_has_to_wait_does_not_hold_up_those_whose_robots_is_there(world):
    world.web.put(B + "/1", 429, Retry_After="200000")
    world.web.put(A + "/robots.txt", 301, Location=B + "/robots.txt")
    world.ask(B + "/1")
    held, fetched = world.ask(A + "/1", "https://www.news.example/1")
    assert (held.is_domain, fetched) == (False, 404)
    assert held.until < world.now() + timedelta(minutes=6)


def test_robots_that_leads_from_https_to_http_is_not_read(world):
    world.web.put(A + "/robots.txt", 301, Location="http://news.example/robots.txt")
    assert isinstance(world.ask(A + "/1")[0], Held)
    assert world.web.urls == [A + "/robots.txt"]


@pytest.mark.parametrize(("hops", "outcome"), [(5, Disallowed()), (6, 404)])
def test_five_redirects_are_followed_and_of_six_nothing_is_read(world, hops, outcome):
    places = [A + "/robots.txt", *(f"{A}/r{n}" for n in range(hops))]
    for place, following in pairwise(places):
        world.web.put(place, 302, Location=following)
    world.web.put(places[-1], body=b"User-agent: *\nDisallow: /\n")
    assert world.ask(A + "/1") == [outcome]
    assert world.web.urls[:6] == places[:6]


def test_what_robots_said_is_asked_again_when_it_grew_too_old_in_a_wait(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nAllow: /\n", Cache_Control="max-age=60")
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nDisallow: /\n")
    world.web.put(A + "/1", 429, Retry_After="4000")
    assert world.ask(A + "/1", A + "/2") == [429, Disallowed()]
    assert world.web.urls == [A + path for path in ("/robots.txt", "/1", "/robots.txt")]
    assert world.web.gaps[-1] == 4000


def test_another_guest_knows_what_this_one_was_told(world):
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nCrawl-delay: 9\nDisallow: /no\n")
    world.web.put(A + "/1", 503, Retry_After="3000")
    world.ask(A + "/1")
    assert world.guest.urgent == {lane_of("news.example")}
    for number, lane in world.lanes.items():
        lane.save_hosts(world.now())
        lane.release()
        world.lanes[number] = world.take(number)
    world.meet()
    assert world.ask(A + "/no", A + "/2") == [Disallowed(), 404]
    assert world.web.urls == [A + path for path in ("/robots.txt", "/1", "/2")]
    assert world.web.gaps == [9, 3000]


def left_by_a_killed_holder(world: World, number: int) -> Lane:
    seconds = iter([0.0, STALE_SECONDS])
    lane = Lane(world.store, number, "another run")
    lane.lease.clock = leases.Clock(now=lambda: next(seconds, STALE_SECONDS))
    assert not lane.take(world.now())
    assert lane.take(world.now())
    return lane


def test_a_lane_whose_holder_was_killed_may_have_been_visited_just_now(world):
    number = lane_of("news.example")
    world.lanes[number] = left_by_a_killed_holder(world, number)
    world.ask(A + "/1", delay=30.0)
    assert world.web.log[0] == (A + "/robots.txt", 30.0)


def test_so_may_those_of_its_domains_that_were_known(world):
    number = lane_of("news.example")
    world.ask(A + "/1")
    world.lanes[number].save_hosts(world.now())
    world.play(asyncio.sleep(3600))
    taken = world.now()
    world.lanes[number] = left_by_a_killed_holder(world, number)
    world.ask(A + "/2", delay=30.0)
    assert NOW + timedelta(seconds=world.web.log[-1][1]) >= taken + timedelta(seconds=30)


def test_what_waits_beyond_the_deadline_is_held(world):
    world.web.put(A + "/1", 429, Retry_After="7200")
    world.meet(hours=1)
    outcomes = world.ask(A + "/1", A + "/2", A + "/3")
    until = world.now() + timedelta(hours=2)
    assert outcomes == [429] + [Held(until, "answered 429 with Retry-After")] * 2
    assert world.ask(B + "/1") == [404]
    world.play(asyncio.sleep(3600))
    assert world.ask(B + "/1")[0].why == "the time of the run is over"


def test_a_run_that_is_not_wanted_any_more_ends_soon(world):
    end = NOW + timedelta(seconds=100)
    world.meet(lambda: world.now() < end)
    world.web.put(A + "/robots.txt", body=b"User-agent: *\nCrawl-delay: 1000\n")
    assert [one.why for one in world.ask(A + "/1", A + "/2")] == ["the run was stopped"] * 2
    assert end <= world.now() <= end + timedelta(seconds=STEP_SECONDS)
    assert len(world.web.log) == 1


def test_a_lane_that_is_not_surely_ours_is_left_alone(world):
    lane = world.lanes[lane_of("news.example")]
    beaten = lane.lease.clock.now()
    lane.lease.clock = leases.Clock(now=lambda: beaten + SURE_SECONDS)
    assert isinstance(world.ask(A + "/1")[0], Held)
    assert not world.web.log


def test_a_request_that_was_broken_off_was_a_visit(world):
    async def break_off() -> None:
        asking = asyncio.create_task(world.guest.ask(Ask(A + "/1", DELAY, lambda _: True)))
        await asyncio.sleep(SECONDS / 2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    world.play(break_off())
    world.web.open.clear()
    world.ask(A + "/1")
    assert world.web.log[1][1] == SECONDS / 2 + DELAY


@pytest.mark.parametrize(
    ("status", "location", "following"),
    [
        (301, "/b", A + "/b"),
        (308, "//other.example/b", B + "/b"),
        (303, "b?c#d", A + "/x/b?c"),
        (300, "/b", None),
        (304, "/b", None),
        (200, "/b", None),
        (302, "", None),
        (302, "ftp://news.example/b", None),
        (302, "javascript:void(0)", None),
    ],
)
def test_where_an_answer_leads(status, location, following):
    assert redirect_of(said(A + "/x/a", status, Location=location)) == following
    assert redirect_of(said(A + "/x/a", status)) is None


def test_only_from_https_to_http_is_a_way_down():
    assert is_downgrade("https://news.example/", "http://news.example/")
    assert not is_downgrade("http://news.example/", "https://news.example/")
    assert not is_downgrade("https://news.example/", "https://other.example/")
