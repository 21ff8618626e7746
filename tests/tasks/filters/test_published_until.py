from datetime import UTC, datetime

import pytest

from tasks.errors import FixTheRun
from tasks.filters import published_since, published_until
from tasks.reasons import Reason
from tests.tasks.filters.articles import article


def test_the_last_day_stays_whole_and_what_has_no_date_too():
    check = published_until.make("2024-12-01")
    assert check(article("a", published_at=datetime(2024, 12, 1, 23, 59, 59, tzinfo=UTC))) is None
    assert check(article("a", published_at=None)) is None
    answer = check(article("a", published_at=datetime(2024, 12, 2, tzinfo=UTC)))
    assert (answer.reason, answer.detail) == (Reason.PUBLISHED_AFTER, "published 2024-12-02")


def test_since_and_until_a_day_leave_that_day():
    checks = [module.make("2024-12-01") for module in (published_since, published_until)]
    stays = [
        not any(check(article("a", published_at=datetime(2024, *at, tzinfo=UTC))) for check in checks)
        for at in [(11, 30, 23), (12, 1, 0), (12, 1, 23), (12, 2, 0)]
    ]
    assert stays == [False, True, True, False]


@pytest.mark.parametrize("option", ["yesterday", "2024-13-01", "", "2024-12-01T10:00"])
def test_what_is_no_day_is_refused(option):
    with pytest.raises(FixTheRun, match=r"published_until=.*it takes a day"):
        published_until.make(option)


def test_the_last_day_that_there_is():
    assert published_until.make("9999-12-31")(article("a", published_at=datetime(9999, 12, 31, tzinfo=UTC))) is None
