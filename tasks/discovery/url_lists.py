"""Lists of addresses, one a line."""

from collections.abc import Iterator

from tasks.discovery.documents import decode
from tasks.discovery.items import Announced, Item, unique
from tasks.urls import clean_url, why_refused

LINES_NAMED = 5
LINE_CHARS_SHOWN = 60


def read_url_list(body: bytes) -> Announced:
    """The addresses of a list without blank lines and ``#`` comments; bad lines are problems, the first ones named."""
    bad: list[tuple[int, str]] = []
    items = unique(_items(decode(body), bad))
    problems = tuple(_problem(number, line) for number, line in bad[:LINES_NAMED])
    if len(bad) > LINES_NAMED:
        problems += (f"{len(bad) - LINES_NAMED} more lines are no address",)
    return Announced(items, problems=problems or (() if items else ("empty",)))


def _problem(number: int, line: str) -> str:
    if "@" in line:
        return f"line {number}: {why_refused(line)}"
    return f"line {number} is no address: {line[:LINE_CHARS_SHOWN]!r}"


def _items(text: str, bad: list[tuple[int, str]]) -> Iterator[Item]:
    for number, raw in enumerate(text.splitlines(), 1):
        # Within an address "#" begins its fragment.
        line = "" if raw.lstrip().startswith("#") else raw.partition(" #")[0].strip()
        if not line:
            continue
        url = clean_url(line)
        if url is None:
            bad.append((number, line))
        else:
            yield Item(url)
