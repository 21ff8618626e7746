from tasks.filters.max_chars import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article


def test_the_greatest_length_stays():
    check = make("10")
    assert check(article("a" * 10)) is None
    answer = check(article("a" * 11))
    assert (answer.reason, answer.detail) == (Reason.TOO_LONG, "11 characters")
