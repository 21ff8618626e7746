import json
from typing import Any

import pytest

from tasks.metadata.evidence import Evidence
from tasks.metadata.json_ld import read_json_ld
from tasks.metadata.loose_json import read_json
from tasks.metadata.marks import gather_marks
from tasks.pages.tree import parse_html

URL = "https://news.example/cats"


def read(*scripts: Any, titles: tuple[str, ...] = ()) -> Evidence:
    texts = [script if isinstance(script, str) else json.dumps(script) for script in scripts]
    tree = parse_html(
        "<html><head>" + "".join(f'<script type="application/ld+json">{t}</script>' for t in texts) + "</head></html>"
    )
    return read_json_ld(gather_marks(tree), URL, titles)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,}',
        '<!-- {"a": 1} -->',
        '//<![CDATA[\n{"a": 1}\n//]]>',
        '/*<![CDATA[*/{"a": 1}/*]]>*/',
        '\ufeff{"a": 1};',
        "{&quot;a&quot;: 1}",
        '[{"a": 1},][0]',
        '{"a": 1}{"b": 2}',
        '{"a": 1, "b": "raw\nline\tend\x01"}',
        '{"a": 1, "b": "bad \\\' escape",}',
    ],
)
def test_broken_json_is_mended(text: str) -> None:
    value = read_json(text)[0]
    assert (value[0] if isinstance(value, list) else value)["a"] == 1


@pytest.mark.parametrize(
    "text", ["", "{", "not json", "[" * 200_000, '{"a":' * 100_000, '"\\"' * 100_000, "9" * 10_000, "," * 100_000]
)
def test_hostile_json_ends_soon(text: str) -> None:
    read_json(text)


def test_the_article_is_found_in_a_graph_and_its_author_by_id() -> None:
    graph = [
        {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
        {"@type": "WebSite", "name": "The Daily"},
        {"@type": ["WebPage"], "@id": "#page", "name": "Cats - The Daily", "datePublished": "2020-01-01"},
        {"@type": ["NewsArticle"], "headline": "Cats &amp; dogs", "author": [{"@id": "#jane"}], "isAccessibleForFree": False},
    ]
    found = read({"@context": "https://schema.org", "@graph": graph})
    assert (found.titles[0], found.authors, found.page_types, found.is_free) == (
        "Cats & dogs",
        ("Jane Doe",),
        ("NewsArticle",),
        False,
    )
    assert found.site_names == ("The Daily",)
    assert found.published == ("2020-01-01",)


def test_the_article_whose_address_or_headline_fits_comes_first() -> None:
    other = {"@type": "NewsArticle", "headline": "Dogs", "url": "https://news.example/dogs"}
    own = {"@type": "NewsArticle", "headline": "Cats win", "mainEntityOfPage": {"@id": URL}}
    assert read([other, own]).titles == ("Cats win",)
    del own["mainEntityOfPage"]
    assert read(other, own, titles=("Cats win | The Daily",)).titles == ("Cats win",)


def test_updates_and_comments_are_not_the_article() -> None:
    live = {"@type": "LiveBlogPosting", "headline": "Live", "liveBlogUpdate": [{"@type": "BlogPosting", "headline": "Update"}]}
    assert read({"@type": "WebPage", "mainEntity": live}).titles[0] == "Live"


def test_an_organisation_is_marked_as_one() -> None:
    authors = [{"@type": "Organization", "name": "Wire"}, {"@type": "Person", "givenName": "Jane", "familyName": "Doe"}, "John Roe"]
    found = read({"@type": "Article", "author": authors})
    assert (found.authors, found.organisations) == (("Wire", "Jane Doe", "John Roe"), ("Wire",))


def test_a_paywall_around_a_part_is_one() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "False"}
    assert read({"@type": "NewsArticle", "hasPart": [part]}).is_free is False
    assert read({"@type": "NewsArticle", "hasPart": [part], "isAccessibleForFree": True}).is_free is True


def test_the_name_of_a_web_page_is_a_window_title() -> None:
    found = read({"@type": "WebPage", "name": "Cats - The Daily"})
    assert (found.titles, found.window_titles) == ((), ("Cats - The Daily",))


def test_the_publisher_may_be_linked() -> None:
    graph = [{"@type": "Organization", "@id": "#us", "name": "The Daily"}, {"@type": "NewsArticle", "publisher": {"@id": "#us"}}]
    assert read({"@graph": graph}).site_names == ("The Daily",)
