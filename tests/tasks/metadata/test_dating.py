from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.facts import Published
from tasks.metadata.dates import parse_date
from tasks.metadata.dating import choose_modified, choose_moment, choose_published, date_in_url
from tasks.metadata.evidence import Evidence

CAPTURED = datetime(2024, 12, 4, 12, tzinfo=UTC)
URL = "https://news.example/a"


def published(*stated: tuple[str, str], url: str = URL, captured_at: datetime | None = CAPTURED) -> Published | None:
    evidence = [Evidence(source, published=(raw,)) for source, raw in stated]
    return choose_published(evidence, url, "en-GB", captured_at)


def test_the_most_trusted_date_with_its_zone() -> None:
    found = published(("json-ld", "2024-12-03T20:38:00+01:00"), ("meta", "2024-12-01T00:00:01Z"))
    assert found == Published(datetime(2024, 12, 3, 19, 38, tzinfo=UTC), 60, "second", "json-ld")


def test_a_time_without_zone_keeps_its_day_only() -> None:
    assert published(("json-ld", "2024-12-03T20:38:00")) == Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "json-ld")


def test_a_zone_elsewhere_on_the_page_completes_the_same_wall_time() -> None:
    found = published(("json-ld", "2024-12-03T20:38:00"), ("meta", "2024-12-03T18:38:00Z"))
    assert found == Published(datetime(2024, 12, 3, 18, 38, tzinfo=UTC), 0, "second", "meta")


def test_another_event_with_a_zone_completes_nothing() -> None:
    found = published(("json-ld", "2024-12-03T20:38:00"), ("meta", "2024-12-03T11:07:00Z"))
    assert found == Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "json-ld")


@pytest.mark.parametrize("day", ["2024-12-03", "2024-12-03T00:00:00+01:00"])
def test_a_day_is_completed_by_a_time_on_it(day: str) -> None:
    found = published(("json-ld", day), ("meta", "2024-12-03T20:38:00+01:00"))
    assert found is not None
    assert (found.at, found.source) == (datetime(2024, 12, 3, 19, 38, tzinfo=UTC), "meta")


def test_a_date_after_the_capture_is_passed_over() -> None:
    found = published(("json-ld", "2025-01-01T00:00:00Z"), ("meta", "2024-12-03T20:38:00Z"))
    assert found is not None
    assert found.source == "meta"
    assert published(("json-ld", "2025-01-01T00:00:00Z")) is None
    assert published(("json-ld", "2025-01-01T08:00:00Z"), captured_at=None) is not None


def test_a_wrong_zone_on_the_day_of_the_capture_leaves_the_day() -> None:
    assert published(("meta", "2024-12-04T20:38:00Z")) == Published(datetime(2024, 12, 4, tzinfo=UTC), None, "day", "meta")


def test_the_address_is_asked_last_and_checks_plain_html() -> None:
    url = "https://news.example/2024/12/03/a"
    assert published(url=url) == Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "url")
    related = published(("html", "2023-05-05T10:00:00Z"), url=url)
    assert related is not None
    assert related.source == "url"


@pytest.mark.parametrize("path", ["/2024/13/03/", "/id-12345678901", "/story-99998888", "[", "/2024/12/"])
def test_numbers_that_are_no_date(path: str) -> None:
    assert date_in_url(f"https://news.example{path}") is None


def test_a_change_lies_between_publication_and_capture() -> None:
    first = Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "meta")
    evidence = [Evidence("json-ld", modified=("2024-12-02T10:00:00Z", "2025-01-01", "2024-12-04T10:00:00+01:00"))]
    assert choose_modified(evidence, first, None, CAPTURED) == datetime(2024, 12, 4, 9, tzinfo=UTC)
    assert choose_modified([], first, None, CAPTURED) is None


OFFSETS = st.integers(-14, 14).map(lambda hours: f"{hours:+03d}:00")
STATED = st.builds(
    lambda at, zone: at.strftime("%Y-%m-%dT%H:%M:%S") + zone,
    st.datetimes(CAPTURED.replace(tzinfo=None) - timedelta(days=3), CAPTURED.replace(tzinfo=None) + timedelta(days=3)),
    OFFSETS | st.sampled_from(["", "Z"]),
)


@given(st.lists(st.tuples(st.sampled_from(["json-ld", "meta", "html"]), STATED), max_size=5))
def test_nothing_is_later_than_the_capture(stated: list[tuple[str, str]]) -> None:
    found = choose_moment([(source, moment) for source, raw in stated if (moment := parse_date(raw))], CAPTURED)
    if found:
        assert found.at <= CAPTURED
        assert found.precision == "day" or found.offset_minutes is not None
