"""The clock of a domain: whatever comes, it is never asked before its time, and trouble never makes us faster."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.politeness import (
    BREAK_SECONDS,
    FAILURES_TO_BREAK,
    FIRST_PAUSE_SECONDS,
    GOOD_ANSWERS_TO_SPEED_UP,
    LAST_PAUSE_SECONDS,
    LONGEST,
    MOST_SLOWDOWN,
    TROUBLE,
    Go,
    HostClock,
    Stop,
    Wait,
    affordable,
    after,
    decide,
    delay_seconds,
    earliest,
    retry_after,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = HostClock("news.example")
OURS = [FailureKind.BAD_URL, FailureKind.REFUSED_ADDRESS]


def times_around(years: int) -> st.SearchStrategy[datetime]:
    """Seen from now."""
    now, span = NOW.replace(tzinfo=None), timedelta(days=366 * years)
    return st.datetimes(now - span, now + span, timezones=st.just(UTC))


times = times_around(10)
delays = st.floats(0, 600) | st.sampled_from([0.0, 2.0, 5e-324])
clocks = st.builds(
    HostClock,
    st.just("news.example"),
    visited_at=st.none() | times,
    latency_seconds=st.floats(0, 120),
    crawl_delay_seconds=st.sampled_from([0.0, 5.0, 1e30]) | st.floats(0, 1e7),
    slowdown=st.sampled_from([1.0, 2.0, 8.0, MOST_SLOWDOWN]),
    good_answers=st.integers(0, GOOD_ANSWERS_TO_SPEED_UP - 1),
    failures=st.integers(0, 40),
    pauses=st.integers(0, 40),
    blocked_until=st.none() | times,
)


def answer(status: int, seconds: float = 0.5, **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("https://news.example/", status, "", named, b"", None, None, NOW, seconds, ())


def failure(kind: FailureKind) -> Failure:
    return Failure("https://news.example/", kind, "", NOW, 1.0)


spoken = st.sampled_from(["0", "5", "86400", "1" + 30 * "0", "-5", "soon", "1.5", "", "Wed, 21 Oct 2037 07:28:00 GMT"]) | st.text()
overloads = st.builds(lambda status, value: answer(status, Retry_After=value), st.sampled_from([429, 503]), spoken)
errors = st.builds(answer, st.integers(400, 599), st.floats(0, 60))
failures = st.builds(failure, st.sampled_from(FailureKind))
goods = st.builds(answer, st.integers(200, 399), st.floats(0, 60))
outcomes = goods | errors | overloads | failures


@given(times, clocks, delays, times)
def test_a_domain_is_asked_when_all_its_times_have_come_and_the_run_goes_on(now, clock, own, deadline):
    verdict, at = decide(now, clock, own, deadline), earliest(clock, own)
    if clock.visited_at:
        assert at >= clock.visited_at + timedelta(seconds=min(own, LONGEST.total_seconds()))
        assert at >= clock.visited_at + min(LONGEST, timedelta(seconds=min(clock.crawl_delay_seconds, 1e9)))
    if clock.blocked_until:
        assert at >= clock.blocked_until
    if verdict == Go():
        assert at is None or at <= now
        assert now < deadline
    elif isinstance(verdict, Wait):
        assert now < verdict.until == at < deadline
    else:
        assert max(at or now, now) >= deadline
        assert verdict.until == max(at or now, now)
        assert verdict.why or clock.blocked_until


@given(times, clocks, delays, times, st.floats(0, 1e6))
def test_what_may_be_asked_now_may_be_asked_later(now, clock, own, deadline, seconds):
    later = now + timedelta(seconds=seconds)
    if decide(now, clock, own, deadline) == Go() and later < deadline:
        assert decide(later, clock, own, deadline) == Go()
    if isinstance(decide(now, clock, own, deadline), Stop):
        assert isinstance(decide(later, clock, own, deadline), Stop)


@given(clocks, outcomes, times, delays)
def test_no_answer_and_no_failure_brings_a_next_request_forward(clock, outcome, now, own):
    before, then = earliest(clock, own), after(clock, outcome, now)
    if isinstance(outcome, Failure) and outcome.kind in OURS:
        assert then == clock
        return
    assert then.visited_at == max(now, clock.visited_at or now)
    if isinstance(outcome, Failure) or outcome.status >= 400:
        assert delay_seconds(then, own) >= delay_seconds(clock, own)
        assert then.latency_seconds == clock.latency_seconds
        assert then.good_answers <= clock.good_answers
        assert before is None or earliest(then, own) >= before
    if clock.blocked_until:
        assert then.blocked_until >= clock.blocked_until


@given(clocks, st.lists(outcomes, max_size=30), times)
def test_a_clock_stays_within_its_bounds_whatever_comes(clock, several, now):
    for outcome in several:
        clock = after(clock, outcome, now)
        assert 1 <= clock.slowdown <= MOST_SLOWDOWN
        assert clock.slowdown == 1 or 0 <= clock.good_answers < GOOD_ANSWERS_TO_SPEED_UP
        assert 0 <= clock.latency_seconds <= 120
        assert 0 <= delay_seconds(clock, 2.0) <= LONGEST.total_seconds()
        assert isinstance(decide(now, clock, 2.0, now + timedelta(days=1)), Go | Wait | Stop)


@given(times, clocks, delays, st.floats(0, 1e6))
def test_so_many_requests_fit_as_are_made_until_the_deadline(now, clock, own, seconds):
    deadline = now + timedelta(seconds=seconds)
    room = affordable(clock, own, now, deadline)
    assert (room == 0) == isinstance(decide(now, clock, own, deadline), Stop)
    gap = delay_seconds(clock, own) + clock.latency_seconds
    assume(gap > 0.001)
    left = (deadline - max(now, earliest(clock, own) or now)).total_seconds()
    assert room == 0 or (room - 1) * gap <= left * (1 + 1e-9)
    assert room * gap >= left * (1 - 1e-9)


@pytest.mark.parametrize(("seconds", "room"), [(0, 0), (1, 1), (10, 1), (10.5, 2), (20, 2), (30, 3), (31, 4)])
def test_the_request_at_the_very_deadline_does_not_fit(seconds, room):
    assert affordable(NEW, 10.0, NOW, NOW + timedelta(seconds=seconds)) == room


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("0", None, 0),
        ("7", None, 7),
        (" 120 ", None, 120),
        ("86401", None, 86_401),
        ("000000000000042", None, 42),
        ("31622400", None, 31_622_400),
        ("1" + "0" * 30, None, LONGEST.total_seconds()),
        ("9" * 5000, None, LONGEST.total_seconds()),
        ("Sun, 01 Mar 2026 12:10:00 GMT", None, 600),
        ("Sunday, 01-Mar-26 12:10:00 GMT", None, 600),
        ("Sun Mar  1 12:10:00 2026", None, 600),
        ("Sun, 01 Mar 2026 13:10:00 +0100", None, 600),
        # Its clock is three hours ahead, a year behind, or no clock at all.
        ("Sun, 01 Mar 2026 15:10:00 GMT", "Sun, 01 Mar 2026 15:00:00 GMT", 600),
        ("Sat, 01 Mar 2025 12:10:00 GMT", "Sat, 01 Mar 2025 12:00:00 GMT", 600),
        ("Sun, 01 Mar 2026 12:10:00 GMT", "today", 600),
        ("Thu, 29 Feb 2024 12:00:00 GMT", "Wed, 28 Feb 2024 12:00:00 GMT", 86_400),
        ("Fri, 01 Mar 2024 12:00:00 GMT", "Wed, 28 Feb 2024 12:00:00 GMT", 2 * 86_400),
        ("Thu, 01 Jan 1970 00:10:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 600),
        ("Wed, 31 Dec 1969 23:59:59 GMT", None, 0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None, 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, LONGEST.total_seconds()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", LONGEST.total_seconds()),
        ("-5", None, None),
        ("1.5", None, None),
        ("120s", None, None),
        ("12, 12", None, None),
        ("\u0661\u0662", None, None),
        ("Thu, 30 Feb 2023 12:00:00 GMT", None, None),
        ("Thu, 29 Feb 2023 12:00:00 GMT", None, None),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", None, None),
        ("", None, None),
    ],
)
def test_retry_after_is_kept_in_full(status, value, date, seconds):
    told = answer(status, Retry_After=value, **({"Date": date} if date else {}))
    wanted = FIRST_PAUSE_SECONDS if seconds is None else seconds
    clock = after(NEW, told, NOW)
    assert clock.blocked_until == NOW + timedelta(seconds=wanted)
    assert str(status) in clock.blocked_why


@given(st.text() | st.text("0123456789:,+- GMTWedOct", max_size=40), st.text(max_size=40))
def test_nothing_in_retry_after_raises(value, date):
    until = retry_after(answer(429, Retry_After=value, Date=date), NOW)
    assert until is None or NOW <= until <= NOW + LONGEST


@given(times_around(75), st.integers(0, 10_000_000))
@example(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), 2)
def test_a_date_is_read_by_the_clock_of_its_server(theirs, seconds):
    here = theirs.replace(microsecond=0)
    until = format_datetime(here + timedelta(seconds=seconds), usegmt=True)
    told = answer(503, Retry_After=until, Date=format_datetime(here, usegmt=True))
    assert retry_after(told, NOW) == NOW + timedelta(seconds=seconds)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([429, 503]))
def test_a_later_block_never_shortens_one_that_stands(first, second, status):
    clock = after(NEW, answer(429, Retry_After=str(first)), NOW)
    clock = after(clock, answer(status, Retry_After=str(second)), NOW)
    assert clock.blocked_until == NOW + timedelta(seconds=max(first, second))


def test_without_retry_after_pauses_double_up_to_a_day():
    clock, pauses = NEW, []
    for _ in range(30):
        now = clock.blocked_until or NOW
        clock = after(clock, answer(429), now)
        pauses.append((clock.blocked_until - now).total_seconds())
    # Five in a row are a failing domain too.
    assert pauses[:5] == [60, 120, 240, 480, BREAK_SECONDS]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LAST_PAUSE_SECONDS


def test_only_a_good_answer_ends_a_row_of_pauses():
    clock = after(after(after(NEW, answer(429), NOW), answer(404), NOW), answer(429), NOW)
    assert clock.pauses == 2
    assert after(clock, answer(200), NOW).pauses == 0


@pytest.mark.parametrize("outcome", [answer(500), answer(502), *map(failure, sorted(TROUBLE))])
def test_a_domain_that_fails_is_left_alone_for_longer_and_longer(outcome):
    clock, pauses = NEW, []
    for _ in range(FAILURES_TO_BREAK + 8):
        now = clock.blocked_until or NOW
        clock = after(clock, outcome, now)
        pauses.append((clock.blocked_until - now).total_seconds() if clock.blocked_until else 0)
    assert pauses[:FAILURES_TO_BREAK] == [0] * (FAILURES_TO_BREAK - 1) + [BREAK_SECONDS]
    assert pauses[FAILURES_TO_BREAK : FAILURES_TO_BREAK + 2] == [2 * BREAK_SECONDS, 4 * BREAK_SECONDS]
    assert set(pauses[-3:]) == {LAST_PAUSE_SECONDS}
    assert clock.slowdown == MOST_SLOWDOWN


def test_good_answers_forgive_step_by_step():
    clock = NEW
    for _ in range(3):
        clock = after(clock, answer(500), NOW)
    assert delay_seconds(clock, 2.0) == 16
    slower = []
    for _ in range(4 * GOOD_ANSWERS_TO_SPEED_UP):
        clock = after(clock, answer(200, seconds=0.1), NOW)
        slower.append(clock.slowdown)
    assert clock.failures == 0
    assert slower[::GOOD_ANSWERS_TO_SPEED_UP] == [8, 4, 2, 1]
    assert clock.slowdown == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_no_is_neither_trouble_nor_a_reason_to_be_faster(status):
    clock = replace(after(NEW, answer(500), NOW), latency_seconds=9.0)
    for _ in range(100):
        clock = after(clock, answer(status, seconds=0.001), NOW)
    assert (clock.slowdown, clock.latency_seconds, clock.failures, clock.blocked_until) == (2, 9.0, 0, None)


def test_a_slow_site_is_asked_more_slowly():
    clock = after(NEW, answer(200, seconds=30.0), NOW)
    assert delay_seconds(clock, 2.0) == 30
    clock = after(clock, answer(200, seconds=10.0), NOW)
    assert delay_seconds(clock, 2.0) == pytest.approx(24)


@pytest.mark.parametrize("kind", OURS)
def test_what_our_own_guard_refused_was_no_visit(kind):
    clock = after(NEW, answer(500), NOW)
    assert after(clock, failure(kind), NOW + timedelta(hours=1)) == clock
