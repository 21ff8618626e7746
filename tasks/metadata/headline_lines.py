"""The lines that a page shows beside its headline: when and by whom, for pages that declare neither."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml.html import HtmlElement

from tasks.metadata.calendar_words import MONTHS
from tasks.metadata.evidence import clean_text
from tasks.metadata.marks import inner_text

MAX_ELEMENTS = 10_000
MAX_ABOVE = 20
MAX_BELOW = 40
MAX_CHILDREN = 4
MAX_PART_CHARS = 200
MAX_LINE_CHARS = 90
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
CHANGED = re.compile(
    r"updat|aktualis|modif|actuali[sz]|mis à jour|aggiorna|atualiza|bijgewerkt|zmian|обновл|güncelle|©|copyright|comment|kommentar",
    re.IGNORECASE,
)
# One to six words that begin with a capital letter, or particles and commas between them.
BY = r"(?i:by|von|par|por|door|av|af|przez|oleh|text|autor(?:in|a)?|author|auteur|автор|reporter|redaktion)"
BY_WORD = re.compile(rf"{BY}\b")
BY_LINE = re.compile(
    rf"{BY}\s*:?\s+"
    r"([^\W\d_a-z][\w.'\u2019-]{1,30}"
    r"(?:,?\s(?:and|und|et|y|e|och|og|von|van|de|da|del|der|[^\W\d_a-z][\w.'\u2019-]{0,30})){0,7})"
    r"(?![\w-]),?\s*(?:$|[|/·•]|[\u2013\u2014]|-\s|(\d)|\b(?:am|on|le|in)\b)"
)
WEEKDAYS = {
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
}
BLOCKS = (
    "h1",
    "h2",
    "p",
    "div",
    "span",
    "li",
    "small",
    "em",
    "strong",
    "b",
    "i",
    "td",
    "dd",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "section",
)
ELSEWHERE = {"nav", "footer", "aside", "select", "form"}


def read_headline_lines(tree: HtmlElement) -> tuple[str, ...]:
    """Short lines below the first h1, then those above it, the nearest first; none without an h1."""
    if next(tree.iter("h1"), None) is None:
        return ()
    elements = islice(tree.iter(*BLOCKS), MAX_ELEMENTS)
    before: list[HtmlElement] = []
    for element in elements:
        if element.tag == "h1":
            return (*_telling_lines(chain((element,), elements), MAX_BELOW), *_telling_lines(reversed(before), MAX_ABOVE))
        before.append(element)
    return ()


def _telling_lines(elements: Iterable[HtmlElement], how_many: int) -> Iterator[str]:
    """Those of the first lines that tell something; long lines and those of menus count, for they tell how far it is."""
    for element in elements:
        line = _own_line(element)
        if line:
            if len(line) <= MAX_LINE_CHARS and _is_telling(line) and not _is_elsewhere(element):
                yield line
            how_many -= 1
            if how_many == 0:
                return


def date_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines with a year in them that speak of no change."""
    return tuple(line for line in lines if YEAR.search(line) and not CHANGED.search(line))


def by_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Names behind a word for "by" that begins a line, of the first such line."""
    found = next((found for line in lines if (found := BY_LINE.match(line))), None)
    if found is None:
        return ()
    words = found[1].split()
    # "By Jane Doe Monday, December 3": a name may be a month's too (May), so only before a number.
    while words and (found[2] or len(words) == 1) and words[-1].strip(".,").lower() in (MONTHS.keys() | WEEKDAYS):
        words.pop()
    return (" ".join(words),) if words else ()


def _is_telling(line: str) -> bool:
    return YEAR.search(line) is not None or BY_LINE.match(line) is not None


def _own_line(element: HtmlElement) -> str:
    """The text in an element whose children are few and inline, or that begins with a word for "by"; empty for others."""
    text = (element.text or "")[:MAX_PART_CHARS].lstrip()
    if text and BY_WORD.match(text):
        return clean_text(inner_text(element))[:MAX_LINE_CHARS]
    if len(element) == 0:
        return clean_text(text)
    if len(element) > MAX_CHILDREN:
        return ""
    parts = (
        text,
        *(part for child in element for part in (child.text if isinstance(child.tag, str) else None, child.tail)),
    )
    return clean_text(" ".join(part[:MAX_PART_CHARS] for part in parts if part))


def _is_elsewhere(element: HtmlElement) -> bool:
    return any(above.tag in ELSEWHERE for above in element.iterancestors())
