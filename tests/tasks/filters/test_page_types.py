import pytest

from tasks.errors import FixTheRun
from tasks.filters.page_types import make
from tasks.reasons import Reason
from tests.tasks.filters.articles import article


def test_the_named_types_stay_and_the_unknown():
    check = make("article, live_blog")
    assert [check(article("a", page_type=kind)) for kind in ("article", "live_blog", None)] == [None] * 3
    answer = check(article("a", page_type="gallery"))
    assert (answer.reason, answer.detail) == (Reason.OTHER_PAGE_TYPE, "gallery")


@pytest.mark.parametrize("option", ["", "articles", "article,,index", "Article"])
def test_what_is_no_type_is_refused(option):
    with pytest.raises(FixTheRun, match="types of pages"):
        make(option)
