"""The parts of a text that somebody kept: headline and date at its top, some lines of the site around it, the rest is body."""

from collections.abc import Iterable, Sequence

from tasks.metadata.titles import letters_of
from tasks.plain_text.head_lines import Stated, read_statement
from tasks.plain_text.kinds import Kind, names_agency_at_end
from tasks.plain_text.lines import Line
from tasks.plain_text.parts import Part, Parts, language_of
from tasks.plain_text.shapes import is_bullet, is_question
from tasks.plain_text.tail_lines import aside_at_end

# The head is over after so many lines, and so many sentences.
MAX_HEAD_LINES = 20
MAX_HEAD_PROSE = 2
MAX_TITLE_SIZE = 260
FULL_TITLE_SIZE = 100
# "World", "Share": shorter than a headline or a summary.
MAX_LABEL_SIZE = 20
SHARE_OF_LONGEST = 0.5
LAST_LINES = 3
OUT = {Kind.FURNITURE: Part.ASIDE, Kind.END: Part.ASIDE, Kind.NOTICE: Part.ASIDE, Kind.CAPTION: Part.CAPTION}


def sort_kept_text(lines: Sequence[Line], kinds: Sequence[Kind], title: str | None = None) -> Parts:
    """Give every line its part; what is not surely something else is body. ``title``: known from a header."""
    said = _head_statements(lines, kinds)
    body_from = _first_sentence(lines, kinds, said)
    if body_from is None:
        # A poem, a list, a note: nothing tells furniture from text.
        return Parts([Part.BODY] * len(lines), title)
    parts = Parts([OUT.get(kind, Part.BODY) for kind in kinds], title)
    for index, statement in said.items():
        parts.take(index, statement)
    _sort_head(lines, kinds, said, body_from, parts)
    _sort_agency_credits(lines, body_from, parts)
    body = [index for index in range(len(lines)) if parts.of_lines[index] is Part.BODY]
    _sort_last_lines(lines, kinds, body, parts)
    _set_aside(parts, aside_at_end(lines, [index for index in body if parts.of_lines[index] is Part.BODY], parts.title))
    return parts


def _head_statements(lines: Sequence[Line], kinds: Sequence[Kind]) -> dict[int, Stated]:
    """Lines of the head that say when or by whom."""
    language, prose, found = language_of(lines, kinds), 0, {}
    for index, line in enumerate(lines[:MAX_HEAD_LINES]):
        statement = None if kinds[index] is Kind.CAPTION else read_statement(line, language)
        if statement:
            found[index] = statement
        elif kinds[index] is Kind.PROSE:
            prose += 1
            if prose == MAX_HEAD_PROSE:
                break
    return found


def _first_sentence(lines: Sequence[Line], kinds: Sequence[Kind], said: dict[int, Stated]) -> int | None:
    """The first line that is body for sure; under a date or a byline a short sentence is enough."""
    first = next(
        (i for i, kind in enumerate(kinds) if kind is Kind.PROSE and i not in said and not _is_title(lines, i, said)), None
    )
    if first is None and said:
        first = next((i for i in range(min(said), len(lines)) if i not in said and lines[i].ends and kinds[i] is Kind.SHORT), None)
    return first


def _is_title(lines: Sequence[Line], index: int, said: dict[int, Stated]) -> bool:
    """Long enough for sentences, and yet a headline: it does not end as a statement does, and a date or byline follows."""
    line = lines[index]
    return index + 1 in said and line.size <= MAX_TITLE_SIZE and (not line.ends or is_question(line.text))


def _sort_head(lines: Sequence[Line], kinds: Sequence[Kind], said: dict[int, Stated], body_from: int, parts: Parts) -> None:
    """The headline, what stands above it, and it again or a label between it and the date."""
    title = _find_title(lines, kinds, said, body_from) if parts.title is None else None
    if title is not None:
        parts.title = lines[title].text
        _set_aside(parts, range(title))
        parts.of_lines[title] = Part.HEAD
    last_said = max((index for index in said if index < body_from), default=0)
    key = letters_of(parts.title or "")
    for index in range(title + 1 if title is not None else 0, body_from):
        line = lines[index]
        if key and letters_of(line.text) == key:
            parts.of_lines[index] = Part.HEAD
        elif index < last_said and line.size < MAX_LABEL_SIZE and not line.ends:
            _set_aside(parts, (index,))


def _set_aside(parts: Parts, indices: Iterable[int]) -> None:
    """Those of the lines that would be body."""
    for index in indices:
        if parts.of_lines[index] is Part.BODY:
            parts.of_lines[index] = Part.ASIDE


def _find_title(lines: Sequence[Line], kinds: Sequence[Kind], said: dict[int, Stated], body_from: int) -> int | None:
    """The first line that is not much shorter than the others: below it may stand a summary, above it a label.

    Of the lines above the body; if there are any above the first date or byline, of those.
    """
    above = range(min(body_from, MAX_HEAD_LINES))
    found = [index for index in above if index not in said and _may_be_title(lines, kinds, index, said)]
    found = [index for index in found if index < min(said, default=0) and lines[index].size >= MAX_LABEL_SIZE] or found
    longest = max((min(lines[index].size, FULL_TITLE_SIZE) for index in found), default=0)
    return next((index for index in found if lines[index].size >= SHARE_OF_LONGEST * longest), None)


def _may_be_title(lines: Sequence[Line], kinds: Sequence[Kind], index: int, said: dict[int, Stated]) -> bool:
    line, is_beside = lines[index], index + 1 in said
    asks_or_calls = is_question(line.text) or line.text.endswith("!")
    if (
        is_bullet(line.text)
        or line.text.endswith((":", ","))
        or line.size > MAX_TITLE_SIZE
        or (line.ends and not asks_or_calls and not is_beside)
    ):
        return False
    return kinds[index] is Kind.SHORT or (kinds[index] is Kind.PROSE and is_beside)


def _sort_agency_credits(lines: Sequence[Line], body_from: int, parts: Parts) -> None:
    """A line above the body, or its first with others behind it, that ends with an agency's name: below a picture."""
    for index in range(min(body_from + 1, len(lines) - 1)):
        if parts.of_lines[index] is Part.BODY and names_agency_at_end(lines[index].text) and len(lines) - index > LAST_LINES:
            parts.of_lines[index] = Part.CAPTION


def _sort_last_lines(lines: Sequence[Line], kinds: Sequence[Kind], body: list[int], parts: Parts) -> None:
    """When and by whom, where it stands below the text; a day above its last sentence is the heading of a chronicle."""
    language = None
    last = max((index for index in body if kinds[index] is Kind.PROSE), default=-1)
    for index in body[-LAST_LINES:]:
        if kinds[index] is Kind.SHORT and len(body) > LAST_LINES and index > last:
            language = language or language_of(lines, kinds)
            statement = read_statement(lines[index], language)
            if statement and (statement.moment or statement.authors):
                parts.take(index, statement)
