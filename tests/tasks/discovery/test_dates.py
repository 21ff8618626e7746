"""The dates of feeds and sitemaps."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.discovery.dates import read_date

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MOMENTS = st.datetimes(*(datetime(year, 1, 2, tzinfo=UTC).replace(tzinfo=None) for year in (1990, 2090))).map(
    lambda moment: moment.replace(microsecond=0)
)
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, ZONES)
def test_what_python_writes(moment: datetime, zone: timezone) -> None:
    written = moment.replace(tzinfo=zone)
    assert read_date(written.isoformat()) == written
    assert read_date(format_datetime(written)) == written
    assert read_date(str(int(written.timestamp()))) in (written, None)
    assert read_date(moment.strftime("%Y-%m-%d")) == datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T12:00Z", "2026-11-25T12:00:00.123456Z", "2026-11-25 12:00:00", "2026-11-25t13:00:00+0100", "20261125T12:00:00Z",
        "Wed, 25 Nov 2026 12:00:00 GMT", "Wed, 25 Nov 26 12:00 UT", "25 Nov 2026 07:00:00 EST", "Wed,25 Nov 2026 14:00:00 CEST",
        "Wed, 25 Nov 2026 13:00:00 GMT+1", "Wed, 25 Nov 2026 13:00:00 +01:00", "Wed, 25 Nov 2026 12:00:00 +0000 (UTC)",
        "Wednesday, 25-Nov-26 12:00:00 GMT", "Mi, 25. November 2026 13:00:00 MEZ", "mer., 25 nov. 2026 12:00:00 GMT",
        "25.11.2026 12:00", "25.11.2026, 12:00:00", "Mi, 25.11.2026 12:00", "Nov 25, 2026 12:00", "November 25th, 2026 12:00:00 UTC",
        "Wed, 25 Nov 2026 12:00:00 XYZ", "\n 2026-11-25T12:00:00Z \t", "1795608000", "1795608000000",
    ],
)  # fmt: skip
def test_one_noon(text: str) -> None:
    assert read_date(text) == NOON


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [("2026", 1, 1), ("2026-11", 11, 1), ("2026-11-25", 11, 25), ("25.11.2026", 11, 25), ("25 Dez 2026", 12, 25)],
)
def test_less_than_a_time(text: str, month: int, day: int) -> None:
    assert read_date(text) == datetime(2026, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-31", "2026-13-01", "25.13.2026", "2026-11-25T25:00:00Z", "2026-11-25T12:61Z", "1970-01-01", "0001-01-01T00:00:00Z",
     "Wed, 25 Foo 2026 12:00:00 GMT", "2026-11-25T12:00:00+99:00", "25 Nov 2026 12:00 PM", "9" * 200],
)  # fmt: skip
def test_no_date(text: str) -> None:
    assert read_date(text) is None


def test_the_last_day_of_time() -> None:
    assert read_date("9999-12-31T24:00:00-10:00") is None


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    found = read_date(text)
    assert found is None or found.tzinfo is UTC
