"""What microdata (``itemprop``) says about the article, where it is the page's own and not a related one's."""

from collections import defaultdict
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.marks import inner_text, select

PROPERTIES = {
    "headline",
    "author",
    "creator",
    "datepublished",
    "datecreated",
    "datemodified",
    "description",
    "articlesection",
    "keywords",
    "license",
    "isaccessibleforfree",
    "inlanguage",
}
MAX_ITEMS = 500
MAX_DESCENDANTS = 200
MAX_VALUE_CHARS = 1_000
# Attributes are found at half the cost of the elements that have them.
PROPERTY = etree.XPath("//@itemprop")


def read_microdata(tree: HtmlElement) -> Evidence:
    """Read the properties of schema.org Article from ``itemprop`` (HTML Standard, section 5)."""
    found: dict[str, list[str]] = defaultdict(list)
    scopes: dict[str, HtmlElement | None] = {}
    for attribute in select(PROPERTY, tree)[:MAX_ITEMS]:
        element = attribute.getparent()
        for name in attribute.lower().split():
            value = _value(element, name) if name in PROPERTIES else ""
            # Later items with the same property are related articles.
            if value and scopes.setdefault(name, _scope(element)) is _scope(element):
                found[name].append(value)
    return Evidence(
        source="microdata",
        titles=tuple(found["headline"][:1]),
        descriptions=tuple(found["description"]),
        authors=tuple(found["author"] or found["creator"]),
        published=tuple(found["datepublished"]),
        modified=tuple(found["datemodified"]),
        sections=tuple(found["articlesection"]),
        tags=(tuple(found["keywords"]),),
        languages=tuple(found["inlanguage"]),
        page_types=_item_types(scopes.get("headline")),
        licences=tuple(found["license"]),
        is_free={"true": True, "false": False}.get(next(iter(found["isaccessibleforfree"]), "").lower()),
    )


def _scope(element: HtmlElement) -> HtmlElement | None:
    """The item that a property belongs to."""
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _item_types(scope: HtmlElement | None) -> tuple[str, ...]:
    """Types of an item, without the address before them (``https://schema.org/NewsArticle``)."""
    names = (scope.get("itemtype") or "").split() if scope is not None else []
    return tuple(name.rpartition("/")[2] for name in names)


def _value(element: HtmlElement, name: str) -> str:
    if name in ("author", "creator"):
        within = islice(element.iterdescendants(), MAX_DESCENDANTS)
        element = next((inner for inner in within if inner.get("itemprop") == "name"), element)
    attribute = element.get("content") or element.get("datetime") or (element.get("href") if name == "license" else None)
    return clean_text((attribute or inner_text(element))[:MAX_VALUE_CHARS])
