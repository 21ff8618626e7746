"""Headlines of other articles that stand below a text."""

import re
from collections.abc import Sequence

from tasks.plain_text.lines import Line
from tasks.plain_text.shapes import WORDS, is_bullet, is_question

MAX_LINES = 12
MIN_BODY_LINES = 3
# Bodies that end their paragraphs as sentences end; others (Thai, lists) tell nothing.
ENDED_SHARE = 0.8
SHORTEST, LONGEST = 14, 130
# Shorter than a paragraph of this text by so much.
SHARE_OF_PARAGRAPH = 0.6
SHORTEST_SHARED_WORD = 4
ADDRESS = re.compile(r"@\w|https?:|www\.")
OPENERS = tuple("([\u2014\u2013-*\u201c\"\u00ab\u201e\u2018'\u2026\u300c#")


def aside_at_end(lines: Sequence[Line], body: list[int], title: str | None) -> list[int]:
    """Those of the body's last lines that are headlines: short and without a full stop where all the others have one."""
    last = len(body)
    while last > 0 and len(body) - last < MAX_LINES and _is_headline(lines[body[last - 1]]):
        last -= 1
    above, below = body[:last], body[last:]
    if not below or len(above) < MIN_BODY_LINES or lines[above[-1]].text.endswith((":", "\uff1a")):
        return []
    sizes = sorted(lines[index].size for index in above)
    ended = sum(lines[index].ends for index in above)
    if ended < ENDED_SHARE * len(above) or any(lines[i].size > SHARE_OF_PARAGRAPH * sizes[len(sizes) // 2] for i in below):
        return []
    if any(is_question(lines[index].text) for index in below):
        return below if _are_questions_foreign(lines, above, below, title) else []
    return below


def _is_headline(line: Line) -> bool:
    """Neither a sentence nor a name, an item or a remark."""
    is_open = not line.ends or is_question(line.text)
    is_long = SHORTEST <= line.size <= LONGEST and (len(WORDS.findall(line.text)) > 2 or line.size > 2 * len(line.text))
    return (
        is_open
        and is_long
        and not ADDRESS.search(line.text)
        and not is_bullet(line.text)
        and not line.text.startswith(OPENERS)
        and not line.text.endswith((":", ";", ","))
    )


def _are_questions_foreign(lines: Sequence[Line], above: list[int], below: list[int], title: str | None) -> bool:
    """The text asks nothing itself, and the question is about what its headline is about: the title of a related article."""
    asks = any(mark in lines[index].text for index in above for mark in "?\uff1f\u061f")
    about = _words(title or "")
    return not asks and all(about & _words(lines[index].text) for index in below)


def _words(text: str) -> set[str]:
    return {word.casefold() for word in WORDS.findall(text) if len(word) >= SHORTEST_SHARED_WORD}
