"""How often a source is looked at, and whether it has fallen silent. No randomness: who spreads the visits does it elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAST_SECONDS = 900.0
DAY_SECONDS = 86_400.0
FASTER = 0.7
SLOWER = 1.5
MAX_AGE = re.compile(r"""(?:^|[,\s])max-age\s*=\s*"?(\d{1,12})(?!\d)""", re.IGNORECASE)
# How much of the old gap one new item leaves.
GAP_KEPT = 0.8
LEAST_GAP_SECONDS = 1.0
SEEN_BEFORE_SILENCE = 5
GAPS_OF_SILENCE = 6


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The seconds between two looks at a source."""

    interval_seconds: float = 3_600.0


def next_rhythm(rhythm: Rhythm, *, has_new: bool, least_seconds: float | None) -> Rhythm:
    """Sooner after news, later without; 15 minutes to a day, and never sooner than the source asks for (up to a day)."""
    wanted = rhythm.interval_seconds * (FASTER if has_new else SLOWER)
    least = max(LEAST_SECONDS, min(least_seconds or 0.0, DAY_SECONDS))
    return Rhythm(min(max(wanted, least), DAY_SECONDS))


def max_age(cache_control: str | None) -> float | None:
    """The seconds of ``max-age`` in a Cache-Control header; None where it has none."""
    found = MAX_AGE.search(cache_control or "")
    return float(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Habit:
    """How a source publishes: when last, how far apart of late (recent gaps count more), how much, how much ever."""

    newest_at: datetime | None = None
    gap_seconds: float = DAY_SECONDS
    items_a_day: float = 0.0
    seen_items: int = 0


def next_habit(habit: Habit, new_published: Sequence[datetime], now: datetime) -> Habit:
    """The habit after a look that found items of these dates, in any order."""
    dates = sorted(min(date, now) for date in new_published)
    seen = habit.seen_items + len(dates)
    # What comes late fills no gap at the end.
    later = [date for date in dates if habit.newest_at is None or date > habit.newest_at]
    if not later:
        return replace(habit, items_a_day=min(habit.items_a_day, _rate_since(habit, now)), seen_items=seen)
    first = habit.newest_at or later[0]
    gaps = len(later) if habit.newest_at else len(later) - 1
    gap_seconds = _mixed(habit, (later[-1] - first).total_seconds(), gaps)
    rate = DAY_SECONDS / gap_seconds if seen > 1 else 0.0
    return Habit(later[-1], gap_seconds, rate, seen)


def is_silent(habit: Habit, now: datetime) -> bool:
    """Whether a source of which enough was seen has said nothing for a day and for six of its gaps."""
    if habit.newest_at is None or habit.seen_items < SEEN_BEFORE_SILENCE:
        return False
    return now - habit.newest_at > timedelta(seconds=max(DAY_SECONDS, GAPS_OF_SILENCE * habit.gap_seconds))


def _mixed(habit: Habit, span_seconds: float, gaps: int) -> float:
    if not gaps:
        return habit.gap_seconds
    gap = max(span_seconds / gaps, LEAST_GAP_SECONDS)
    # Before two items were seen there is no old gap, only a guess.
    kept = GAP_KEPT**gaps if habit.seen_items > 1 else 0.0
    return kept * habit.gap_seconds + (1 - kept) * gap


def _rate_since(habit: Habit, now: datetime) -> float:
    silent_seconds = (now - habit.newest_at).total_seconds() if habit.newest_at else DAY_SECONDS
    return DAY_SECONDS / max(silent_seconds, LEAST_GAP_SECONDS)
