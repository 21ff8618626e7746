"""Where on a whole page the article stands: the run of lines that says most, its menus and lists of links taken off."""

from collections.abc import Sequence

from tasks.plain_text.kinds import Kind
from tasks.plain_text.lines import Line
from tasks.plain_text.shapes import is_bullet

MIN_LINKS = 12
MIN_CUES = 3
# What a line is worth to the article, in letters.
MOST_OF_A_LINE = 400.0
SHORT_SENTENCE = 10.0
WORTH = {Kind.SHORT: -70.0, Kind.CAPTION: -10.0, Kind.FURNITURE: -50.0, Kind.END: -250.0, Kind.NOTICE: -250.0}
FEWEST_IN_A_ROW = 3


def is_page(lines: Sequence[Line], kinds: Sequence[Kind]) -> bool:
    """Links stand above or below the sentences, as on a whole page; not so in a text that somebody kept."""
    prose = [index for index, kind in enumerate(kinds) if kind is Kind.PROSE]
    if not prose:
        return False
    above = sum(is_link(lines[index], kinds[index]) for index in range(prose[0]))
    below = sum(is_link(lines[index], kinds[index]) for index in range(prose[-1] + 1, len(lines)))
    cues = sum(kind in (Kind.FURNITURE, Kind.END, Kind.NOTICE) for kind in kinds)
    return above + below >= MIN_LINKS and (cues >= MIN_CUES or above >= MIN_LINKS)


def is_link(line: Line, kind: Kind) -> bool:
    """Short, no sentence, no item of a list: may be a link or a button."""
    return kind in (Kind.FURNITURE, Kind.END) or (kind is Kind.SHORT and not line.ends and not is_bullet(line.text))


def find_body(lines: Sequence[Line], kinds: Sequence[Kind], start: int | None) -> tuple[int, int]:
    """First line of the article's text and the one behind its last; from ``start`` (the headline's next line) on if known."""
    worths = [_worth(line, kind) for line, kind in zip(lines, kinds, strict=True)]
    if start is None:
        return _best_run(worths)
    return _best_start(worths, start, end := _best_end(worths, start)), end


def _worth(line: Line, kind: Kind) -> float:
    if kind is Kind.PROSE:
        return min(line.size, MOST_OF_A_LINE)
    if kind is Kind.SHORT and (line.ends or is_bullet(line.text)):
        return SHORT_SENTENCE
    return WORTH[kind]


def _best_run(worths: Sequence[float]) -> tuple[int, int]:
    """The run of lines with the greatest sum."""
    best, best_run, total, first = 0.0, (0, 0), 0.0, 0
    for index, worth in enumerate(worths):
        if total <= 0:
            total, first = 0.0, index
        total += worth
        if total > best:
            best, best_run = total, (first, index + 1)
    return best_run


def _best_end(worths: Sequence[float], start: int) -> int:
    """The end at which the sum of what stands behind ``start`` is greatest."""
    best, total, end = 0.0, 0.0, start
    for index in range(start, len(worths)):
        total += worths[index]
        if total > best:
            best, end = total, index + 1
    return end


def _best_start(worths: Sequence[float], start: int, end: int) -> int:
    """Behind what stands above the article, if that says less than it costs: menus between a headline and its text."""
    least, total, first = 0.0, 0.0, start
    for index in range(start, end):
        total += worths[index]
        if total < least:
            least, first = total, index + 1
    return first


def rows_of_links(lines: Sequence[Line], kinds: Sequence[Kind], span: tuple[int, int]) -> set[int]:
    """Lines of the span that stand in rows of links: three or more without a sentence between them."""
    found: set[int] = set()
    row: list[int] = []
    for index in range(*span):
        if is_link(lines[index], kinds[index]) and not lines[index].text.endswith((":", "\uff1a")):
            row.append(index)
            continue
        if len(row) >= FEWEST_IN_A_ROW:
            found.update(row)
        row = []
    return found.union(row) if len(row) >= FEWEST_IN_A_ROW else found


def run_worth(lines: Sequence[Line], kinds: Sequence[Kind], span: tuple[int, int]) -> float:
    """What the lines of a span are worth together, in letters."""
    return sum(_worth(lines[index], kinds[index]) for index in range(*span))
