"""The links of an article to its topics, for pages that declare no keywords."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from tasks.metadata.domain import host_and_domain
from tasks.metadata.evidence import clean_text
from tasks.metadata.marks import inner_text

MAX_LINKS = 1_000
MAX_FOUND = 30
MAX_TAG_LINK_CHARS = 60
MAX_VALUE_CHARS = 500
MAX_ATTRIBUTES = 30
TOPICS = {
    "tag", "tags", "topic", "topics", "thema", "theme", "themen", "themes", "keyword", "keywords", "tema", "temas", "temat",
    "tematy", "tagi", "argomenti", "sujet", "sujets", "onderwerp", "etiketa", "etiketas", "etiketter", "emne", "amne", "ämne",
    "stichwort", "stichworte", "schlagwort", "schlagworte",
}  # fmt: skip
TOPIC_PATH = re.compile(rf"/(?:{'|'.join(sorted(TOPICS))})/[^/]", re.IGNORECASE)
TOPIC_IN_CAMEL_CASE = re.compile(r"[a-z](?:Tags?|Topics?|Keywords?|Themen)(?:$|[\s_A-Z-])")
# How far above a link its list is looked for.
LEVELS = 4
CONTAINERS = 3
# What stands here leads elsewhere; a link within a paragraph is the author's, not the archive's.
ELSEWHERE = {"nav", "header", "footer", "aside", "p"}
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
MAX_INNER = 10
MAX_TOPIC_WORDS = 3
LABELS = {"class", "id", "aria-label"}
LEADS_AWAY = ("#", "//", "http", "javascript:", "mailto:")


def read_tag_links(tree: HtmlElement, url: str) -> tuple[str, ...]:
    """Texts of the links to tags (HTML Standard, rel=tag), else to topics by their address, else in a box for tags."""
    links = _links_below_headline(tree)
    rels = [(link, rel.lower().split()) for link in links if (rel := link.get("rel"))]
    tagged = [link for link, rel in rels if "tag" in rel]
    # WordPress marks its categories as tags too.
    found = [link for link, rel in rels if "tag" in rel and "category" not in rel] or tagged
    if not found:
        found = _together([link for link in links if TOPIC_PATH.search((link.get("href") or "")[:MAX_VALUE_CHARS])])
    if not found:
        # Links of one list have the same containers: each is looked at once.
        domain, is_box = host_and_domain(url)[1], cache(_names_topics)
        found = _together([link for link in links if _is_in_box(link, is_box) and _is_on_site(link, domain)])
    texts = (clean_text(inner_text(link)) for link in found[:MAX_FOUND])
    return tuple(text for text in texts if 1 < len(text.removeprefix("#")) <= MAX_TAG_LINK_CHARS)


def _links_below_headline(tree: HtmlElement) -> list[HtmlElement]:
    """Links after the first h1, for above it are menus; all where there is no h1."""
    found: list[HtmlElement] = []
    has_headline = False
    for element in tree.iter("h1", "a"):
        if element.tag == "h1":
            found = found if has_headline else []
            has_headline = True
        elif element.get("href") and len(found) < MAX_LINKS:
            found.append(element)
    return found


def _together(links: list[HtmlElement]) -> list[HtmlElement]:
    """The first links that stand in one list, else the first alone: topics of other articles stand one by one, further down."""
    usable = [link for link in links if not _is_elsewhere(link)]
    around = Counter(above for link in usable for above in islice(link.iterancestors(), LEVELS))
    boxes = [next((a for a in islice(link.iterancestors(), LEVELS) if around[a] > 1), link) for link in usable]
    if not boxes:
        return []
    sizes = Counter(boxes)
    first = next((box for box in boxes if sizes[box] > 1), boxes[0])
    return [link for link, box in zip(usable, boxes, strict=True) if box is first]


def _is_elsewhere(link: HtmlElement) -> bool:
    return any(above.tag in ELSEWHERE for above in link.iterancestors())


def _is_in_box(link: HtmlElement, is_box: Callable[[HtmlElement], bool]) -> bool:
    """A class, an id or a label for tags, on the link or a little above it."""
    if _names_topics(link) or (len(link) and _names_topics(link[0])):
        return not _is_teaser(link)
    above = link.getparent()
    for _ in range(CONTAINERS):
        if above is None:
            return False
        if is_box(above):
            return not _is_teaser(link)
        above = above.getparent()
    return False


def _names_topics(element: HtmlElement) -> bool:
    for name, value in element.items()[:MAX_ATTRIBUTES]:
        if (name in LABELS or name.startswith("data-")) and _is_topic_label(value[:MAX_VALUE_CHARS]):
            return True
    return False


def _is_teaser(link: HtmlElement) -> bool:
    """Whether the link is around the headline of another article ("more on this topic")."""
    headings = (inner for inner in islice(link.iterdescendants(), MAX_INNER) if inner.tag in HEADINGS)
    return any(len(inner_text(heading).split()) > MAX_TOPIC_WORDS for heading in headings)


@lru_cache(maxsize=2_048)
def _is_topic_label(label: str) -> bool:
    words = label.lower().replace("_", " ").replace("-", " ").split()
    return not TOPICS.isdisjoint(words) or TOPIC_IN_CAMEL_CASE.search(label) is not None


def _is_on_site(link: HtmlElement, domain: str) -> bool:
    """Neither a button for sharing nor a jump within the page."""
    href = (link.get("href") or "").strip()
    return not href.startswith(LEADS_AWAY) or (href.startswith(("//", "http")) and host_and_domain(href)[1] == domain)
