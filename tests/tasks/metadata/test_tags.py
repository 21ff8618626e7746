import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.tag_links import read_tag_links
from tasks.metadata.tags import choose_tags, clean_tags
from tasks.pages.tree import parse_html

URL = "https://news.example/cats"


@pytest.mark.parametrize(
    ("texts", "tags"),
    [
        (("cats, dogs, Cats",), ("cats", "dogs")),
        (("cats; dogs, big",), ("cats; dogs", "big")),
        (("cats; dogs",), ("cats", "dogs")),
        (("Paris, Texas", "cats"), ("Paris, Texas", "cats")),
        (("#cats", " dogs ", ""), ("cats", "dogs")),
        (("cats", "123456789", "2024", "0123abcd-0123-4567-89ab-0123456789ab", "news.example.com", "https://news.example/t"), ("cats", "2024")),
        (("Subject: Cats", "Language: English", "Day: Friday", "dogs"), ("Cats", "dogs")),
        (("Cats: the film", "dogs", "type:article"), ("Cats: the film", "dogs")),
        (("ABC", "ABCD08", "XYZ:CATS", "DEF", "GHI", "JK"), ()),
        (("US", "EU"), ("US", "EU")),
    ],
)  # fmt: skip
def test_single_keywords(texts: tuple[str, ...], tags: tuple[str, ...]) -> None:
    assert clean_tags(texts) == tags


def test_a_list_of_several_comes_before_a_single_word() -> None:
    lists = [(), ("Politics",), ("News",), ("cats", "dogs")]
    assert choose_tags(lists) == ("cats", "dogs")
    assert choose_tags(lists[:2]) == ("Politics",)
    assert choose_tags([]) == ()


def links(body: str) -> tuple[str, ...]:
    return read_tag_links(parse_html(f"<html><body>{body}</body></html>"), URL)


def test_links_marked_as_tags_come_first() -> None:
    body = '<a rel="category tag" href="/c">News</a><a rel="tag" href="/t">Cats</a><a href="/topic/dogs">Dogs</a>'
    assert links(body) == ("Cats",)
    assert links('<a rel="category tag" href="/c">News</a>') == ("News",)


def test_links_to_topics_stand_together_below_the_headline() -> None:
    menu = '<ul><li><a href="/thema/a">Menu a</a></li><li><a href="/thema/b">Menu b</a></li></ul>'
    card = '<div><div><div><div><a href="/thema/other">Other</a></div></div></div></div>'
    topics = '<div><span><a href="/thema/cats">Cats</a></span><span><a href="/thema/dogs">Dogs</a></span></div>'
    assert links(f'{menu}<h1>Headline</h1><p><a href="/thema/x">in the text</a></p>{card}{topics}') == ("Cats", "Dogs")
    assert links(f"<h1>Headline</h1>{card}") == ("Other",)
    assert links(f"<h1>Headline</h1>{card}{topics}{topics * 3}") == ("Cats", "Dogs")


def test_a_box_for_tags_is_known_by_its_class_or_label() -> None:
    inside = '<a href="/cats">Cats</a> <a href="https://www.news.example/dogs">Dogs</a><a href="https://share.example/">Share</a>'
    assert links(f'<div class="article-tags__list">{inside}</div>') == ("Cats", "Dogs")
    assert links(f'<div data-parent="Tags Box">{inside}</div>') == ("Cats", "Dogs")
    assert links(f'<div class="stage vintage">{inside}</div>') == ()
    assert links('<div class="articleTags"><a href="/cats">Cats</a></div>') == ("Cats",)
    assert links('<div><a href="/cats"><b class="tag-like">Cats</b></a></div>') == ("Cats",)


def test_a_link_around_a_headline_is_no_topic() -> None:
    teaser = '<a href="/a"><h4>Old ferry finds a new river</h4></a>'
    assert links(f'<section aria-label="More on this topic">{teaser * 2}</section>') == ()
    assert links('<div class="tags"><a href="/a"><h4>River ferries</h4></a></div>') == ("River ferries",)


@given(st.lists(st.text(max_size=30)))
def test_any_keywords(texts: list[str]) -> None:
    assert all(tag == tag.strip() for tag in clean_tags(tuple(texts)))


PIECES = [
    "<h1>",
    "<a href='/tag/x'>cats",
    "<a href=x rel=tag>",
    "<div class=tags>",
    "</div>",
    "<a href='//[bad'>",
    "<nav>",
    "</a>",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_links(pieces: list[str]) -> None:
    assert len(links("".join(pieces))) <= 30
