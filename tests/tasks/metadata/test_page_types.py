import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.facts import Facts, PageType
from tasks.metadata.merge import read_facts
from tasks.pages.tree import parse_html

URL = "https://news.example/a"
LONG = "<p>" + "Many words of an article. " * 40 + "</p>"


def read(head: str, body: str = LONG, url: str = URL) -> Facts:
    return read_facts(parse_html(f"<html><head>{head}</head><body>{body}</body></html>"), url, None)


def node(*types: str, **fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": list(types), **fields})}</script>'


def og(kind: str) -> str:
    return f'<meta property="og:type" content="{kind}">'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (node("NewsArticle"), PageType.ARTICLE),
        (node("NewsArticle", "LiveBlogPosting"), PageType.LIVE_BLOG),
        (node("https://schema.org/BlogPosting"), PageType.ARTICLE),
        (node("ImageGallery"), PageType.GALLERY),
        (node("VideoObject"), PageType.VIDEO),
        (node("VideoObject") + og("article"), PageType.ARTICLE),
        (og("video.other"), PageType.VIDEO),
        (node("PodcastEpisode"), PageType.AUDIO),
        (node("CollectionPage"), PageType.INDEX),
        (node("ItemList"), PageType.INDEX),
        (node("ItemList") + og("article"), PageType.ARTICLE),
        (node("Recipe"), PageType.OTHER),
        (og("profile"), PageType.OTHER),
        (node("JobPosting") + node("WebPage"), None),
        (og("website"), None),
        ("", None),
    ],
)
def test_declared_types(head: str, kind: PageType | None) -> None:
    assert read(head).page_type is kind


def test_the_declared_type_stays_as_it_is() -> None:
    assert read(node("ReportageNewsArticle")).declared_type == "ReportageNewsArticle"
    assert read(og("video.other")).declared_type == "video.other"


def test_microdata_tells_the_type() -> None:
    body = '<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Cats</h1></div>'
    assert read("", body).page_type is PageType.ARTICLE


@pytest.mark.parametrize(
    "title",
    ["404 - Page not found", "Page not found | The Daily", "Seite nicht gefunden", "Erreur 404", "Página no encontrada",
     "Страница не найдена", "ページが見つかりません", "404", "Access Denied"],
)  # fmt: skip
def test_an_error_that_answered_200(title: str) -> None:
    assert read(f"<title>{title}</title>{og('article')}", "<p>Sorry.</p>").page_type is PageType.ERROR
    assert read(f"<title>{title}</title>{og('article')}").page_type is PageType.ARTICLE


@pytest.mark.parametrize(
    "title", ["Missing hiker not found after a search of nine days, police say", "404 jobs are lost at the mill in town"]
)
def test_a_headline_with_such_words_is_no_error(title: str) -> None:
    assert read(f"<title>{title}</title>{og('article')}", "<p>Short.</p>").page_type is PageType.ARTICLE


def test_an_article_with_its_date_is_no_error() -> None:
    head = "<title>Not found</title>" + node("NewsArticle", datePublished="2024-12-03")
    assert read(head, "<p>Short.</p>").page_type is PageType.ARTICLE


def test_lists_of_links() -> None:
    assert read(og("website"), "<p>Our news</p>").page_type is PageType.INDEX
    assert read("", url="https://news.example/").page_type is PageType.INDEX
    assert read(og("website") + '<meta name="date" content="2024-12-03">', "<p>Our news</p>").page_type is None


@given(st.lists(st.text(max_size=20), max_size=4), st.text(max_size=30), st.text(max_size=40))
def test_any_types(types: list[str], kind: str, title: str) -> None:
    found = read(node(*types) + og(kind) + f"<title>{title}</title>", "").page_type
    assert found is None or found in PageType
