"""The lines of articles that could be their site's, one small row each: all that is counted later."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from tasks.plain_text.shapes import ends_sentence, is_bullet
from tasks.site_lines.folding import fold, hash64
from tasks.site_lines.marks import (
    CAPTION,
    CUE,
    HEADLINE,
    INWARD,
    MAX_CUE_CHARS,
    MAX_CUE_KEY_CHARS,
    SENTENCE,
    Mark,
    is_headline,
    mark_line,
    may_be_cue,
    may_end_in_credit,
)

# Of lines that are not empty. Where a site says whole sentences, it does so here.
HEAD_LINES, TAIL_LINES = 3, 5
# Labels stand further in: menus, rows of links.
LABEL_REACH = 25
MAX_LABEL_CHARS = 130
MAX_LINE_CHARS = 700
MAX_ASIDE_LINES = 60

_FIELDS = {
    "site": (pa.uint64(), "hash of the registrable domain"),
    "node": (pa.uint64(), "the article"),
    "content": (pa.uint64(), "changes with what the article says; parts captures that lie in several archives"),
    "month": (pa.uint16(), "12 * year + month, from 1, at most 65,535; 0: undated"),
    "line": (pa.uint64(), "hash of the line, or of a title"),
    "mask": (pa.uint32(), "hash without what may change in the line (digits of a date, what a link leads to); 0: nothing may"),
    "at": (pa.int32(), "index of the line in the text; -1: a line that was set aside"),
    "above": (pa.uint16(), "lines above it that are not empty, at most 65,535"),
    "below": (pa.uint16(), "lines below it that are not empty, at most 65,535"),
    "marks": (pa.uint16(), "bits of marks.Mark"),
}
ROW_SCHEMA = pa.schema([pa.field(name, kind, metadata={"description": meaning}) for name, (kind, meaning) in _FIELDS.items()])
Row = tuple[int, int, int, int, int, int, int, int, int, int]
Place = tuple[int, int, int, int]


def line_rows(articles: pa.Table) -> pa.Table:
    """Rows of ``ROW_SCHEMA`` for articles with node, domain, month (YYYY-MM, null: undated), title and text.

    With a column ``set_aside`` its lines are evidence too: what is the site's on most pages is so where it was overlooked. Without
    a column ``content`` each node has to be there once.
    """
    rows: list[Row] = []
    aside, contents = (
        articles.column(name).to_pylist() if name in articles.column_names else [empty] * articles.num_rows
        for name, empty in (("set_aside", ()), ("content", 0))
    )
    columns = [articles.column(name).to_pylist() for name in ("node", "domain", "month", "title", "text")]
    for node, domain, month, title, text, of_site, content in zip(*columns, aside, contents, strict=True):
        place = (hash64(domain or ""), node, content, _month_number(month))
        rows += _article_rows(place, title, text or "")
        rows += _aside_rows(place, of_site or ())
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(ROW_SCHEMA)
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, ROW_SCHEMA, strict=True)], schema=ROW_SCHEMA)


def _month_number(month: str | None) -> int:
    # An archive's clock may say the year 9999.
    return min(12 * int(month[:4]) + int(month[5:7]), 65_535) if month else 0


def _article_rows(place: Place, title: str | None, text: str) -> Iterator[Row]:
    lines = [(at, bare) for at, line in enumerate(text.split("\n")) if (bare := line.strip())]
    folded = fold(title) if title else ""
    if folded:
        yield (*place, hash64(folded), 0, 0, 0, 0, int(Mark.TITLE) | (HEADLINE if is_headline(folded, len(folded)) else 0))
    refrains = _refrains([line for _, line in lines])
    for above, (at, line) in enumerate(lines):
        below = len(lines) - 1 - above
        if not _is_plausible(line, above, below):
            continue
        found = mark_line(line)
        if not _is_wanted(found.marks, line, above, below):
            continue
        is_inward = line in refrains or (below and _is_listed(lines[above + 1][1]))
        position = (at, min(above, 65_535), min(below, 65_535))
        yield (*place, found.line, found.mask, *position, found.marks | (INWARD if is_inward else 0))
        if found.rest:
            yield (*place, found.rest, 0, *position, int(Mark.REST) | HEADLINE)


def _aside_rows(place: Place, lines: Sequence[str]) -> Iterator[Row]:
    for line in dict.fromkeys(lines[:MAX_ASIDE_LINES]):
        if line.strip() and len(line) <= MAX_LINE_CHARS:
            found = mark_line(line.strip())
            yield (*place, found.line, found.mask, -1, 0, 0, found.marks | int(Mark.ASIDE))


def _refrains(lines: list[str]) -> set[str]:
    """Lines that one half of the text has twice; a site that says a thing twice says it above and below."""
    middle = len(lines) // 2
    return {line for half in (lines[:middle], lines[middle:]) for line, times in Counter(half).items() if times > 1}


def _is_plausible(line: str, above: int, below: int) -> bool:
    """Cheap: worth a closer look. Sentences far from the ends are so only where a word or a credit hints at it."""
    if len(line) > MAX_LINE_CHARS:
        return False
    if above < HEAD_LINES or below < TAIL_LINES or may_end_in_credit(line):
        return True
    if len(line) <= MAX_CUE_KEY_CHARS or (len(line) <= MAX_CUE_CHARS and not ends_sentence(line)):
        return True
    return len(line) <= MAX_CUE_CHARS and may_be_cue(line)


def _is_wanted(marks: int, line: str, above: int, below: int) -> bool:
    if above < HEAD_LINES or below < TAIL_LINES or marks & (CUE | CAPTION):
        return True
    is_label = not marks & SENTENCE and len(line) <= MAX_LABEL_CHARS
    return is_label and (above < LABEL_REACH or below < LABEL_REACH)


def _is_listed(line: str) -> bool:
    return " | " in line or is_bullet(line)
