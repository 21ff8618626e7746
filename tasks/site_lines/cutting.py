"""Lines out of a text, and back to where they stood."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from tasks.site_lines.folding import hashes_of

PERSON, BLANK = "person", "blank"


class CutLine(TypedDict):
    """``at``: its index in the whole text, from 0; ``text`` exactly as it stood."""

    at: int
    text: str
    rule: str


def cut_text(text: str, cuts: Mapping[int, str], asked: frozenset[int] = frozenset()) -> tuple[str, list[CutLine]]:
    """The text without these lines, and the lines. ``cuts``: rule by index; ``asked``: hashes of lines that a person wants cut."""
    lines = text.split("\n")
    rules = {at: rule for at, rule in cuts.items() if 0 <= at < len(lines)}
    if asked:
        rules |= {at: PERSON for at, line in enumerate(lines) if line.strip() and not asked.isdisjoint(hashes_of(line))}
    if not rules:
        return text, []
    kept = [line for at, line in enumerate(lines) if at not in rules]
    if kept == [""]:
        # A text without lines and one with a single empty line look alike: the empty one goes too.
        rules[next(at for at in range(len(lines)) if at not in rules)] = BLANK
        kept = []
    return "\n".join(kept), [CutLine(at=at, text=lines[at], rule=rules[at]) for at in sorted(rules)]


def restore_text(text: str, cut_lines: Iterable[CutLine]) -> str:
    """The whole text again, exactly; the inverse of ``cut_text``."""
    cut = {line["at"]: line["text"] for line in cut_lines}
    if not cut:
        return text
    kept = iter(text.split("\n") if text else ())
    count = len(cut) + (text.count("\n") + 1 if text else 0)
    return "\n".join(cut[at] if at in cut else next(kept) for at in range(count))
