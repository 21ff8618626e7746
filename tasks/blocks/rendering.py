"""From the blocks that are kept to text, a line a block, and to Markdown (CommonMark, with GFM tables)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tasks.blocks.walk import AROUND, TAG_IDS, Blocks

HEADINGS = {TAG_IDS[f"h{level}"]: level for level in range(1, 7)}
CELLS = {TAG_IDS["td"], TAG_IDS["th"]}
ROW, ITEM, ORDERED, PRE, TABLE = (TAG_IDS[tag] for tag in ("tr", "li", "ol", "pre", "table"))
LISTS = {TAG_IDS["ul"], ORDERED}
QUOTED = 1 << AROUND.index("blockquote")
# A cell with more in it is a column of a layout, not a value of a table.
MAX_CELL_CHARS = 200
MAX_LEVELS = 12
# What would start a heading, a list, a quote or a fence at the start of a line, or emphasis and links within it.
STARTS = re.compile(r"^(\d*)([#+>~-]|(?<=\d)[.)](?=\s))")
SPECIAL = re.compile(r"([\\`*_\[\]<])")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, heading, item, row or passage: its kind (a tag), its parts (cells of a row, else one), and where it stands.

    ``level``: of a heading, or how deep a list lies in others; ``number``: place in an ordered list; ``table``: the container.
    """

    kind: str
    parts: tuple[str, ...]
    level: int = 0
    number: int | None = None
    table: int | None = None
    is_quoted: bool = False


def read_lines(blocks: Blocks, kept: Iterable[int]) -> list[Line]:
    """The lines of the kept blocks (indices in page order)."""
    lines: list[Line] = []
    row: tuple[int, list[int]] = (-1, [])
    for block in kept:
        row_here = _above(blocks, blocks.container[block], {ROW}) if _is_in_cell(blocks, block) else -1
        if row_here != row[0] or row_here < 0:
            lines += _row_lines(blocks, *row)
            row = (row_here, [])
        if row_here < 0:
            lines.append(_line(blocks, block))
        else:
            row[1].append(block)
    return lines + _row_lines(blocks, *row)


def _row_lines(blocks: Blocks, row: int, cells: list[int]) -> list[Line]:
    """A row of a table as one line; what stands in one cell of a layout as lines of its own."""
    if len(cells) < 2 or len({_cell(blocks, block) for block in cells}) < len(cells):
        return [_line(blocks, block) for block in cells]
    texts = tuple(blocks.text[block].replace("\n", " ") for block in cells)
    return [Line("tr", texts, table=_above(blocks, row, {TABLE}))]


def _line(blocks: Blocks, block: int) -> Line:
    at, text = blocks.container[block], blocks.text[block]
    tag, is_quoted = blocks.tag[at], bool(blocks.around[at] & QUOTED)
    if tag in HEADINGS:
        return Line("h", (text.replace("\n", " "),), HEADINGS[tag])
    if tag == PRE:
        return Line("pre", (text,))
    item = _above(blocks, at, {ITEM}, 2)
    if item >= 0 and blocks.first[item] == block:
        lists = _lists_around(blocks, item)
        is_ordered = bool(lists) and blocks.tag[lists[0]] == ORDERED
        return Line("li", (text,), len(lists), blocks.nth[item] if is_ordered else None, is_quoted=is_quoted)
    return Line("p", (text,), is_quoted=is_quoted)


def _lists_around(blocks: Blocks, item: int) -> list[int]:
    found, at = [], item
    for _ in range(MAX_LEVELS):
        at = blocks.parent[at]
        if blocks.tag[at] in LISTS:
            found.append(at)
    return list(dict.fromkeys(found))


def _above(blocks: Blocks, at: int, tags: set[int], levels: int = MAX_LEVELS) -> int:
    """The nearest container of these tags, the one at hand included; -1 where there is none so near."""
    for _ in range(levels):
        if blocks.tag[at] in tags:
            return at
        at = blocks.parent[at]
    return -1


def _is_in_cell(blocks: Blocks, block: int) -> bool:
    return len(blocks.text[block]) <= MAX_CELL_CHARS and _cell(blocks, block) >= 0


def _cell(blocks: Blocks, block: int) -> int:
    return _above(blocks, blocks.container[block], CELLS, 2)


def to_text(lines: list[Line]) -> str:
    """Plain text: items as "- item" or "1. item", rows as "cell | cell"."""
    return "\n".join(_text_of(line) for line in lines)


def _text_of(line: Line) -> str:
    if line.kind == "tr":
        return " | ".join(line.parts)
    return f"{_mark(line)}{line.parts[0]}"


def _mark(line: Line) -> str:
    if line.kind != "li":
        return ""
    return "- " if line.number is None else f"{line.number}. "


def to_markdown(lines: list[Line]) -> str:
    """Markdown: headings, lists, quotes, tables, code; a blank line between two blocks that are not of one list or table."""
    pieces: list[str] = []
    before: Line | None = None
    for line in lines:
        if before and not _goes_on(before, line):
            pieces.append(">" if before.is_quoted and line.is_quoted else "")
        pieces += _marked_up(line, is_first=before is None or not _goes_on(before, line))
        before = line
    return "\n".join(pieces)


def _goes_on(before: Line, line: Line) -> bool:
    is_same = before.kind == line.kind and before.is_quoted == line.is_quoted
    return is_same and (line.kind == "li" or (line.kind == "tr" and line.table == before.table))


def _marked_up(line: Line, is_first: bool) -> Iterator[str]:
    quote = "> " if line.is_quoted else ""
    if line.kind == "tr":
        yield f"| {' | '.join(_escaped(cell).replace('|', chr(92) + '|') for cell in line.parts)} |"
        if is_first:
            yield f"|{' --- |' * len(line.parts)}"
    elif line.kind == "pre":
        yield from ("```", *line.parts[0].split("\n"), "```")
    elif line.kind == "h":
        yield f"{quote}{'#' * line.level} {_escaped(line.parts[0])}"
    else:
        indent = "  " * max(0, line.level - 1) if line.kind == "li" else ""
        first, *rest = (_escaped(part) for part in line.parts[0].split("\n"))
        # A backslash at the end of a line keeps its break.
        texts = [f"{indent}{_mark(line)}{first}", *(f"{indent}{' ' * len(_mark(line))}{part}" for part in rest)]
        yield from (f"{quote}{text}{chr(92) if text is not texts[-1] else ''}" for text in texts)


def _escaped(text: str) -> str:
    return STARTS.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", text))
