"""The links of an article to its topics, for pages that declare no keywords."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, islice

from lxml.html import HtmlElement

from tasks.metadata.domain import host_and_domain
from tasks.metadata.evidence import clean_text
from tasks.metadata.marks import inner_text

MAX_LINKS = 1_000
MAX_FOUND = 30
MAX_TAG_LINK_CHARS = 60
MAX_VALUE_CHARS = 500
MAX_ATTRIBUTES = 30
TOPICS = (
    "tags?|topics?|thema|themen?|themes?|keywords?|temas?|tematy?|tagi|argomenti|sujets?|onderwerp|etiketas?|etiketter|emne|"
    "[aä]mne|stichworte?|schlagworte?"
)
TOPIC_PATH = re.compile(rf"/(?:{TOPICS})/[^/]", re.IGNORECASE)
TOPIC_LABEL = re.compile(rf"(?i:(?:^|[\s_-])(?:{TOPICS})(?:$|[\s_-]))|[a-z](?:Tags?|Topics?|Keywords?|Themen)(?:$|[\s_A-Z-])")
# How far above a link its list is looked for.
LEVELS = 4
CONTAINERS = 3
# What stands here leads elsewhere; a link within a paragraph is the author's, not the archive's.
ELSEWHERE = {"nav", "header", "footer", "aside", "p"}
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
MAX_INNER = 10
MAX_TOPIC_WORDS = 3
LEADS_AWAY = ("#", "//", "http", "javascript:", "mailto:")


def read_tag_links(tree: HtmlElement, url: str) -> tuple[str, ...]:
    """Texts of the links to tags (HTML Standard, rel=tag), else to topics by their address, else in a box for tags."""
    links = _links_below_headline(tree)
    rels = [(link, (link.get("rel") or "").lower().split()) for link in links]
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
    around = chain(islice(link.iterancestors(), CONTAINERS), (link, *link[:1]))
    return any(is_box(element) for element in around) and not _is_teaser(link)


def _names_topics(element: HtmlElement) -> bool:
    labels = (value[:MAX_VALUE_CHARS] for name, value in element.items()[:MAX_ATTRIBUTES] if _is_label(name))
    return any(_is_topic_label(label) for label in labels)


def _is_teaser(link: HtmlElement) -> bool:
    """Whether the link is around the headline of another article ("more on this topic")."""
    headings = (inner for inner in islice(link.iterdescendants(), MAX_INNER) if inner.tag in HEADINGS)
    return any(len(inner_text(heading).split()) > MAX_TOPIC_WORDS for heading in headings)


@lru_cache(maxsize=2_048)
def _is_topic_label(label: str) -> bool:
    return TOPIC_LABEL.search(label) is not None


def _is_on_site(link: HtmlElement, domain: str) -> bool:
    """Neither a button for sharing nor a jump within the page."""
    href = (link.get("href") or "").strip()
    return not href.startswith(LEADS_AWAY) or (href.startswith(("//", "http")) and host_and_domain(href)[1] == domain)


def _is_label(attribute: str) -> bool:
    return attribute in ("class", "id", "aria-label") or attribute.startswith("data-")
