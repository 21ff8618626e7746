"""The parts of the visible text of a whole page: its window's title first, menus above and below the article."""

from collections.abc import Sequence

from tasks.metadata.titles import SEPARATOR, letters_of
from tasks.plain_text.head_lines import read_statement
from tasks.plain_text.kinds import Kind
from tasks.plain_text.lines import Line
from tasks.plain_text.page_body import find_body, rows_of_links, run_worth
from tasks.plain_text.parts import Part, Parts, language_of
from tasks.plain_text.shapes import WORDS

MIN_TITLE_SIZE = 15
MAX_TITLE_CHARS = 400
MAX_SITE_CHARS = 45
MAX_HEADLINES = 20
LINES_ABOVE, LINES_BELOW, LINES_BELOW_FIRST = 8, 14, 4
# Of the words of the longer one.
SHARED_WORDS = 0.6
# A headline whose text says much less than another run of the page is a link to something.
LEAST_SHARE = 0.2
# What parts a headline from the line above it.
STRAY = " :|"


def sort_page(lines: Sequence[Line], kinds: Sequence[Kind]) -> Parts:
    """Give every line its part; what is not surely the article's is set aside."""
    start = None
    first, behind = find_body(lines, kinds, None)
    headline = _find_headline(lines, kinds, behind)
    if headline is not None:
        below = find_body(lines, kinds, headline + 1)
        if run_worth(lines, kinds, below) >= LEAST_SHARE * run_worth(lines, kinds, (first, behind)):
            (first, behind), start = below, headline
    if start is None and lines[0].size < MIN_TITLE_SIZE:
        start = _line_above(lines, kinds, first)
    title = lines[start].text.lstrip(STRAY) if start is not None else _cut_site_name(lines[0].text)
    parts = Parts([Part.ASIDE] * len(lines), title)
    _sort_span(lines, kinds, (first, behind), parts)
    _sort_head(lines, kinds, start, first, parts)
    return parts


def _find_headline(lines: Sequence[Line], kinds: Sequence[Kind], behind: int) -> int | None:
    """The line that repeats the window's title, with the most sentences close below it."""
    window = lines[0].text[:MAX_TITLE_CHARS]
    key, words = letters_of(window), set(WORDS.findall(window.casefold()))
    found = [index for index in range(1, behind) if kinds[index] in (Kind.SHORT, Kind.PROSE) and _repeats(lines[index], key, words)]
    return max(found[-MAX_HEADLINES:], key=lambda index: (_said_below(lines, kinds, index), index), default=None)


def _line_above(lines: Sequence[Line], kinds: Sequence[Kind], first: int) -> int | None:
    """The nearest line above the body that is long enough for a headline and says neither when nor by whom.

    For pages without their window's title: the first line is one of a menu then.
    """
    language = language_of(lines[first:], kinds[first:])
    for index in range(first - 1, max(0, first - LINES_ABOVE), -1):
        if kinds[index] is Kind.SHORT and lines[index].size >= MIN_TITLE_SIZE and not read_statement(lines[index], language):
            return index
    return None


def _repeats(line: Line, key: str, words: set[str]) -> bool:
    """The same headline, with or without the site's name, or most of its words."""
    if not MIN_TITLE_SIZE <= line.size <= MAX_TITLE_CHARS:
        return False
    own = letters_of(line.text)
    if own and (key.startswith(own) or own.startswith(key) or own in key) and len(own) * 2 >= len(key) * 0.6:
        return True
    mine = set(WORDS.findall(line.text.casefold()))
    return len(mine & words) >= SHARED_WORDS * max(len(mine), len(words), 4)


def _said_below(lines: Sequence[Line], kinds: Sequence[Kind], index: int) -> float:
    below = range(index + 1, min(len(lines), index + 1 + LINES_BELOW))
    return sum(min(lines[i].size, 400) for i in below if kinds[i] is Kind.PROSE)


def _cut_site_name(window: str) -> str | None:
    """A window's title without its last part, if that is short enough for a name."""
    title = window
    for found in reversed(list(SEPARATOR.finditer(window[:MAX_TITLE_CHARS]))):
        if found.start() >= MIN_TITLE_SIZE and len(title) - found.end() <= MAX_SITE_CHARS:
            title = title[: found.start()]
    return title if len(title) <= MAX_TITLE_CHARS else None


def _sort_span(lines: Sequence[Line], kinds: Sequence[Kind], span: tuple[int, int], parts: Parts) -> None:
    rows = rows_of_links(lines, kinds, span)
    for index in range(*span):
        kind = kinds[index]
        if kind is Kind.CAPTION:
            parts.of_lines[index] = Part.CAPTION
        elif kind in (Kind.PROSE, Kind.SHORT) and index not in rows:
            parts.of_lines[index] = Part.BODY


def _sort_head(lines: Sequence[Line], kinds: Sequence[Kind], headline: int | None, first: int, parts: Parts) -> None:
    """When and by whom, around the headline or above the first sentence."""
    around, reach = (headline + 1, LINES_BELOW) if headline is not None else (first, LINES_BELOW_FIRST)
    language = language_of(lines[first:], kinds[first:])
    below = range(around, min(len(lines), around + reach))
    above = range(around - 1, max(0, around - LINES_ABOVE), -1)
    if headline is not None:
        parts.of_lines[headline] = Part.HEAD
        for index in range(headline + 1, first):
            if kinds[index] is Kind.CAPTION:
                parts.of_lines[index] = Part.CAPTION
    for index in (*below, *above):
        statement = read_statement(lines[index], language) if index != headline else None
        if statement:
            parts.take(index, statement)
