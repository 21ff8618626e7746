"""The golden pages hold what they promise, whatever the extractor is: they parse, and what is expected of them is on them."""

import re
from typing import Any

import pytest

from tasks.facts import Facts
from tasks.metadata.merge import read_facts
from tasks.pages.charset import decode_text
from tasks.pages.tree import parse_html
from tests.golden.pages import PAGES, GoldenPage, golden_pages

GOLDEN = golden_pages()
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
MARKUP = re.compile(r"^(?:- |\d+\. )")
BETWEEN_CELLS = " | "

every_page = pytest.mark.parametrize("page", GOLDEN, ids=lambda page: page.name)


def shown_text(page: GoldenPage) -> str:
    """All text of the page, scripts included, as one line without what no reader sees."""
    tree = parse_html(decode_text(page.body, None).text)
    return " ".join(INVISIBLE.sub("", "".join(tree.itertext())).split())


def found_facts(page: GoldenPage) -> dict[str, Any]:
    """The facts by the names of the article columns."""
    tree = parse_html(decode_text(page.body, None).text)
    facts: Facts = read_facts(tree, page.url, page.captured_at)
    published = facts.published
    renamed = {
        "language_declared": facts.language,
        "published_at": published.at if published else None,
        "published_precision": published.precision if published else None,
    }
    named = {name: renamed[name] if name in renamed else getattr(facts, name) for name in page.facts}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named.items()}


def test_there_are_pages_of_many_kinds() -> None:
    assert len(GOLDEN) >= 40
    assert len({page.trap for page in GOLDEN}) == len(GOLDEN)
    assert {page.is_article for page in GOLDEN} == {True, False}


def test_every_page_has_both_files() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == {page.name for page in GOLDEN}


@every_page
def test_an_article_has_text_and_other_pages_have_none(page: GoldenPage) -> None:
    assert bool(page.text) == page.is_article


@every_page
def test_the_expected_text_is_clean(page: GoldenPage) -> None:
    lines = page.text.split("\n") if page.text else []
    assert lines == [" ".join(INVISIBLE.sub("", line).split()) for line in lines]
    assert all(lines)


@every_page
def test_every_expected_line_is_on_the_page(page: GoldenPage) -> None:
    shown = shown_text(page)
    pieces = [piece for line in page.text.split("\n") for piece in MARKUP.sub("", line, count=1).split(BETWEEN_CELLS)]
    assert [piece for piece in pieces if piece not in shown] == []


@every_page
def test_what_must_be_absent_is_on_the_page_and_not_in_its_text(page: GoldenPage) -> None:
    shown = shown_text(page)
    assert 3 <= len(page.absent) <= 8
    assert [piece for piece in page.absent if piece not in shown] == []
    assert [piece for piece in page.absent if piece in page.text] == []


@every_page
def test_the_facts_are_those_that_the_page_declares(page: GoldenPage) -> None:
    assert found_facts(page) == dict(page.facts)
