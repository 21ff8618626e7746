"""On how many pages of a site a line stands: sorted arrays, no loop over rows."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
# Two hashes of 64 bits are one key of 64 bits: among ten million rows two keys meet by chance once in 400,000 corpora.
_MIX_A, _MIX_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


# Twelve months a year are twelve chances for a line of three pages: 3 % of a month are often mere chance.
LEAST_OF_MONTH = 0.2


class Least(NamedTuple):
    """How many pages are enough, and what share of the site's; ``of_month``: months with fewer pages tell nothing by themselves."""

    pages: int
    share: float
    of_month: int = 30


@dataclass(frozen=True, slots=True)
class Pages:
    """Of every row: its ``site``, its ``page`` (near copies are one), its ``month`` of the site; and the pages in each.

    A row's months are numbered over all sites; ``of_sites`` and ``of_months`` count pages by those numbers.
    """

    site: Ints
    page: Ints
    month: Ints
    is_dated: Bits
    of_sites: Ints
    of_months: Ints


def mixed(first: Hashes, second: Hashes) -> Hashes:
    """One key for a pair."""
    key = first * _MIX_A ^ (second + _MIX_B)
    key ^= key >> np.uint64(32)
    key *= _MIX_B
    return key


def numbered(keys: npt.NDArray[np.uint64] | Ints) -> Ints:
    """Keys as numbers from 0, in their order. ``np.unique`` is asked nowhere: it hashes before it sorts, in six times the time."""
    order = np.argsort(keys, kind="stable")
    in_order = keys[order]
    found = np.empty(len(keys), np.int64)
    found[order] = np.cumsum(np.r_[False, in_order[1:] != in_order[:-1]]) if len(keys) else 0
    return found


def in_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The number of every row's pair, and the ``first`` of every pair; both count from 0."""
    pair = numbered(first * (int(second.max(initial=0)) + 1) + second)
    of_pairs = np.zeros(int(pair.max(initial=-1)) + 1, np.int64)
    of_pairs[pair] = first
    return pair, of_pairs


def _tally(of_pairs: Ints, count: int) -> Ints:
    found: Ints = np.bincount(of_pairs, minlength=count).astype(np.int64)
    return found


def find_pages(site: Hashes, story: Hashes, month: Ints) -> Pages:
    """Number sites, pages and months. ``story``: the same for near copies."""
    sites = numbered(site)
    pages = numbered(mixed(site, story))
    width = int(month.max(initial=0)) + 1
    months = numbered(sites * width + month)
    return Pages(
        sites,
        pages,
        months,
        month > 0,
        _tally(in_pairs(sites, pages)[1], int(sites.max(initial=-1)) + 1),
        _tally(in_pairs(months, pages)[1], int(months.max(initial=-1)) + 1),
    )


class Groups:
    """Rows of one line of one site, and on how many pages it stands over all the time and in its best month."""

    def __init__(self, pages: Pages, keys: Hashes, is_member: Bits) -> None:
        """``is_member``: rows that belong to a group at all; lines of fewer than two rows are in none."""
        rows = np.flatnonzero(is_member)
        number = numbered(keys[rows])
        is_repeated = (np.bincount(number) > 1)[number] if len(rows) else np.zeros(0, bool)
        self.rows: Ints = rows[is_repeated].astype(np.int64)
        self.of_rows = numbered(number[is_repeated])
        self.count = int(self.of_rows.max(initial=-1)) + 1
        self.where = pages
        site_of_groups = np.zeros(self.count, np.int64)
        site_of_groups[self.of_rows] = pages.site[self.rows]
        self._site_pages = pages.of_sites[site_of_groups]
        self._page, self._of_pages = in_pairs(self.of_rows, pages.page[self.rows])
        self._find_months()

    def _find_months(self) -> None:
        """Pages within the months of groups."""
        self._dated = np.flatnonzero(self.where.is_dated[self.rows])
        rows = self.rows[self._dated]
        month, self._of_months = in_pairs(self.of_rows[self._dated], self.where.month[rows])
        self._month_pages = np.zeros(len(self._of_months), np.int64)
        self._month_pages[month] = self.where.of_months[self.where.month[rows]]
        self._page_in_month, self._months_of_pages = in_pairs(month, self.where.page[rows])

    def pages(self, is_counted: Bits) -> Ints:
        """Pages of each group among the rows that count."""
        return _tally(self._of_pages[_present(self._page[is_counted[self.rows]], len(self._of_pages))], self.count)

    def any(self, is_so: Bits) -> Bits:
        """Whether any row of each group is so."""
        return _present(self.of_rows[is_so[self.rows]], self.count)

    def reach(self, is_counted: Bits, least: Least) -> Bits:
        """Whether the rows that count make each group frequent: over all the time, or within one month."""
        everywhere = self.pages(is_counted)
        counted = self._page_in_month[is_counted[self.rows[self._dated]]]
        in_month = _tally(self._months_of_pages[_present(counted, len(self._months_of_pages))], len(self._of_months))
        is_much = (in_month >= least.pages) & (in_month >= max(least.share, LEAST_OF_MONTH) * self._month_pages)
        is_much &= self._month_pages >= least.of_month
        found: Bits = (everywhere >= least.pages) & (everywhere >= least.share * self._site_pages)
        return found | _present(self._of_months[is_much], self.count)

    def share(self, is_counted: Bits, of_rows: Bits) -> npt.NDArray[np.float64]:
        """Pages of each group among the rows that count, of its pages among others."""
        found: npt.NDArray[np.float64] = self.pages(is_counted) / np.maximum(self.pages(of_rows), 1)
        return found

    def is_on(self, is_counted: Bits, share: float) -> Bits:
        """Whether the rows that count are on this share of the site's pages."""
        found: Bits = self.pages(is_counted) >= share * self._site_pages
        return found

    def spread(self, of_groups: Bits) -> Bits:
        """A bit of each group, at its rows."""
        found = np.zeros(len(self.where.site), bool)
        found[self.rows] = of_groups[self.of_rows]
        return found


def _present(numbers: Ints, count: int) -> Bits:
    """Which of the numbers below ``count`` are there."""
    found = np.zeros(count, bool)
    found[numbers] = True
    return found
