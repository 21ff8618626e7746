"""The facts of a page: JSON-LD before meta tags before microdata before plain HTML, gaps filled last."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, partial

from lxml.html import HtmlElement

from tasks.facts import Facts, Published
from tasks.metadata.addresses import base_address, first_address, is_foreign
from tasks.metadata.breadcrumbs import section_of
from tasks.metadata.bylines import read_bylines
from tasks.metadata.dates import parse_date
from tasks.metadata.dating import choose_modified, choose_moment, choose_published
from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.gap_dates import search_day
from tasks.metadata.headline_lines import by_lines, date_lines, read_headline_lines
from tasks.metadata.json_ld import read_json_ld
from tasks.metadata.marks import gather_marks
from tasks.metadata.markup import read_markup
from tasks.metadata.meta_tags import Contents, gather_contents, read_meta_tags, read_other_tags
from tasks.metadata.microdata import read_microdata
from tasks.metadata.microformats import read_microformats
from tasks.metadata.names import clean_authors
from tasks.metadata.opt_outs import read_opt_outs
from tasks.metadata.page_types import choose_page_type
from tasks.metadata.tag_links import read_tag_links
from tasks.metadata.tags import choose_tags
from tasks.metadata.titles import choose_title

# BCP 47 as far as pages use it: language, script, region.
LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?![a-z])", re.IGNORECASE)

Lines = Callable[[], tuple[str, ...]]


def read_facts(tree: HtmlElement, url: str, captured_at: datetime | None) -> Facts:
    """Read who, when and what from a parsed page; the tree stays as it was, no page raises."""
    marks = gather_marks(tree)
    contents = gather_contents(marks)
    meta, markup = read_meta_tags(contents), read_markup(marks)
    json_ld = read_json_ld(marks, url, meta.titles + markup.titles + markup.window_titles)
    # Blog systems without JSON-LD are those that speak by classes.
    microformats = Evidence("html") if json_ld.modified else read_microformats(tree)
    evidence = [json_ld, meta, read_microdata(tree), microformats, markup]
    language = _language(evidence)
    headline_lines = cache(partial(read_headline_lines, tree))
    published = choose_published(evidence, url, language, captured_at) or _search_published(
        tree, headline_lines(), url, language, captured_at
    )
    site_names = tuple(name for item in evidence for name in item.site_names)
    title = choose_title(evidence, site_names, url)
    base = base_address(marks, url)
    canonical_url = first_address(markup.canonical_urls + meta.canonical_urls + json_ld.canonical_urls, base)
    return Facts(
        title=title,
        description=_first(text for item in evidence for text in item.descriptions),
        authors=_authors(evidence, site_names, tree, headline_lines),
        published=published,
        modified_at=choose_modified(evidence, published, language, captured_at),
        canonical_url=canonical_url,
        canonical_is_foreign=is_foreign(canonical_url, url),
        site_name=_first(name for item in (meta, json_ld) for name in item.site_names if "://" not in name),
        section=_first(text for item in evidence for text in item.sections if "://" not in text)
        or section_of(json_ld.trail, title, site_names, url),
        tags=choose_tags(_stated_tags(evidence, contents, tree, url)),
        image_url=first_address(tuple(address for item in evidence for address in item.image_urls), base),
        language=language,
        is_accessible_for_free=next((item.is_free for item in evidence if item.is_free is not None), None),
        licence=_first(text for item in evidence for text in item.licences),
        page_type=choose_page_type(evidence, published, url, tree),
        declared_type=_first(text for item in evidence for text in item.page_types),
        opt_outs=read_opt_outs(contents),
        declared_body=json_ld.body,
    )


def _first(texts: Iterator[str]) -> str | None:
    return next((clean for text in texts if (clean := clean_text(text))), None)


def _search_published(
    tree: HtmlElement, lines: tuple[str, ...], url: str, language: str | None, captured_at: datetime | None
) -> Published | None:
    """The date beside the headline, else what htmldate finds."""
    moments = [moment for line in date_lines(lines) if (moment := parse_date(line, language))]
    if not moments:
        day = search_day(tree, url, captured_at)
        moment = parse_date(day) if day else None
        moments = [moment] if moment else []
    return choose_moment([("html", moment) for moment in moments], captured_at)


def _authors(evidence: list[Evidence], site_names: tuple[str, ...], tree: HtmlElement, headline_lines: Lines) -> tuple[str, ...]:
    """The people of the most trusted source that names any, else of the byline shown; else one agency, or the staff."""
    placeholders: tuple[str, ...] = ()
    for names, organisations in _stated_authors(evidence, tree, headline_lines):
        authors = clean_authors(names, organisations, site_names)
        if authors.people:
            return authors.people
        placeholders += authors.placeholders
    return placeholders[:1]


def _stated_authors(
    evidence: list[Evidence], tree: HtmlElement, headline_lines: Lines
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Names and the organisations among them, source by source; the byline costs a search and comes last."""
    yield from ((item.authors, item.organisations) for item in evidence)
    yield by_lines(headline_lines()), ()
    yield read_bylines(tree), ()


def _stated_tags(evidence: list[Evidence], contents: Contents, tree: HtmlElement, url: str) -> Iterator[tuple[str, ...]]:
    """Keywords source by source; links to topics cost a search and come late."""
    yield from (texts for item in evidence for texts in item.tags)
    yield read_tag_links(tree, url)
    yield read_other_tags(contents)


def _language(evidence: list[Evidence]) -> str | None:
    """What the root element, then meta tags, then JSON-LD declare, in the case of BCP 47 (en-GB, zh-Hant)."""
    json_ld, meta, microdata, *_, markup = evidence
    for raw in markup.languages + meta.languages + json_ld.languages + microdata.languages:
        found = LANGUAGE_TAG.match(raw.strip())
        if found:
            parts = (found[1].lower(), (found[2] or "").title(), (found[3] or "").upper())
            return "-".join(part for part in parts if part)
    return None
