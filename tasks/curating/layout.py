"""Which stretches of time become files of an edition: months, and halves of them as long as they are too large for one file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tasks.curating.grouping import HOUR
from tasks.curating.places import NO_TIME, UNDATED
from tasks.editions import EditionFile

# Characters of text in a file: some 200 MB of Parquet.
FILE_CHARS = 500_000_000

# Characters of small files that are one order: what they have in common is read once.
ORDER_CHARS = 50_000_000

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file to be: articles of a month whose time is in ``[first, end)`` hours since 1970; None: all of it."""

    month: str
    hours: Span | None

    @property
    def span(self) -> Span:
        """The same in microseconds; of undated articles what stands for their time."""
        return (self.hours[0] * HOUR, self.hours[1] * HOUR) if self.hours else (NO_TIME, NO_TIME + 1)

    @property
    def told_span(self) -> Span | None:
        """The span as it stands in manifests: None for undated articles."""
        return self.span if self.hours else None

    @property
    def name(self) -> str:
        """The file's name without its ending: its first hour (YYYY-MM-DDTHH, UTC), or ``undated``."""
        return str(np.datetime64(self.hours[0], "h")) if self.hours else UNDATED


def leaves_of(hours: dict[str, dict[int, int]], standing: tuple[EditionFile, ...] = ()) -> list[Leaf]:
    """The files of an edition; ``hours``: characters by month and hour.

    ``standing``: files of this very edition: what lies in them stays in them, so that no article is in two files while they
    are written anew one by one.
    """
    kept: dict[str, list[EditionFile]] = {}
    for file in standing:
        kept.setdefault(file.month, []).append(file)
    found = []
    for month, counts in hours.items():
        pieces = (_grown(file, counts) for file in kept[month]) if month in kept else [_leaves(month, counts)]
        found += [leaf for piece in pieces for leaf in piece]
    return found


def packed(leaves: Iterable[Leaf], hours: dict[str, dict[int, int]]) -> Iterator[tuple[Leaf, ...]]:
    """Leaves in their order, small ones in groups."""
    some: list[Leaf] = []
    chars = 0
    for leaf in leaves:
        here = _chars(hours[leaf.month], leaf.hours) if leaf.hours else sum(hours[leaf.month].values())
        if some and chars + here > ORDER_CHARS:
            yield tuple(some)
            some, chars = [], 0
        some.append(leaf)
        chars += here
    if some:
        yield tuple(some)


def _leaves(month: str, counts: dict[int, int]) -> list[Leaf]:
    if month == UNDATED:
        return [Leaf(month, None)]
    begin = np.datetime64(month, "M")
    whole = (int(begin.astype("datetime64[h]").astype(int)), int((begin + 1).astype("datetime64[h]").astype(int)))
    return [Leaf(month, span) for span in _halves(whole, counts)]


def _grown(file: EditionFile, counts: dict[int, int]) -> list[Leaf]:
    """A file that stands. Where it would become too large, what is later than all that it has goes into files of its own."""
    if not file.span:
        return [Leaf(file.month, None)]
    first, end = (moment // HOUR for moment in file.span)
    middle = file.last // HOUR + 1 if file.last is not None else end
    if _chars(counts, (first, end)) <= FILE_CHARS or not _chars(counts, (middle, end)):
        return [Leaf(file.month, (first, end))]
    return [Leaf(file.month, span) for span in ((first, middle), *_halves((middle, end), counts))]


def _chars(counts: dict[int, int], span: Span) -> int:
    return sum(count for hour, count in counts.items() if span[0] <= hour < span[1])


def _halves(span: Span, counts: dict[int, int]) -> list[Span]:
    """The span, or, where there is more in it than one file takes, what its halves become; an hour is not parted."""
    first, end = span
    if _chars(counts, span) <= FILE_CHARS or end - first == 1:
        return [span]
    # Halves of whole days as long as there are any: they have nicer names.
    middle = (first + end) // 2 if end - first <= 24 else (first // 24 + ((end - first) // 24 + 1) // 2) * 24
    return _halves((first, middle), counts) + _halves((middle, end), counts)
