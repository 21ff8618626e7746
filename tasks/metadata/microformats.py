"""What microformats (hAtom's ``hentry``, its heir ``h-entry``) say about the article: classes that blog systems write."""

from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import inner_text, select

MAX_ELEMENTS = 2_000
MAX_DESCENDANTS = 50
MAX_VALUE_CHARS = 1_000
MAX_ENTRIES = 20
ENTRY = {"hentry", "h-entry"}
COMMENT = {"comment"}
# Comments have authors too (comment-author), and names without an author's class are anybody's.
AUTHOR = {"author", "post-author", "entry-author", "p-author"}
NAME = {"fn", "p-name"}
TITLE = {"entry-title"}
PUBLISHED = {"published", "dt-published"}
MODIFIED = {"updated", "dt-updated"}
# Attributes are found at less cost than the elements that have them.
MAYBE_ENTRY = etree.XPath("//@class[contains(., 'entry')]")


def read_microformats(tree: HtmlElement) -> Evidence:
    """Read title, author and times of the page's own entry."""
    entry = _own_entry(tree)
    if entry is None:
        return Evidence("html")
    inner = list(islice(entry.iterdescendants(etree.Element), MAX_ELEMENTS))
    return Evidence(
        source="html",
        titles=_first(_text(element) for element in inner if _has(element, TITLE)),
        authors=_first(name for element in inner if _has(element, AUTHOR) for name in _names(element)),
        published=_first(_time(element) for element in inner if _has(element, PUBLISHED)),
        modified=_first(_time(element) for element in inner if _has(element, MODIFIED)),
    )


def _own_entry(tree: HtmlElement) -> HtmlElement | None:
    """The entry around the headline, else the only one: several are a list of other articles; comments are entries to some."""
    classes = [(attribute, set(attribute.split())) for attribute in select(MAYBE_ENTRY, tree)]
    entries = [attribute.getparent() for attribute, names in classes if names & ENTRY and not names & COMMENT]
    headed = next((entry for entry in entries[:MAX_ENTRIES] if next(entry.iter("h1"), None) is not None), None)
    return headed if headed is not None or len(entries) != 1 else entries[0]


def _has(element: HtmlElement, names: set[str]) -> bool:
    classes = element.get("class")
    return classes is not None and not names.isdisjoint(classes.split())


def _first(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(islice((text for text in texts if text), 1))


def _names(author: HtmlElement) -> Iterator[str]:
    return (_text(inner) for inner in islice(author.iterdescendants(etree.Element), MAX_DESCENDANTS) if _has(inner, NAME))


def _text(element: HtmlElement) -> str:
    return clean_text(inner_text(element)[:MAX_VALUE_CHARS])


def _time(element: HtmlElement) -> str:
    """The time for machines (``abbr[title]``, ``time[datetime]``), else the one shown."""
    return clean_text((element.get("datetime") or element.get("title") or inner_text(element))[:MAX_VALUE_CHARS])
