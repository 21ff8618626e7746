"""The auditor of guests: what a client did wrong, from the log of the sites it visited and from what they told it."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from tests.servers.robots_told import RobotsTold
from tests.servers.visits import Visit


@dataclass(frozen=True)
class Rules:
    """What a good guest keeps to. ``agent``: its product token. ``tolerance_seconds``: what clocks and sockets may blur.

    ``longest_crawl_delay_seconds``: of a longer one only this much is asked for.
    """

    agent: str = "pressrun"
    delay_seconds: float = 2.0
    tolerance_seconds: float = 0.02
    longest_crawl_delay_seconds: float = inf
    failures_in_a_row: int = 5
    pause_seconds: float = 60.0
    robots_seconds: float = 24 * 3600.0


@dataclass
class Domain:
    """What happened at one domain so far."""

    under_way: list[Visit] = field(default_factory=list)
    last: Visit | None = None
    not_before: float = -inf
    failures: int = 0


def violations(visits: Iterable[Visit], rules: Rules = Rules()) -> list[str]:
    """Every breach, as ``kind: what happened``, in the order of time; visits of several runs and logs may be mixed.

    Kinds: two at a time, too soon, before Retry-After, too many failures, robots.txt not asked, robots.txt not answered,
    robots.txt out of reach, robots.txt too old, disallowed, cookie, no contact.
    """
    audit, found = Audit(rules), list[str]()
    for begins, visit in _moments(visits):
        if begins:
            found += audit.begin(visit)
        else:
            audit.end(visit)
    return found


def _moments(visits: Iterable[Visit]) -> Iterator[tuple[bool, Visit]]:
    """Begins and ends in the order of time; an end before a begin of the same moment."""
    all_visits = sorted(visits, key=lambda visit: visit.begun)
    open_ones: list[tuple[float, int]] = []
    for place, visit in enumerate(all_visits):
        while open_ones and open_ones[0][0] <= visit.begun:
            yield False, all_visits[heapq.heappop(open_ones)[1]]
        yield True, visit
        heapq.heappush(open_ones, (visit.ended, place))
    while open_ones:
        yield False, all_visits[heapq.heappop(open_ones)[1]]


class Audit:
    """Reads begins and ends of visits in the order of time."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.domains = defaultdict[str, Domain](Domain)
        self.robots = RobotsTold(rules.agent, rules.robots_seconds)

    def begin(self, visit: Visit) -> Iterator[str]:
        """The breaches that begin with this request."""
        domain = self.domains[visit.domain]
        yield from self._manners(visit)
        yield from self._pace(visit, domain)
        yield from self._rests(visit, domain)
        for kind in self.robots.begin(visit):
            yield f"{kind}: {visit.url}"
        domain.under_way.append(visit)

    def end(self, visit: Visit) -> None:
        """Learn from the answer."""
        domain = self.domains[visit.domain]
        domain.under_way.remove(visit)
        domain.last = visit
        domain.failures = domain.failures + 1 if visit.is_failure else 0
        if visit.retry_after_seconds is not None:
            domain.not_before = max(domain.not_before, visit.ended + visit.retry_after_seconds)
        self.robots.end(visit)

    def _manners(self, visit: Visit) -> Iterator[str]:
        if "cookie" in visit.headers:
            yield f"cookie: {visit.url} got {visit.headers['cookie']!r}"
        if not ("://" in visit.user_agent or "@" in visit.user_agent):
            yield f"no contact: {visit.url} was asked by {visit.user_agent!r}"

    def _pace(self, visit: Visit, domain: Domain) -> Iterator[str]:
        # When a guest hangs up, we hear of it a little later than it goes on.
        slack = self.rules.tolerance_seconds
        for other in domain.under_way:
            if other.is_whole or other.ended > visit.begun + slack:
                yield f"two at a time: {visit.url} while {other.url} was under way"
        wanted = max(self.rules.delay_seconds, min(self.robots.crawl_delay_seconds(visit), self.rules.longest_crawl_delay_seconds))
        if domain.last and not domain.under_way and visit.begun - domain.last.ended < wanted - slack:
            gap = visit.begun - domain.last.ended
            yield f"too soon: {visit.url} came {gap:.3f} s after {domain.last.url}, not {wanted:.3f} s"

    def _rests(self, visit: Visit, domain: Domain) -> Iterator[str]:
        early = domain.not_before - visit.begun
        if early > self.rules.tolerance_seconds:
            yield f"before Retry-After: {visit.url} came {early:.3f} s too early"
        rest = visit.begun - domain.last.ended if domain.last else inf
        if domain.failures >= self.rules.failures_in_a_row and rest < self.rules.pause_seconds - self.rules.tolerance_seconds:
            yield f"too many failures: {visit.url} came {rest:.3f} s after failure {domain.failures} in a row"
