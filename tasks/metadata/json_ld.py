"""What the JSON-LD of a page says (schema.org Article and its kin), from the node that is the page's own."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.loose_json import MAX_SCRIPT_CHARS, read_json
from tasks.metadata.marks import Marks, inner_text

Node = dict[str, Any]

MAX_SCRIPTS = 40
MAX_NODES = 400
MAX_DEPTH = 6
MAX_VALUES = 100
# Where a page's own nodes lie; elsewhere (comments, related links, updates of a live blog) are other people's.
DESCENT = ("@graph", "mainEntity", "mainEntityOfPage")
WEB_PAGES = {"WebPage", "ItemPage", "AboutPage", "CollectionPage", "SearchResultsPage", "ProfilePage", "ContactPage", "FAQPage"}
OTHER_WORKS = {
    "VideoObject",
    "AudioObject",
    "PodcastEpisode",
    "Recipe",
    "Review",
    "Report",
    "CreativeWork",
    "QAPage",
    "Event",
    "ImageGallery",
    "MediaGallery",
}
ORGANISATIONS = {"Organization", "NewsMediaOrganization", "Corporation", "WebSite", "LocalBusiness"}


def read_json_ld(marks: Marks, url: str, titles: tuple[str, ...]) -> Evidence:
    """Read all JSON-LD scripts; ``titles`` (of other markup) tell the page's own article from others on it."""
    nodes = list(_all_nodes(marks))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    own = sorted((node for node in nodes if _rank(node) > 0), key=lambda node: -_fit(node, url, titles))
    if not own:
        lists = ("ItemList",) if any("ItemList" in _types(node) for node in nodes) else ()
        return Evidence("json-ld", site_names=_site_names(nodes, []), page_types=lists)
    works = [own[0], *(node for node in own[1:] if _types(node) & WEB_PAGES and _rank(own[0]) > 1)]
    return _evidence(works, nodes, by_id)


def _evidence(works: list[Node], nodes: list[Node], by_id: dict[str, Node]) -> Evidence:
    best = works[:1]
    is_work = _rank(works[0]) > 1
    people = [_linked(author, by_id) for author in _values(best, "author") or _values(best, "creator")]
    return Evidence(
        source="json-ld",
        titles=_texts(best, "headline") + (_texts(best, "name") if is_work else ()),
        window_titles=() if is_work else _texts(best, "name"),
        descriptions=_texts(works, "description"),
        authors=tuple(name for person in people for name in _names(person)),
        organisations=tuple(n for p in people if isinstance(p, dict) and _types(p) & ORGANISATIONS for n in _names(p)),
        published=_texts(works, "datePublished") + _texts(best, "uploadDate"),
        modified=_texts(works, "dateModified"),
        canonical_urls=_texts(best, "url") + _texts(best, "mainEntityOfPage"),
        site_names=_site_names(nodes, works),
        sections=_texts(best, "articleSection"),
        tags=(_texts(best, "keywords"), _texts(best, "about")),
        image_urls=_addresses(_values(works, "image") + _values(works, "thumbnailUrl"), by_id),
        languages=_texts(works, "inLanguage"),
        licences=_texts(works, "license"),
        page_types=tuple(_type_names(works[0])),
        is_free=_truth(_values(works, "isAccessibleForFree")),
    )


def _all_nodes(marks: Marks) -> Iterator[Node]:
    scripts = [s for s in marks["script"] if "ld+json" in (s.get("type") or "").lower()][:MAX_SCRIPTS]
    values = [value for script in scripts for value in read_json(inner_text(script, MAX_SCRIPT_CHARS + 1))]
    budget = MAX_NODES
    for value in values:
        for node in _walk(value, 0):
            if budget == 0:
                return
            budget -= 1
            yield node


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:MAX_VALUES]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in DESCENT:
            yield from _walk(value.get(key), depth + 1)


def _type_names(node: Node) -> list[str]:
    """Types without the prefix that some write (``schema:NewsArticle``, ``https://schema.org/NewsArticle``)."""
    types = node.get("@type")
    listed = types[:10] if isinstance(types, list) else [types]
    return [name.replace("#", "/").rpartition("/")[2].rpartition(":")[2] for name in listed if isinstance(name, str)]


def _types(node: Node) -> set[str]:
    return set(_type_names(node))


def _rank(node: Node) -> int:
    types = _types(node)
    if any(name.endswith(("Article", "Posting")) and name != "JobPosting" for name in types):
        return 4
    return 2 if types & OTHER_WORKS else 1 if types & WEB_PAGES else 0


def _fit(node: Node, url: str, titles: tuple[str, ...]) -> int:
    """How surely a node is the page's own: its kind first, then its address, its headline, its date."""
    addresses = _texts([node], "url") + _texts([node], "mainEntityOfPage") + _texts([node], "@id")
    headline = next(iter(_texts([node], "headline") + _texts([node], "name")), "").casefold()
    same_url = any(_path(address) == _path(url) for address in addresses)
    same_title = len(headline) > 5 and any(headline in title.casefold() for title in titles)
    return 4 * _rank(node) + 3 * same_url + 3 * same_title + bool(node.get("datePublished"))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return url


def _values(nodes: list[Node], key: str) -> list[Any]:
    """Values of a property over nodes, lists and ``@list`` opened; None and empty ones left out."""
    found: list[Any] = []
    for node in nodes:
        value = node.get(key)
        if isinstance(value, dict) and "@list" in value:
            value = value["@list"]
        found += value[:MAX_VALUES] if isinstance(value, list) else [value]
    return [value for value in found if value is not None and value not in ("", [], {})]


def _texts(nodes: list[Node], key: str) -> tuple[str, ...]:
    return tuple(text for value in _values(nodes, key) if (text := _text(value)))


def _text(value: Any) -> str:
    """A value as text: a string, a number (epoch times), or what a node calls itself."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "@value", "alternateName", "@id", "url") if value.get(key)), "")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15:
        return str(value)
    return clean_text(value) if isinstance(value, str) else ""


def _linked(value: Any, by_id: dict[str, Node]) -> Any:
    """The node that a bare ``{"@id": ...}`` points to, or the value itself."""
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _names(person: Any) -> tuple[str, ...]:
    if isinstance(person, str):
        return (clean_text(person),)
    if not isinstance(person, dict):
        return ()
    parts = _texts([person], "givenName") + _texts([person], "familyName")
    return _texts([person], "name") or ((" ".join(parts),) if len(parts) == 2 else ())


def _addresses(values: list[Any], by_id: dict[str, Node]) -> tuple[str, ...]:
    nodes = [_linked(value, by_id) for value in values[:10]]
    listed = [node.get("url") or node.get("contentUrl") if isinstance(node, dict) else node for node in nodes]
    flat = [item for entry in listed for item in (entry[:3] if isinstance(entry, list) else [entry])]
    return tuple(item for item in flat if isinstance(item, str))


def _site_names(nodes: list[Node], works: list[Node]) -> tuple[str, ...]:
    sites = [node for node in nodes if "WebSite" in _types(node)]
    publishers = [value for value in _values(works, "publisher") if isinstance(value, dict)]
    return _texts(sites, "name") + _texts(publishers, "name")


def _truth(values: list[Any]) -> bool | None:
    """A boolean as sites write it: true, "False", "http://schema.org/True"."""
    said = str(values[0]).rpartition("/")[2].strip().lower() if values else ""
    return {"true": True, "false": False, "yes": True, "no": False}.get(said)
