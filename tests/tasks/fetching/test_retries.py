"""Whether and when an address that was not fetched is asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.fetching.answers import Answer, Failure, FailureKind
from tasks.fetching.retries import next_try

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://news.example/a"
STEPS = [1, 6, 48, None]
FINAL = {FailureKind.BAD_URL, FailureKind.REFUSED_ADDRESS}


def hours(outcome: Answer | Failure) -> list[float | None]:
    """Hours until the second, third, fourth and fifth try."""
    times = [next_try(outcome, tries, NOW) for tries in range(1, 5)]
    return [(time - NOW) / timedelta(hours=1) if time else None for time in times]


def answer(status: int) -> Answer:
    return Answer(URL, status, "", (), b"", None, None, NOW, 0.1, ())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 599])
def test_what_passes_is_asked_again_after_hours_and_days(status):
    assert hours(answer(status)) == STEPS


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - FINAL))
def test_failures_are_asked_again_after_hours_and_days(kind):
    assert hours(Failure(URL, kind, "", NOW, 0.1)) == STEPS


@pytest.mark.parametrize("kind", sorted(FINAL))
def test_what_our_own_guard_refused_is_never_asked_again(kind):
    assert hours(Failure(URL, kind, "", NOW, 0.1)) == [None] * 4


def test_a_page_that_is_not_there_gets_one_more_day():
    assert hours(answer(404)) == [24, None, None, None]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 406, 410, 414, 418, 451])
def test_a_no_is_a_no(status):
    assert hours(answer(status)) == [None] * 4


@given(st.integers(100, 999), st.integers(1, 1000))
def test_every_address_is_given_up_at_last(status, tries):
    again = next_try(answer(status), tries, NOW)
    assert again is None or (tries <= 3 and again >= NOW + timedelta(hours=1))
