import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from tasks.facts import Facts, PageType, Published
from tasks.metadata.merge import read_facts
from tasks.pages.tree import parse_html

URL = "https://news.example/politics/cats"
CAPTURED = datetime(2024, 12, 4, 12, tzinfo=UTC)


def read(head: str, body: str = "<p>Text.</p>", root: str = "<html>", url: str = URL) -> Facts:
    return read_facts(parse_html(f"{root}<head>{head}</head><body>{body}</body></html>"), url, CAPTURED)


def json_ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_json_ld_before_meta_before_html() -> None:
    meta = '<meta property="og:title" content="Meta title"><meta name="author" content="By John Roe">'
    body = "<h1>Heading</h1>"
    assert read(json_ld(headline="Bare title", author="Jane Doe") + meta, body).title == "Bare title"
    assert read(meta, body).authors == ("John Roe",)
    assert read("<title>Page title</title>", body).title == "Heading"
    assert read("<title>Page title</title>").title == "Page title"


def test_all_the_facts_of_a_page() -> None:
    facts = read(
        """<base href="https://news.example/base/"><meta property="og:site_name" content="The Daily">
        <meta property="og:title" content="Cats &amp;amp; dogs | The Daily"><meta property="og:type" content="article">
        <meta property="article:published_time" content="2024-12-03T20:38:00+01:00">
        <meta property="article:modified_time" content="2024-12-03T21:00:00+01:00">
        <meta name="description" content=" What   happened. "><meta name="keywords" content="cats, dogs, cats">
        <meta property="article:section" content="Politics"><meta property="og:image" content="/i.jpg">
        <meta name="robots" content="NoArchive, max-snippet: 0"><meta name="tdm-reservation" content="1">
        <link rel="canonical" href="../cats"><link rel="license" href="https://creativecommons.org/licenses/by/4.0/">""",
        root='<html lang="en_gb">',
    )
    assert facts == Facts(
        title="Cats & dogs",
        description="What happened.",
        published=Published(datetime(2024, 12, 3, 19, 38, tzinfo=UTC), 60, "second", "meta"),
        modified_at=datetime(2024, 12, 3, 20, tzinfo=UTC),
        canonical_url="https://news.example/cats",
        canonical_is_foreign=False,
        site_name="The Daily",
        section="Politics",
        tags=("cats", "dogs"),
        image_url="https://news.example/i.jpg",
        language="en-GB",
        licence="https://creativecommons.org/licenses/by/4.0/",
        page_type=PageType.ARTICLE,
        declared_type="article",
        opt_outs=("meta:noarchive", "meta:max-snippet:0", "tdm-reservation:1"),
    )


def test_people_of_a_lesser_source_come_before_an_agency() -> None:
    assert read(json_ld(author="dpa") + '<meta name="author" content="Jane Doe">').authors == ("Jane Doe",)
    assert read(json_ld(author=["dpa", "AFP"])).authors == ("dpa",)


def test_microdata_of_related_articles_is_left_out() -> None:
    body = """<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Cats</h1>
      <span itemprop="author" itemscope><b itemprop="name">Jane Doe</b></span>
      <time itemprop="datePublished" datetime="2024-12-03">x</time></div>
      <div itemscope><span itemprop="author">Eve Other</span></div>"""
    facts = read("", body)
    assert (facts.title, facts.authors) == ("Cats", ("Jane Doe",))
    assert facts.published == Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "microdata")


def test_gaps_are_filled_from_the_page() -> None:
    body = '<p class="byline">By Jane Doe</p><p class="date">Published on December 3, 2024</p><a rel="tag" href="/t">Cats</a>'
    facts = read("", body)
    assert (facts.authors, facts.tags) == (("Jane Doe",), ("Cats",))
    assert facts.published == Published(datetime(2024, 12, 3, tzinfo=UTC), None, "day", "html")


def test_only_addresses_of_the_web() -> None:
    facts = read('<link rel="canonical" href="javascript:alert(1)"><meta property="og:image" content="http://[bad">')
    assert (facts.canonical_url, facts.image_url) == (None, None)


def test_the_tree_stays_as_it_was() -> None:
    tree = parse_html(
        f"<html><head>{json_ld(headline='x')}</head><body><svg><title>t</title></svg><p>December 3, 2024</p></body></html>"
    )
    before = html.tostring(tree)
    read_facts(tree, URL, CAPTURED)
    assert html.tostring(tree) == before


KEYS = ["@type", "@graph", "@id", "headline", "author", "name", "datePublished", "dateModified", "keywords", "image", "url"]
KEYS += ["publisher", "mainEntity", "isAccessibleForFree", "inLanguage", "license", "articleSection"]
WORDS = st.sampled_from(["NewsArticle", "#a", "2024-12-03"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
JSON = st.recursive(LEAVES, lambda leaf: st.lists(leaf, max_size=4) | st.dictionaries(st.sampled_from(KEYS), leaf, max_size=6))
NAMES = st.sampled_from(["og:title", "author", "article:published_time", "keywords", "og:image", "og:locale", "robots", "date"])
METAS = st.builds('<meta property="{}" content="{}">'.format, NAMES, st.text(max_size=30))
OPENED = ["<h1>", "<time datetime='2024-12-03'>", "<time>", "<p itemprop='author' itemscope>", "<title>", "<base href='", "</p>"]
OPENED += ["<html lang=", "<link rel=canonical href='//", "<a rel=tag>", "<svg>", "&#0;", "<span class=byline>"]
TAGS = st.sampled_from(OPENED)


@given(JSON, st.lists(METAS | TAGS | st.text(max_size=20), max_size=12), st.text(max_size=20), st.none() | st.just(CAPTURED))
def test_any_page_is_read(data: object, pieces: list[str], url: str, captured_at: datetime | None) -> None:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    tree = parse_html(script + "".join(pieces))
    if tree is not None:
        facts = read_facts(tree, "https://news.example/" + url, captured_at)
        assert facts.published is None or captured_at is None or facts.published.at <= captured_at
