"""Whatever a hostile web answers, and however runs are stopped and begun again: a guest stays one.

The judge sits at the other end: it knows only what was asked, when, and what it answered itself.
"""

import asyncio
import gzip
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tasks.collecting import guest as guest_module
from tasks.collecting.asking import Ask
from tasks.collecting.guest import Guest
from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.lanes.lane import Lane
from tasks.storage import open_store
from tasks.urls import domain_of, lane_of
from tests.tasks.collecting.test_guest import Loop

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTS = (
    "https://a.example.org https://b.example.org http://a.example.org https://one.example http://one.example https://two.example"
)
ORIGINS = HOSTS.split()
PATHS = ["/", "/no/1", "/yes/1"]
SLACK = 0.001


@dataclass(frozen=True)
class Says:
    """One answer as it is planned: its status, 0 for none. For robots.txt: what it disallows, and its Crawl-delay."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.1
    body: bytes = b""
    torn: str | None = None
    kind: FailureKind = FailureKind.TIMEOUT
    disallows: tuple[str, ...] = ()
    crawl_delay: float = 0.0

    @property
    def never_left(self) -> bool:
        """Whether our own guard refused it."""
        return not self.status and self.kind in {FailureKind.REFUSED_ADDRESS, FailureKind.BAD_URL}

    @property
    def is_trouble(self) -> bool:
        return self.status in {0, 429} or self.status >= 500

    @property
    def location(self) -> str | None:
        return dict(self.headers).get("Location") if 300 < self.status < 309 else None

    @property
    def pause(self) -> float:
        """What it asks for, a minute where that cannot be read."""
        if self.status not in {429, 503}:
            return 0.0
        asked = dict(self.headers).get("Retry-After", "")
        return float(asked) if asked.isdigit() else 60.0


NO = b"User-agent: *\nDisallow: /\n\nUser-agent: newsbot/1.0\nDisallow: /no/\n"
ALL = b"User-agent: news\nDisallow:\n\nUser-agent: *\nDisallow: /\n"
PACKED = (("Content-Encoding", "gzip"),)
latencies = st.sampled_from([0.1, 3.0, 20.0])
trouble = st.builds(
    Says,
    st.sampled_from([0, 429, 429, 500, 503]),
    st.sampled_from([(), *((("Retry-After", value),) for value in ("0", "30", "4000", "200000", "soon"))]),
    latencies,
    # A stale connection is no trouble of the site's.
    kind=st.sampled_from([kind for kind in FailureKind if kind is not FailureKind.STALE]),
)
pages = st.builds(Says, st.sampled_from([200, 200, 304, 403, 404, 410]), seconds=latencies) | trouble
moved = st.builds(
    lambda status, place, path: Says(status, (("Location", place + path),)),
    st.sampled_from([301, 302, 308]),
    st.sampled_from([*ORIGINS, "https://elsewhere.example"]),
    st.sampled_from(["/robots.txt", "/moved"]),
)
told = st.sampled_from(
    [
        Says(404),
        Says(403, body=ALL),
        Says(body=NO, disallows=("/no/",)),
        Says(body=b"User-agent: *\nCrawl-delay: 45\n", crawl_delay=45, headers=(("Cache-Control", "max-age=0"),)),
        Says(body=NO + b"Crawl-delay: 700\n", disallows=("/no/",), crawl_delay=700),
        Says(body=ALL, disallows=("/",), seconds=20.0),
        Says(body=gzip.compress(ALL), headers=PACKED, disallows=("/",)),
        Says(body=gzip.compress(ALL)[:-9], headers=PACKED, torn="packing"),
        Says(body=b"User-agent: *\nDis", torn="disconnect"),
        Says(body=b"<title>Welcome</title>"),
    ]
)
robots = st.integers(0, 5).flatmap(lambda kind: moved if kind == 4 else trouble if kind == 5 else told)


@dataclass
class Domain:
    """What it has seen of us."""

    open: str = ""
    ended: float = -inf
    not_before: float = -inf
    failures: int = 0
    fastest: float = inf


@dataclass
class Told:
    """What an origin's robots.txt said last; ``hops`` while redirects are followed, ``by`` one task."""

    said: Says | None = None
    until: float = -inf
    failures: int = 0
    hops: int = 0
    following: str = ""
    by: Any = None


@dataclass
class Judge:
    """The web, as a client; what it has to complain of is in ``breaches``."""

    now: Any
    robots: dict[str, Says] = field(default_factory=dict)
    coming: list[Says] = field(default_factory=list)
    deadline: float = 0.0
    log: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    domains: dict[str, Domain] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    async def get(self, url: str, **_: Any) -> Answer | Failure:
        asked, delay = str(asyncio.current_task().get_name()).split()  # type: ignore[union-attr]
        origin, domain = asked.rsplit("/", asked.count("/") - 2)[0], self.domains.setdefault(domain_of(url), Domain())
        self.log.append(f"{self.now():.3f} {url} for {asked}")
        is_page = url == asked
        says = self.plan(url, is_page)
        self.judge_page(url, origin) if is_page else self.judge_robots(url, origin)
        if not says.never_left:
            self.judge_pace(url, domain, float(delay))
        begun, domain.open = self.now(), url
        try:
            await asyncio.sleep(says.seconds)
        finally:
            domain.open = ""
            if not says.never_left:
                domain.ended = self.now()
        self.log.append(f"{self.now():.3f} {says.status} of {url} {says.headers}")
        self.learn(domain, says)
        if not is_page:
            self.learn_robots(self.told[origin], says)
        asked_at = NOW + timedelta(seconds=begun)
        if not says.status:
            return Failure(url, says.kind, "", asked_at, says.seconds)
        cut = says.torn if says.torn == "disconnect" else None
        return Answer(url, says.status, "", says.headers, says.body, cut, None, asked_at, says.seconds, ())

    def plan(self, url: str, is_page: bool) -> Says:
        if is_page:
            return self.coming.pop(0) if self.coming else Says()
        if url.endswith("/robots.txt"):
            return self.robots.get(url.removesuffix("/robots.txt"), Says(404))
        return Says(body=ALL, disallows=("/",))

    def complain(self, what: str) -> None:
        self.breaches.append("\n".join([*self.log[-12:], what]))

    def judge_pace(self, url: str, domain: Domain, delay: float) -> None:
        """One at a time, after its delay, Crawl-delay and Retry-After, the slower the more it failed."""
        name, now = domain_of(url), self.now()
        told = [one for origin, one in self.told.items() if domain_of(origin) == name and one.said and one.until > now]
        crawl_delay = max((one.said.crawl_delay for one in told if one.said), default=0.0)
        slowest = max(crawl_delay, delay * 2 ** min(6, domain.failures), domain.fastest if domain.fastest < inf else 0.0)
        if domain.open:
            self.complain(f"{url} while {domain.open} was under way")
        if now < domain.ended + slowest - SLACK:
            self.complain(f"{url} {now - domain.ended:.3f} s after the last, not {slowest}")
        if now < domain.not_before - SLACK:
            self.complain(f"{url} {domain.not_before - now:.3f} s too early")
        if now >= self.deadline:
            self.complain(f"{url} after the end of the run")

    def judge_page(self, url: str, origin: str) -> None:
        """Only where robots.txt was read, and lately, and allows it."""
        told = self.told.get(origin, Told())
        if told.said is None or told.following or told.until <= self.now():
            self.complain(f"{url} and robots.txt was not asked")
        elif told.failures:
            self.complain(f"{url} and robots.txt is out of reach")
        elif any(url.removeprefix(origin).startswith(path) for path in told.said.disallows):
            self.complain(f"{url} is disallowed")

    def judge_robots(self, url: str, origin: str) -> None:
        """First where it belongs, then where redirects lead, five times at most; not while the last answer is valid."""
        told = self.told.get(origin, Told())
        if url == told.following and told.by is asyncio.current_task():
            told.hops += 1
        else:
            if url != f"{origin}/robots.txt":
                self.complain(f"{url} is nothing that was to be asked")
            # What our own guard refuses asks nobody, however often.
            if told.said and not told.said.never_left and told.until > self.now() + SLACK:
                self.complain(f"{url} again, too early")
            told.hops = 0
        self.told[origin] = Told(None, -inf, told.failures, told.hops, by=asyncio.current_task())

    def learn(self, domain: Domain, says: Says) -> None:
        if says.never_left:
            return
        domain.failures = domain.failures + 1 if says.is_trouble else 0
        rest = 3600.0 if domain.failures >= 5 else 0.0
        domain.not_before = max(domain.not_before, domain.ended + max(says.pause, rest))
        if 200 <= says.status < 400:
            domain.fastest = min(domain.fastest, says.seconds)

    def learn_robots(self, told: Told, says: Says) -> None:
        if says.location and told.hops < 5:
            told.following = says.location
        elif says.is_trouble or says.torn:
            told.failures += 1
            told.said, told.until = replace(says, disallows=("/",)), self.now() + min(3600, 300 * 2 ** (told.failures - 1))
        else:
            is_short = ("Cache-Control", "max-age=0") in says.headers
            told.failures, told.said, told.until = 0, says, self.now() + (3600 if is_short else 86_400)


HOURS = st.sampled_from([2, 100, 1000])
asks = st.sets(st.sampled_from(ORIGINS), min_size=1, max_size=4).map(
    lambda some: [origin + path for origin in sorted(some) for path in PATHS]
)


class HostileWeb(RuleBasedStateMachine):
    """Runs after runs, with one store."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store, self.runner = open_store(self.folder.name), asyncio.Runner(loop_factory=Loop)
        self.judge = Judge(lambda: self.runner.get_loop().time())

    def teardown(self) -> None:
        self.runner.close()
        self.folder.cleanup()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.judge.now())

    @initialize(hours=HOURS, says=st.lists(robots, min_size=len(ORIGINS), max_size=len(ORIGINS)))
    def begin(self, hours: int, says: list[Says]) -> None:
        self.judge.robots = dict(zip(ORIGINS, says, strict=True))
        self.begin_a_run(hours)

    def begin_a_run(self, hours: int) -> None:
        self.lanes = {number: Lane(self.store, number, "run") for number in {lane_of(domain_of(origin)) for origin in ORIGINS}}
        assert all(lane.take(self.now()) for lane in self.lanes.values())
        self.has_asked, deadline = False, self.now() + timedelta(hours=hours)
        self.judge.deadline = self.judge.now() + hours * 3600
        self.guest = Guest(self.judge, "newsbot", self.lanes, deadline, self.now, asyncio.sleep, lambda: True, lambda _: None)

    @precondition(lambda self: self.has_asked)
    @rule(hours=HOURS)
    def stop_and_begin_again(self, hours: int) -> None:
        self.begin_another_run(hours)

    def begin_another_run(self, hours: int) -> None:
        for lane in self.lanes.values():
            lane.save_hosts(self.now())
            lane.release()
        self.begin_a_run(hours)

    @rule(origins=st.sets(st.sampled_from(ORIGINS), min_size=1), says=robots)
    def say_other_rules(self, origins: set[str], says: Says) -> None:
        self.judge.robots |= dict.fromkeys(origins, says)

    @rule(
        later=st.sampled_from([0, 0, 1, 301, 3700, 87_000, 250_000]),
        urls=asks,
        delay=st.sampled_from([1.0, 10.0]),
        coming=st.lists(pages, max_size=8),
        stopped=st.sampled_from([None, None, None, 0.05, 5.0, 100.0]),
    )
    def ask(self, later: int, urls: list[str], delay: float, coming: list[Says], stopped: float | None) -> None:
        self.runner.run(asyncio.sleep(later))
        if self.now() >= self.guest.deadline:
            self.begin_another_run(100)
        self.judge.coming, self.has_asked = coming, True
        self.runner.run(self.ask_all([(url, delay) for url in urls], stopped))

    async def ask_all(self, asks: list[tuple[str, float]], stopped: float | None) -> None:
        tasks = [asyncio.create_task(self.guest.ask(Ask(url, delay, lambda _: True)), name=f"{url} {delay}") for url, delay in asks]
        done, left = await asyncio.wait(tasks, timeout=stopped)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task in done:
            task.result()

    @invariant()
    def nobody_complains(self) -> None:
        assert not self.judge.breaches, "\n\n".join(self.judge.breaches[:2])


def test_a_guest_stays_a_guest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_module, "STEP_SECONDS", 1800.0)
    run_state_machine_as_test(
        HostileWeb,
        settings=settings(max_examples=30, stateful_step_count=25, print_blob=False),
    )
