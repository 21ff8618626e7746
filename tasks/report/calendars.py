"""Backfills day by day, for the completeness calendar."""

from collections import Counter
from datetime import date

from tasks.errors import FixTheRun, PressError
from tasks.progress import Progress, progress_of_all
from tasks.report.facts import Calendar, Day
from tasks.storage import Store

FOLDER = "state/backfills/"


def calendars_of(store: Store, run_id: str) -> tuple[tuple[Calendar, ...], list[str]]:
    """The backfill that the run belongs to, or all of them; and why some cannot be told."""
    name = ""
    if run_id:
        keys = (found.key for found in store.list(FOLDER))
        name = next((key.split("/")[2] for key in keys if key.endswith(f"/{run_id}.json.gz")), "")
        if not name:
            return (), []
    try:
        return tuple(_calendar(progress) for progress in progress_of_all(store, name)), []
    except FixTheRun:
        return (), []  # no backfill was started here: collect runs alone fill this corpus
    except (PressError, KeyError, TypeError, ValueError, AttributeError) as error:
        return (), [f"the calendar of backfills is left out: {error}"]


def _calendar(progress: Progress) -> Calendar:
    days: dict[date, Day] = {}
    counted = progress.days()
    undated = counted.pop("", Counter[str]())
    missing: dict[str, str] = {}
    for gap in progress.backfill.gaps:
        missing[gap.when] = f"{missing[gap.when]}; {gap.what}" if gap.when in missing else gap.what
    for name in counted.keys() | missing.keys():
        if (day := _date(name)) is not None:
            days[day] = _day(counted.get(name, Counter()), missing.get(name, ""))
    months = {name: what for name, what in missing.items() if _date(name) is None}
    return Calendar(progress.backfill.name, dict(sorted(days.items())), _day(undated, ""), months)


def _day(counts: Counter[str], missing: str) -> Day:
    return Day(counts["planned"], counts["done"], counts["failed"], missing)


def _date(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
