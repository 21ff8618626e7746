"""Columns of time: nothing is lost, nothing is counted twice, and there are never too many of them."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.binning import EPOCH, MOST_COLUMNS, bins_for, rates

DAYS = st.dictionaries(st.integers(-800_000, 3_000_000), st.integers(1, 1_000_000), min_size=1, max_size=40).map(Counter)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - EPOCH


@given(DAYS)
def test_every_day_is_in_one_column_or_outside(days):
    bins = bins_for(days)
    assert bins is not None
    assert sum(bins.sums(days)) + bins.before + bins.after == days.total()
    assert 1 <= len(bins.starts) <= MOST_COLUMNS
    assert len(set(bins.labels)) == len(bins.labels)


@pytest.mark.parametrize(
    ("first", "last", "unit", "columns"),
    [
        ("2024-12-01", "2024-12-01", "day", 1),
        ("2024-01-01", "2024-04-29", "day", 120),
        ("2024-01-01", "2024-04-30", "week", 18),
        ("2022-01-01", "2024-12-31", "month", 36),
        ("1990-01-01", "2024-12-31", "year", 35),
    ],
)
def test_columns_are_as_narrow_as_there_is_room(first, last, unit, columns):
    bins = bins_for(Counter({day(first): 1, day(last): 1}))
    assert bins is not None
    assert (bins.unit, len(bins.starts)) == (unit, columns)


def test_a_wrong_date_centuries_ago_does_not_squeeze_the_others():
    days = Counter({day("2024-12-01") + number: 100 for number in range(30)})
    bins = bins_for(days + Counter({day("1784-01-01"): 2}))
    assert bins is not None
    assert (bins.unit, bins.before, len(bins.starts)) == ("day", 2, 30)


def test_weeks_begin_on_mondays():
    bins = bins_for(Counter({day("2024-01-03"): 1, day("2024-12-01"): 1}))
    assert bins is not None
    assert bins.labels[0] == "2024-01-01"


def test_no_day_no_columns():
    assert bins_for(Counter(), Counter()) is None


SPANS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e5), st.integers(0, 10_000)), min_size=1, max_size=20)


@given(SPANS)
def test_work_is_spread_over_time_without_loss(spans):
    _, width, found = rates([(begin, begin + length, done) for begin, length, done in spans])
    assert sum(found) * width == pytest.approx(sum(done for _, _, done in spans), rel=1e-6, abs=1e-6)
    assert 1 <= len(found) <= 60


def test_a_rate_is_work_by_time():
    first, width, found = rates([(1_000.0, 1_060.0, 600)])
    assert (first, width) == (1_000.0, 1.0)
    assert found == pytest.approx([10.0] * 60)
