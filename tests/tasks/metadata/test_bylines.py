import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.bylines import read_bylines
from tasks.pages.tree import parse_html


def bylines(body: str) -> tuple[str, ...]:
    return read_bylines(parse_html(f"<html><body>{body}</body></html>"))


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="author" href="/j">Jane Doe</a>',
        '<div class="byline">By Jane Doe</div>',
        '<div class="article-byline"><span>Von <span class="author">Jane Doe</span></span></div>',
        '<p class="c-author__name">Jane Doe</p>',
        '<header><span id="article_author">Jane Doe</span></header>',
        '<span class="author-avatar">JD</span><span class="author">Jane Doe</span>',
        '<span class="author">Jane Doe</span><p>Text.</p><div class="x"><div><span class="author">Eve Other</span></div></div>',
    ],
)
def test_the_byline_of_the_page(body: str) -> None:
    assert bylines(body) == ("Jane Doe",)


@pytest.mark.parametrize(
    "body",
    [
        '<div class="comments"><span class="author">Eve Other</span></div>',
        '<aside><span class="author">Eve Other</span></aside>',
        f'<div class="author">{"A long biography. " * 20}</div>',
        '<div class="authority">The city</div>',
    ],
)
def test_what_is_no_byline(body: str) -> None:
    assert bylines(body) == ()


def test_names_of_one_byline_stand_together() -> None:
    assert bylines('<ul><li><a class="author">Jane Doe</a></li></ul>') == ("Jane Doe",)
    assert bylines('<p><a class="author">Jane Doe</a>, <a class="author">John Roe</a></p>') == ("Jane Doe", "John Roe")


PIECES = ["<a rel=author>", "<div class=byline>", "By Jane", "</div>", "<nav>", "<span id=author>", "</a>", "<!-- -->"]


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_page(pieces: list[str]) -> None:
    assert len(bylines("".join(pieces))) <= 5
