"""Asks for one address after the other as a guest does: robots.txt first, one request at a time a domain, in its own time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from tasks.collecting.asking import (
    Ask,
    Client,
    Disallowed,
    Held,
    Outcome,
    is_downgrade,
    is_stale,
    redirect_of,
    unpacked,
    unreadable,
)
from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.politeness import Go, HostClock, Stop, after, decide
from tasks.fetching.retries import FINAL_FAILURES
from tasks.fetching.robots import MOST_BYTES, MOST_REDIRECTS, RobotsCopy, Rules, origin_of, read_robots, robots_url
from tasks.lanes.lane import Lane
from tasks.urls import domain_of, lane_of

# So often a wait is left to see whether anybody still wants its end.
STEP_SECONDS = 2.0
BUSY_PAUSE = timedelta(minutes=5)
ELSEWHERE_SECONDS = 30.0
# Of thousands of domains that are due at once: else our own slowness looks like that of the sites, and ends in time-outs.
MOST_AT_ONCE = 256


@asynccontextmanager
async def _given(*, is_ours: bool = True) -> AsyncIterator[bool]:
    yield is_ours


def nobody_lends(_: int) -> AbstractAsyncContextManager[bool]:
    """For who has no other lanes than its own."""
    return _given(is_ours=False)


@dataclass(slots=True)
class Guest:
    """The visitor of all domains in its lanes. ``saw`` is handed every robots.txt answer; ``lend`` gives another lane for a moment,
    or says that it is somebody else's.
    """

    client: Client
    token: str
    lanes: dict[int, Lane]
    deadline: datetime
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    is_wanted: Callable[[], bool]
    saw: Callable[[Answer], None]
    lend: Callable[[int], AbstractAsyncContextManager[bool]] = nobody_lends
    # Lanes whose clocks have news that must outlive us: Retry-After, a pause.
    urgent: set[int] = field(default_factory=set)
    requests: int = 0
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _rules: dict[str, Rules] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def ask(self, ask: Ask) -> Outcome:
        """Ask when robots.txt and the domain's clock allow it; what waits beyond the deadline is held."""
        domain = domain_of(ask.url)
        if lane_of(domain) not in self.lanes:
            return Held(self.now(), "its domain is another worker's")
        async with self._lock(domain):
            while True:
                if refusal := await self._refusal(ask, domain):
                    return refusal
                outcome = await self._get(ask, domain)
                if not is_stale(outcome):
                    return outcome

    async def _refusal(self, ask: Ask, domain: str) -> Held | Failure | Disallowed | None:
        """Wait until the address may be asked for, None, or find out why it may not."""
        while True:
            rules = await self._rules_for(ask.url, domain, ask.delay_seconds)
            if isinstance(rules, Held | Failure):
                return rules
            if rules.copy.is_unreachable:
                return unreadable(rules.copy)
            if not rules.allows(ask.url):
                return Disallowed()
            held = await self._turn(domain, ask.delay_seconds)
            # What robots.txt said may be too old at the end of a long wait.
            if held or rules.copy.until > self.now():
                return held

    def known_rules(self, url: str) -> Rules | None:
        """What robots.txt said, where a copy is valid; asks for nothing."""
        return self._valid_rules(url, domain_of(url))

    def _valid_rules(self, url: str, domain: str) -> Rules | None:
        lane = self.lanes.get(lane_of(domain))
        copy = lane.robots.get(origin_of(url)) if lane else None
        if copy is None or copy.until <= self.now():
            return None
        return self._parsed(copy)

    def _parsed(self, copy: RobotsCopy) -> Rules:
        known = self._rules.get(copy.origin)
        if known is None or known.copy is not copy:
            known = self._rules[copy.origin] = Rules(copy, self.token)
        return known

    def _lock(self, domain: str) -> asyncio.Lock:
        return self._locks.setdefault(domain, asyncio.Lock())

    async def _rules_for(self, url: str, domain: str, delay_seconds: float) -> Rules | Held | Failure:
        if known := self._valid_rules(url, domain):
            return known
        origin, lane = origin_of(url), self.lanes[lane_of(domain)]
        outcome = await self._robots_answer(robots_url(url), domain, delay_seconds)
        if isinstance(outcome, Held):
            return outcome
        if isinstance(outcome, Failure) and outcome.kind in FINAL_FAILURES and origin_of(outcome.url) == origin:
            return outcome  # where our own guard lets nobody go, there is no robots.txt to wait for
        now = self.now()
        if outcome is None:
            copy = RobotsCopy(origin, now, now + BUSY_PAUSE, 0, 0, "", is_elsewhere=True)
        else:
            copy = read_robots(origin, lane.robots.get(origin), unpacked(outcome), now)
        lane.robots[origin] = copy
        if copy.is_unreachable:  # says nothing about the pace: what was asked for before stands
            return self._parsed(copy)
        delays = [self._parsed(one).crawl_delay_seconds for one in lane.robots.values() if _domain_of_origin(one.origin) == domain]
        lane.clocks[domain] = replace(lane.clock(domain), crawl_delay_seconds=max(delays))
        return self._parsed(copy)

    async def _robots_answer(self, url: str, domain: str, delay_seconds: float) -> Answer | Failure | Held | None:
        """The last answer of at most five redirects; None where it is at another domain that cannot be visited now."""
        for hop in range(MOST_REDIRECTS + 1):
            target = domain_of(url)
            ask = Ask(url, delay_seconds, lambda _: True, (("Accept-Encoding", "identity"),), MOST_BYTES)
            outcome = await (self._request(ask, domain) if target == domain else self._ask_elsewhere(ask, target))
            if outcome is None:
                return None
            if isinstance(outcome, Answer):
                self.saw(outcome)
            following = redirect_of(outcome) if isinstance(outcome, Answer) else None
            if following is None or hop == MOST_REDIRECTS:
                return outcome
            if is_downgrade(url, following):
                return Failure(url, FailureKind.TLS, "robots.txt is redirected from https to http", self.now(), 0.0)
            url = following
        raise AssertionError("the loop returns")

    async def _ask_elsewhere(self, ask: Ask, domain: str) -> Answer | Failure | None:
        """Ask another domain, whose lane is ours or is lent to us; None where somebody visits it, or its clock says to wait."""
        number = lane_of(domain)
        async with _given() if number in self.lanes else self.lend(number) as is_ours:
            if not is_ours:
                return None
            try:
                # Two domains that lead to each other must not wait for each other for ever.
                await asyncio.wait_for(self._lock(domain).acquire(), ELSEWHERE_SECONDS)
            except TimeoutError:
                return None
            try:
                outcome = await self._request(ask, domain)
            finally:
                self._lock(domain).release()
        return None if isinstance(outcome, Held) else outcome

    async def _request(self, ask: Ask, domain: str) -> Answer | Failure | Held:
        while True:
            outcome = await self._turn(domain, ask.delay_seconds) or await self._get(ask, domain)
            if not is_stale(outcome):
                return outcome

    async def _turn(self, domain: str, delay_seconds: float) -> Held | None:
        """Wait until the domain may be asked."""
        lane = self.lanes[lane_of(domain)]
        while True:
            verdict = decide(self.now(), lane.clock(domain), delay_seconds, self.deadline)
            if isinstance(verdict, Stop):
                return Held(verdict.until, verdict.why)
            if not self.is_wanted():
                return Held(self.now(), "the run was stopped")
            if isinstance(verdict, Go):
                break
            await self.sleep(min(STEP_SECONDS, max(0.0, (verdict.until - self.now()).total_seconds())))
        return self._too_late(lane)

    def _too_late(self, lane: Lane) -> Held | None:
        if not self.is_wanted():
            return Held(self.now(), "the run was stopped")
        if not lane.is_surely_ours:
            return Held(self.now(), "the store did not answer in time to keep the lane")
        return Held(self.now(), "the time of the run is over") if self.now() >= self.deadline else None

    async def _get(self, ask: Ask, domain: str) -> Answer | Failure | Held:
        lane = self.lanes[lane_of(domain)]
        async with self._room:
            # Much may have changed while others were asked.
            if held := self._too_late(lane):
                return held
            self.requests += 1
            try:
                outcome = await self.client.get(ask.url, takes=ask.takes, headers=ask.headers, max_body_bytes=ask.max_body_bytes)
            except asyncio.CancelledError:  # the site was asked all the same
                lane.clocks[domain] = replace(lane.clock(domain), visited_at=self.now())
                raise
        self._note(lane, domain, outcome)
        return outcome

    def _note(self, lane: Lane, domain: str, outcome: Answer | Failure) -> None:
        before = lane.clock(domain)
        clock: HostClock = after(before, outcome, self.now())
        lane.clocks[domain] = clock
        if clock.blocked_until != before.blocked_until:
            self.urgent.add(lane.number)


# Every new robots.txt looks through all origins of its lane.
_domain_of_origin = lru_cache(maxsize=65_536)(domain_of)
