"""Markdown out of foreign words: nothing that a page declares can be more than text in the card."""

import re
from collections import Counter
from collections.abc import Iterable

MOST_CHARS = 120
MARKS = re.compile(r"([\\`*_\[\]#|~])")
# Addresses would be made links; the marks of HTML go first.
ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("://", "&#58;//"), ("www.", "www&#46;"), ("@", "&#64;"))


def plain(text: str, most: int = MOST_CHARS) -> str:
    """A text in one line, cut, in which no character is markup; what cannot be printed is left out."""
    line = " ".join(text.split())
    line = "".join(letter for letter in line if letter.isprintable())
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    line = MARKS.sub(r"\\\1", line)
    for mark, entity in ENTITIES:
        line = line.replace(mark, entity)
    return line


def code(text: str, most: int = MOST_CHARS) -> str:
    """A word of our own as code."""
    return f"`{text[:most].replace('`', '')}`"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of a table; the cells are Markdown already, columns after the first are numbers where their head begins with #."""
    rule = ["---:" if name.startswith("#") else "---" for name in head]
    names = [name.removeprefix("#") for name in head]
    return [f"| {' | '.join(cells)} |" for cells in (names, rule, *rows)]


def count_table(name: str, kinds: Counter[str], total: int, most: int = 20) -> list[str]:
    """The most frequent kinds with their share of ``total`` in percent; the others in one line."""
    ranked = sorted(kinds.items(), key=lambda found: (-found[1], found[0]))
    rows = [(plain(kind), f"{number:,}", share(number, total)) for kind, number in ranked[:most]]
    if rest := ranked[most:]:
        number = sum(found[1] for found in rest)
        rows.append((f"{len(rest):,} more", f"{number:,}", share(number, total)))
    return table((name, "#articles", "#%"), rows)


def share(number: int, total: int) -> str:
    """Percent with one digit behind the point."""
    return f"{100 * number / total:.1f}" if total else ""
