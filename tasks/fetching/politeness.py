"""When a registrable domain may be asked again: answers out of values, no clock, no network.

One request at a time, a gap between the end of one and the beginning of the next, Retry-After in full, slower after trouble and
never faster for it.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tasks.fetching.answers import Answer, Failure, FailureKind

# Answers that say "you are too much": Retry-After counts for the whole domain (RFC 9110, 10.2.3; RFC 6585, 4).
OVERLOADED = {429, 503}
# Without Retry-After: a minute, doubled up to a day.
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 60.0, 86_400.0
# So many failures in a row, and the domain is left alone for an hour, doubled up to a day.
FAILURES_TO_BREAK, BREAK_SECONDS = 5, 3_600.0
MOST_SLOWDOWN, GOOD_ANSWERS_TO_SPEED_UP = 64.0, 10
# A longer Retry-After is as good as "never again": a person should look.
LONGEST = timedelta(days=366)
MOST_REQUESTS = 1_000_000
TROUBLE = {
    FailureKind.DNS,
    FailureKind.CONNECT,
    FailureKind.TLS,
    FailureKind.TIMEOUT,
    FailureKind.DISCONNECT,
    FailureKind.BAD_ANSWER,
}


@dataclass(frozen=True, slots=True)
class HostClock:
    """What is known of a registrable domain, or of an IP address with its port. Kept on the store between runs.

    ``visited_at``: end of the last request. ``latency_seconds``: moving average until the head of an answer.
    ``slowdown``: factor on the delay after trouble. ``failures``: in a row. ``pauses``: in a row without a good answer.
    """

    domain: str
    visited_at: datetime | None = None
    latency_seconds: float = 0.0
    crawl_delay_seconds: float = 0.0
    slowdown: float = 1.0
    good_answers: int = 0
    failures: int = 0
    pauses: int = 0
    blocked_until: datetime | None = None
    blocked_why: str = ""


@dataclass(frozen=True, slots=True)
class Go:
    """Ask now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before this time, and then ask this function again."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Not in this run: the earliest time is beyond its end."""

    until: datetime
    why: str


def delay_seconds(clock: HostClock, own_seconds: float) -> float:
    """The gap between two requests: our own delay, the site's latency and its Crawl-delay, whichever is longest, times slowdown."""
    wanted = max(own_seconds * clock.slowdown, clock.latency_seconds * clock.slowdown, clock.crawl_delay_seconds)
    return min(wanted, LONGEST.total_seconds())


def earliest(clock: HostClock, own_seconds: float) -> datetime | None:
    """The first moment at which the domain may be asked; None: at once, for it never was."""
    times = [clock.blocked_until] if clock.blocked_until else []
    if clock.visited_at:
        times.append(clock.visited_at + timedelta(seconds=delay_seconds(clock, own_seconds)))
    return max(times, default=None)


def decide(now: datetime, clock: HostClock, own_seconds: float, deadline: datetime) -> Go | Wait | Stop:
    """Whether the domain may be asked now, later in this run, or not in this run."""
    at = earliest(clock, own_seconds)
    if at is None or at <= now:
        return Go() if now < deadline else Stop(now, "the time of the run is over")
    if at < deadline:
        return Wait(at)
    if clock.blocked_until is not None and clock.blocked_until >= deadline:
        return Stop(at, clock.blocked_why)
    slow = clock.crawl_delay_seconds
    is_theirs = now < deadline and slow > delay_seconds(replace(clock, crawl_delay_seconds=0.0), own_seconds)
    return Stop(
        at, f"its Crawl-delay of {slow:g} s goes beyond the time of the run" if is_theirs else "the time of the run is over"
    )


def affordable(clock: HostClock, own_seconds: float, now: datetime, deadline: datetime) -> int:
    """How many requests fit between now and the deadline, one at least where any does."""
    at = earliest(clock, own_seconds) or now
    left = (deadline - max(now, at)).total_seconds()
    gap = delay_seconds(clock, own_seconds) + clock.latency_seconds
    return 0 if left <= 0 else math.ceil(min(left / gap, MOST_REQUESTS)) if gap > 0 else MOST_REQUESTS


def after(clock: HostClock, outcome: Answer | Failure, now: datetime) -> HostClock:
    """The clock after a request that ended now."""
    visited = replace(clock, visited_at=max(now, clock.visited_at or now))
    if isinstance(outcome, Failure):
        # What our own guard refuses never reached the site; a stale connection was closed in peace.
        quiet = visited if outcome.kind is FailureKind.STALE else clock
        return _after_trouble(visited, now) if outcome.kind in TROUBLE else quiet
    if outcome.status in OVERLOADED:
        return _after_overload(visited, outcome, now)
    if outcome.status >= 500:
        return _after_trouble(visited, now)
    # The site is there, and may mean us with its no: neither trouble nor a reason to be faster.
    return replace(visited, failures=0) if outcome.status >= 400 else _after_good(visited, outcome)


def _after_good(clock: HostClock, answer: Answer) -> HostClock:
    latency = clock.latency_seconds
    latency = 0.7 * latency + 0.3 * answer.seconds if latency else answer.seconds
    good = clock.good_answers + 1
    slowdown = clock.slowdown
    if good >= GOOD_ANSWERS_TO_SPEED_UP and slowdown > 1:
        good, slowdown = 0, max(1.0, slowdown / 2)
    return replace(clock, latency_seconds=latency, good_answers=good, slowdown=slowdown, failures=0, pauses=0)


def _after_trouble(clock: HostClock, now: datetime) -> HostClock:
    failures = clock.failures + 1
    slower = replace(clock, failures=failures, good_answers=0, slowdown=min(MOST_SLOWDOWN, clock.slowdown * 2))
    if failures < FAILURES_TO_BREAK:
        return slower
    times = failures - FAILURES_TO_BREAK
    pause = min(LAST_PAUSE_SECONDS, BREAK_SECONDS * 2 ** min(times, 10))
    return _blocked(slower, now + timedelta(seconds=pause), f"{failures} failures in a row")


def _after_overload(clock: HostClock, answer: Answer, now: datetime) -> HostClock:
    pauses = clock.pauses + 1
    slower = replace(_after_trouble(clock, now), pauses=pauses)
    asked = retry_after(answer, now)
    if asked is not None:
        return _blocked(slower, asked, f"answered {answer.status} with Retry-After")
    pause = min(LAST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(pauses - 1, 20))
    return _blocked(slower, now + timedelta(seconds=pause), f"answered {answer.status}")


def _blocked(clock: HostClock, until: datetime, why: str) -> HostClock:
    """A block never ends earlier than one that stands."""
    if clock.blocked_until and clock.blocked_until >= until:
        return clock
    return replace(clock, blocked_until=until, blocked_why=why)


def retry_after(answer: Answer, now: datetime) -> datetime | None:
    """The end of what Retry-After asks for; None where none can be read. A date is taken by the server's own clock."""
    value = (answer.header("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return now + min(LONGEST, timedelta(seconds=int(value.lstrip("0")[:9] or 0)))
    until, theirs = _http_date(value), _http_date(answer.header("Date") or "")
    if until is None:
        return None
    return now + min(LONGEST, max(timedelta(0), until - (theirs or now)))


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    # RFC 9110 dates are GMT; parsedate gives those of asctime, which name no zone, as naive.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
