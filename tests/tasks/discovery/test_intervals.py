"""How often a source is looked at, and when it counts as silent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.discovery.intervals import DAY_SECONDS, LEAST_SECONDS, Habit, Rhythm, is_silent, max_age, next_habit, next_rhythm

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECONDS = st.floats(0, 10 * DAY_SECONDS)
LOOKS = st.lists(st.tuples(st.booleans(), st.one_of(st.none(), SECONDS)), max_size=30)
AGES = st.lists(st.floats(-3_600, 1e7), max_size=10)


@given(SECONDS, LOOKS)
def test_the_interval_stays_within_its_bounds(start: float, looks: list[tuple[bool, float | None]]) -> None:
    rhythm = Rhythm(start)
    for has_new, least in looks:
        rhythm = next_rhythm(rhythm, has_new=has_new, least_seconds=least)
        assert LEAST_SECONDS <= rhythm.interval_seconds <= DAY_SECONDS
        assert rhythm.interval_seconds >= min(least or 0, DAY_SECONDS)


@given(st.floats(LEAST_SECONDS, DAY_SECONDS))
def test_news_bring_us_back_sooner(seconds: float) -> None:
    rhythm = Rhythm(seconds)
    sooner, later = (next_rhythm(rhythm, has_new=has_new, least_seconds=None) for has_new in (True, False))
    assert sooner.interval_seconds <= seconds <= later.interval_seconds


def test_steps() -> None:
    assert next_rhythm(Rhythm(), has_new=True, least_seconds=None) == Rhythm(2_520.0)
    assert next_rhythm(Rhythm(), has_new=False, least_seconds=None) == Rhythm(5_400.0)
    assert next_rhythm(Rhythm(), has_new=True, least_seconds=7_200.0) == Rhythm(7_200.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("no-store", None), ("max-age=600", 600), ("public, MAX-AGE = 60", 60), ('private,max-age="5"', 5),
        ("s-maxage=9", None), ("s-maxage=9, max-age=0", 0), ("max-age=-1", None), ("max-age=x", None), ("max-age=" + "9" * 400, None),
        ("x-max-age=4", None),
    ],
)  # fmt: skip
def test_max_age(header: str | None, seconds: float | None) -> None:
    assert max_age(header) == seconds


@given(st.lists(AGES, max_size=6))
def test_habits_of_any_source(looks: list[list[float]]) -> None:
    habit = Habit()
    for ages in looks:
        before = habit
        habit = next_habit(habit, [NOW - timedelta(seconds=age) for age in ages], NOW)
        assert habit.seen_items == before.seen_items + len(ages)
        assert habit.gap_seconds > 0
        assert habit.items_a_day >= 0
        assert habit.newest_at is None or habit.newest_at <= NOW
        assert before.newest_at is None or (habit.newest_at is not None and habit.newest_at >= before.newest_at)


@given(st.integers(1, 72), st.integers(2, 20), st.integers(1, 5))
def test_a_steady_source_is_known_by_its_gap(hours: int, count: int, looks: int) -> None:
    habit, gap = Habit(), timedelta(hours=hours)
    for look in range(looks):
        habit = next_habit(habit, [NOW + (look * count + number) * gap for number in range(count)], NOW + looks * count * gap)
    assert habit.gap_seconds == pytest.approx(hours * 3_600)
    assert habit.items_a_day == pytest.approx(24 / hours)
    assert habit.newest_at == NOW + (looks * count - 1) * gap


def test_silence() -> None:
    hourly = Habit(NOW, 3_600.0, 24.0, 100)
    assert not is_silent(hourly, NOW + timedelta(hours=23))
    assert is_silent(hourly, NOW + timedelta(hours=25))
    weekly = Habit(NOW, 7 * DAY_SECONDS, 1 / 7, 100)
    assert not is_silent(weekly, NOW + timedelta(days=41))
    assert is_silent(weekly, NOW + timedelta(days=43))
    assert not is_silent(Habit(NOW, 3_600.0, 24.0, 4), NOW + timedelta(days=99))
    assert not is_silent(Habit(seen_items=9), NOW)


def test_a_silent_source_publishes_less_and_less_a_day() -> None:
    habit = next_habit(Habit(NOW, 3_600.0, 24.0, 100), [], NOW + timedelta(days=2))
    assert habit == Habit(NOW, 3_600.0, 0.5, 100)
