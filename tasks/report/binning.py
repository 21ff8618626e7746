"""Days into columns: a day, a week, a month or a year wide, so that a chart has 120 of them at most."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from tasks.report.facts import Days

MOST_COLUMNS = 120
EPOCH = date(1970, 1, 1).toordinal()
# A few wrong dates, centuries off, must not squeeze all others into one column.
STRAY_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Bins:
    """Columns of time: how wide (``unit``), and the first day of each; ``before``, ``after``: what lies outside of them."""

    unit: str
    starts: tuple[date, ...]
    before: int = 0
    after: int = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each column."""
        cut = {"month": 7, "year": 4}.get(self.unit, 10)
        return tuple(start.isoformat()[:cut] for start in self.starts)

    def sums(self, days: Days) -> list[int]:
        """What falls into each column."""
        found, edges = [0] * len(self.starts), [start.toordinal() - EPOCH for start in self.starts]
        for day, number in days.items():
            place = bisect_right(edges, day) - 1
            if place >= 0 and day <= self.last_day:
                found[place] += number
        return found

    @property
    def last_day(self) -> int:
        """The last day of the last column, by days since 1970."""
        return _next(self.unit, self.starts[-1]).toordinal() - 1 - EPOCH


def bins_for(*series: Days) -> Bins | None:
    """Columns for all of these; None where there is no day."""
    total: Counter[int] = Counter()
    for days in series:
        total.update(days)
    ordered = sorted(total)
    if not ordered:
        return None
    first, last = _span(total, ordered)
    unit = _unit(first, last)
    starts = [_start(unit, first)]
    while (following := _next(unit, starts[-1])) <= last:
        starts.append(following)
    bins = Bins(unit, tuple(starts))
    before = sum(total[day] for day in ordered if day < starts[0].toordinal() - EPOCH)
    after = sum(total[day] for day in ordered if day > bins.last_day)
    return Bins(unit, bins.starts, before, after)


def _span(total: Days, ordered: Sequence[int]) -> tuple[date, date]:
    """The first and the last day to draw: all of them, or, where that is longer than ten years, all but strays."""
    allowed = total.total() * STRAY_SHARE if ordered[-1] - ordered[0] > 30 * MOST_COLUMNS else 0
    first, last = _without(ordered, total, allowed), _without(ordered[::-1], total, allowed)
    last = max(first, last)
    # Some 118 years back from the latest day is as far as 120 columns reach.
    return _date(max(first, last - 118 * 365)), _date(last)


def _without(ordered: Sequence[int], total: Days, allowed: float) -> int:
    passed = 0
    for day in ordered:
        passed += total[day]
        if passed > allowed:
            return day
    return ordered[-1]


def _date(day: int) -> date:
    return date.fromordinal(min(max(day + EPOCH, date(1, 1, 8).toordinal()), date(9998, 1, 1).toordinal()))


def _unit(first: date, last: date) -> str:
    days = (last - first).days + 1
    if days <= MOST_COLUMNS:
        return "day"
    if days <= 7 * (MOST_COLUMNS - 1):
        return "week"
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    return "month" if months <= MOST_COLUMNS else "year"


def _start(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]


def _next(unit: str, start: date) -> date:
    if unit in {"day", "week"}:
        return start + timedelta(days=7 if unit == "week" else 1)
    if unit == "year" or start.month == 12:
        return date(start.year + 1, 1, 1)
    return start.replace(month=start.month + 1)


def rates(spans: Sequence[tuple[float, float, int]], most: int = 60) -> tuple[float, float, list[float]]:
    """Work from one moment to another, spread evenly: the beginning, seconds a column, and work a second in each column."""
    # Receipts round to seconds: what took less than one took one.
    whole = [(begin, max(end, begin + 1.0), done) for begin, end, done in spans]
    first, last = min(span[0] for span in whole), max(span[1] for span in whole)
    width = max(1.0, (last - first) / most)
    found = [0.0] * min(most, ceil((last - first) / width))
    for begin, end, done in whole:
        for place in range(int((begin - first) / width), len(found)):
            left, right = first + place * width, first + (place + 1) * width
            if left >= end:
                break
            right = last if place + 1 == len(found) else right
            found[place] += done * max(0.0, min(end, right) - max(begin, left)) / (end - begin) / width
    return first, width, found
