"""From a text to its paragraphs: line ends of all kinds, page breaks, and lines broken at a fixed width put together again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from tasks.plain_text.shapes import WIDE, ends_sentence, is_bullet, is_prose, size_of

UNWANTED = dict.fromkeys((0x0000, 0x00AD, 0x200B, 0x2060, 0xFEFF, *range(0xD800, 0xE000)))
SUSPECT = re.compile("[\0\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
SAMPLE_PAIRS = 4_000
MIN_PAIRS = 3
# Columns that people and programs wrap at; a wide character takes two.
NARROWEST, WIDEST = 38, 110
WRAPPED_SHARE = 0.7
MOST_ENDED = 0.5
# Chinese and Japanese put no spaces between words; Korean does.
UNSPACED = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or heading: ``size`` in Latin letters, ``ends``: as a sentence does."""

    text: str
    size: float
    ends: bool
    is_prose: bool


def read_lines(text: str) -> list[Line]:
    """The paragraphs of a text in order, white space collapsed, none of them empty."""
    clean = text.translate(UNWANTED) if SUSPECT.search(text) else text
    raw = _join_pages(clean).splitlines()
    width = _wrap_width(raw)
    return [make_line(words) for words in (_unwrap(raw, width) if width else (" ".join(line.split()) for line in raw)) if words]


def make_line(text: str) -> Line:
    """One line with what its shape tells."""
    size = size_of(text)
    return Line(text, size, ends_sentence(text), is_prose(text, size))


def _join_pages(text: str) -> str:
    """Without form feeds: a page ends a paragraph only where a sentence ends."""
    if "\f" not in text:
        return text
    first, *pages = (page.strip("\r\n") for page in text.split("\f"))
    joined = [first]
    for page in pages:
        joined += ("\n\n" if ends_sentence(joined[-1]) else "\n", page)
    return "".join(joined)


def _wrap_width(raw: list[str]) -> int | None:
    """The width in columns that the text is broken at; None: its lines are its paragraphs."""
    pairs = list(islice(_neighbours(raw), SAMPLE_PAIRS))
    if len(pairs) < MIN_PAIRS:
        return None
    # A line that somebody put in later may be longer than all the others.
    width = sorted(_columns(first) for first, _ in pairs)[(len(pairs) - 1) * 9 // 10]
    if not NARROWEST <= width <= WIDEST:
        return None
    full = [first for first, second in pairs if _is_full(first, second, width)]
    # Paragraphs of one length end as sentences do, lines broken at a width seldom.
    is_broken = sum(map(ends_sentence, full)) <= MOST_ENDED * len(full)
    return width if is_broken and len(full) >= WRAPPED_SHARE * len(pairs) else None


def _neighbours(raw: list[str]) -> Iterator[tuple[str, str]]:
    """Lines without an empty one between them."""
    for first, second in pairwise(raw):
        if first and second and not first.isspace() and not second.isspace():
            yield first.strip(), second


def _columns(line: str) -> int:
    head = line[: 4 * WIDEST]
    return len(head) if head.isascii() else len(head) + len(WIDE.findall(head))


def _is_full(line: str, following: str, width: int) -> bool:
    """The next word would not have found room."""
    word = following[: 4 * WIDEST].split(maxsplit=1)[0] if following[: 4 * WIDEST].split() else ""
    needed = _columns(word[:1]) if WIDE.match(word) else _columns(word) + 1
    return _columns(line) + needed >= width


def _unwrap(raw: list[str], width: int) -> Iterator[str]:
    """Paragraphs put together; an indented line, an item of a list, or one after a line with room to spare begins the next."""
    parts: list[str] = []
    margin = 0
    for line in raw:
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if parts and not (bare and _is_full(parts[-1], bare, width) and indent <= margin and not _is_next_item(parts, bare)):
            yield _joined(parts)
            parts = []
        if bare:
            # The first line of a paragraph may stand further in, the others tell its margin.
            margin = indent
            parts.append(bare)
    if parts:
        yield _joined(parts)


def _is_next_item(parts: list[str], line: str) -> bool:
    """An item of a list, and not a dash or a date that a line happens to begin with."""
    return is_bullet(line) and (is_bullet(parts[0]) or ends_sentence(parts[-1]) or parts[-1].endswith(":"))


def _joined(parts: list[str]) -> str:
    """The lines of one paragraph: without a space between wide characters and behind a hyphen."""
    text = [parts[0]]
    for before, after in pairwise(parts):
        is_wide = UNSPACED.match(before[-1]) and UNSPACED.match(after[0])
        is_parted = before.endswith("-") and before[-2:-1].isalpha() and after[0].islower()
        text += ("" if is_wide or is_parted else " ", after)
    return " ".join("".join(text).split())
