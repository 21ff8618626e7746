"""The search of last resort is held to pages where it may find something."""

from tasks.metadata.gap_dates import MAX_ELEMENTS, search_day
from tasks.pages.tree import parse_html

DATED = '<div class="date">3 May 2024</div>'
URL = "https://www.news.example/a"


def test_a_day_in_the_markup_is_found() -> None:
    assert search_day(parse_html(f"<h1>Ferry</h1>{DATED}"), URL, None) == "2024-05-03"


def test_a_page_of_very_many_elements_is_not_searched() -> None:
    assert search_day(parse_html(f"<h1>Ferry</h1>{DATED}{'<br>' * MAX_ELEMENTS}"), URL, None) is None
