"""What the JSON-LD of a page says (schema.org Article and its kin), from the node that is the page's own."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tasks.metadata.breadcrumbs import read_breadcrumbs
from tasks.metadata.evidence import Evidence, clean_text
from tasks.metadata.json_nodes import MAX_VALUES, Node, linked, texts_of, type_names, types_of, values_of
from tasks.metadata.loose_json import MAX_SCRIPT_CHARS, read_json
from tasks.metadata.marks import Marks, inner_text

MAX_SCRIPTS = 40
MAX_NODES = 400
MAX_DEPTH = 6
# Where a page's own nodes lie; elsewhere (comments, related links, updates of a live blog) are other people's.
DESCENT = ("@graph", "mainEntity", "mainEntityOfPage", "breadcrumb")
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
        lists = ("ItemList",) if any("ItemList" in types_of(node) for node in nodes) else ()
        return Evidence("json-ld", site_names=_site_names(nodes, [], by_id), page_types=lists, trail=read_breadcrumbs(nodes))
    works = [own[0], *(node for node in own[1:] if types_of(node) & WEB_PAGES and _rank(own[0]) > 1)]
    return _evidence(works, nodes, by_id)


def _evidence(works: list[Node], nodes: list[Node], by_id: dict[str, Node]) -> Evidence:
    best = works[:1]
    is_work = _rank(works[0]) > 1
    people = [linked(author, by_id) for author in values_of(best, "author") or values_of(best, "creator")]
    # A paywall may be declared of the part behind it only.
    parts = [part for part in values_of(best, "hasPart") if isinstance(part, dict)]
    return Evidence(
        source="json-ld",
        titles=texts_of(best, "headline") + (texts_of(best, "name") if is_work else ()),
        window_titles=() if is_work else texts_of(best, "name"),
        descriptions=texts_of(works, "description"),
        authors=tuple(name for person in people for name in _names(person)),
        organisations=tuple(n for p in people if isinstance(p, dict) and types_of(p) & ORGANISATIONS for n in _names(p)),
        published=texts_of(works, "datePublished") + texts_of(best, "uploadDate"),
        modified=texts_of(works, "dateModified"),
        canonical_urls=texts_of(best, "url") + texts_of(best, "mainEntityOfPage"),
        site_names=_site_names(nodes, works, by_id),
        sections=texts_of(best, "articleSection"),
        trail=read_breadcrumbs(nodes),
        tags=(texts_of(best, "keywords"), texts_of(best, "about")),
        image_urls=_addresses(values_of(works, "image") + values_of(works, "thumbnailUrl"), by_id),
        languages=texts_of(works, "inLanguage"),
        licences=texts_of(works, "license"),
        page_types=tuple(type_names(works[0])),
        is_free=_truth(values_of(works, "isAccessibleForFree") or values_of(parts, "isAccessibleForFree")),
        body=next((body for body in values_of(works, "articleBody") if isinstance(body, str)), None),
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


def _rank(node: Node) -> int:
    types = types_of(node)
    if any(name.endswith(("Article", "Posting")) and name != "JobPosting" for name in types):
        return 4
    return 2 if types & OTHER_WORKS else 1 if types & WEB_PAGES else 0


def _fit(node: Node, url: str, titles: tuple[str, ...]) -> int:
    """How surely a node is the page's own: its kind first, then its address, its headline, its date."""
    addresses = texts_of([node], "url") + texts_of([node], "mainEntityOfPage") + texts_of([node], "@id")
    headline = next(iter(texts_of([node], "headline") + texts_of([node], "name")), "").casefold()
    same_url = any(_path(address) == _path(url) for address in addresses)
    same_title = len(headline) > 5 and any(headline in title.casefold() for title in titles)
    return 4 * _rank(node) + 3 * same_url + 3 * same_title + bool(node.get("datePublished"))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return url


def _names(person: Any) -> tuple[str, ...]:
    if isinstance(person, str):
        return (clean_text(person),)
    if not isinstance(person, dict):
        return ()
    parts = texts_of([person], "givenName") + texts_of([person], "familyName")
    return texts_of([person], "name") or ((" ".join(parts),) if len(parts) == 2 else ())


def _addresses(values: list[Any], by_id: dict[str, Node]) -> tuple[str, ...]:
    nodes = [linked(value, by_id) for value in values[:10]]
    listed = [node.get("url") or node.get("contentUrl") if isinstance(node, dict) else node for node in nodes]
    flat = [item for entry in listed for item in (entry[:3] if isinstance(entry, list) else [entry])]
    return tuple(item for item in flat if isinstance(item, str))


def _site_names(nodes: list[Node], works: list[Node], by_id: dict[str, Node]) -> tuple[str, ...]:
    sites = [node for node in nodes if "WebSite" in types_of(node)]
    publishers = [node for value in values_of(works, "publisher") if isinstance(node := linked(value, by_id), dict)]
    return texts_of(sites, "name") + texts_of(publishers, "name")


def _truth(values: list[Any]) -> bool | None:
    """A boolean as sites write it: true, "False", "http://schema.org/True"."""
    said = str(values[0]).rpartition("/")[2].strip().lower() if values else ""
    return {"true": True, "false": False, "yes": True, "no": False}.get(said)
