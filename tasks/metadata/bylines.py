"""Who wrote it, by the byline that a page shows, where no markup says it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from tasks.metadata.evidence import clean_text
from tasks.metadata.marks import inner_text

TAGS = ("a", "span", "p", "div", "address", "li", "strong", "b", "em", "cite", "small", "h4", "h5", "h6")
MAX_ELEMENTS = 20_000
MAX_CANDIDATES = 60
MAX_NAMES = 5
MAX_BYLINE_CHARS = 150
MAX_LABEL_CHARS = 300
WRITER = (
    "authors?|autor(?:en|es|as?|in|i)?|auteurs?|verfasser(?:in)?|byline|writers?|reporters?|vcard|giornalista|penulis|"
    "redakteur(?:in)?"
)
BYLINE = re.compile(rf"(?:^|[\s_-])(?:{WRITER})(?:[\s_-]*(?:name|link|fn|url))?(?:$|[\s_-])|authorname|bylinename", re.IGNORECASE)
MAYBE_BYLINE = re.compile("auth|aut[eo]|verfasser|byline|writer|reporter|vcard|giornalista|penulis|redakteur")
# Classes that speak of an author and hold something else, or somebody else.
NOT_BYLINE = re.compile(
    r"comment|avatar|image|photo|picture|bio|desc|box|date|time|social|twitter|follow|related|widget|title|role|job|no-?author",
    re.IGNORECASE,
)
# Before a name alone these are particles too; in a byline they mean "by".
BY_WORD = re.compile(r"^(?:von|vom|by|par|por|di|da|de|door|av|af|przez|oleh)\b[\s:]*", re.IGNORECASE)
ELSEWHERE = {"nav", "footer", "aside"}


def read_bylines(tree: HtmlElement) -> tuple[str, ...]:
    """Texts of the first byline and of those beside it, short ones only: author links first, then elements by their class."""
    candidates = list(_candidates(tree))
    linked = [element for element in candidates if _names_author(element.get("rel") or "")]
    chosen = linked or _innermost(candidates)
    if not chosen:
        return ()
    label, place = _label(chosen[0]), _place(chosen[0])
    beside = [element for element in chosen if _label(element) == label and _place(element) is place]
    texts = (BY_WORD.sub("", clean_text(inner_text(element))) for element in beside)
    return tuple(dict.fromkeys(texts))[:MAX_NAMES]


def _candidates(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in islice(_bylines(tree), MAX_CANDIDATES):
        if 1 < len(clean_text(inner_text(element))) <= MAX_BYLINE_CHARS and not _is_elsewhere(element):
            yield element


def _bylines(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in islice(tree.iter(*TAGS), MAX_ELEMENTS):
        # Every element of the page comes by here: most have none of the three.
        classes, identity, relation = element.get("class"), element.get("id"), element.get("rel")
        if ((classes or identity) and _names_writer(_joined(classes, identity))) or (relation and _names_author(relation)):
            yield element


@lru_cache(maxsize=2_048)
def _names_writer(label: str) -> bool:
    # Most labels hold none of the words, which is told faster without their bounds.
    return MAYBE_BYLINE.search(label.lower()) is not None and BYLINE.search(label) is not None and NOT_BYLINE.search(label) is None


def _names_author(relation: str) -> bool:
    return "author" in relation.lower().split()


def _label(element: HtmlElement) -> str:
    return _joined(element.get("class"), element.get("id"))


def _joined(classes: str | None, identity: str | None) -> str:
    return f"{classes or ''} {identity or ''}"[:MAX_LABEL_CHARS].strip()


def _place(element: HtmlElement) -> HtmlElement | None:
    """Where names of one byline stand together."""
    parent = element.getparent()
    return parent.getparent() if parent is not None else None


def _is_elsewhere(element: HtmlElement) -> bool:
    """In the frame of the page, or said of a comment."""
    return any(above.tag in ELSEWHERE or "comment" in _label(above).lower() for above in element.iterancestors())


def _innermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    around = {above for element in elements for above in element.iterancestors()}
    return [element for element in elements if element not in around]
