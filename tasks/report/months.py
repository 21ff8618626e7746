"""The completeness calendar: months of days, drawn."""

from datetime import date

from markupsafe import Markup

from tasks.report.charts import fill, joined, told
from tasks.report.facts import Calendar, Day

MOST_MONTHS, MOST_DAYS = 36, 100
CELL, GAP = 9, 2
STATES = (
    ("done", "done"),
    ("part", "done in part"),
    ("todo", "to do"),
    ("failed", "failed"),
    ("missing", "missing upstream"),
    ("none", "not asked for"),
)


def calendar_plot(calendar: Calendar) -> tuple[str, Markup, str]:
    """Caption, drawing and, where there is nothing to draw, a word on why."""
    total = Day(
        *(sum(getattr(day, name) for day in (*calendar.days.values(), calendar.undated)) for name in ("planned", "done", "failed"))
    )
    caption = f"Archives by the day in their name: {day_words(total)}"
    if calendar.undated.planned:
        caption += f"; {calendar.undated.planned:,} whose name tells no day"
    firsts = sorted({day.replace(day=1) for day in calendar.days})
    if not firsts and not calendar.months:
        return caption, Markup(""), "No archive of this backfill has a day in its name."
    if len(firsts) > MOST_MONTHS:
        caption += f"; the latest {MOST_MONTHS} of {len(firsts)} months are drawn"
    drawn = joined(month(first, calendar.days) for first in firsts[-MOST_MONTHS:])
    return caption, _key() + fill('<div class="months">{}</div>', drawn) + _unwhole(calendar), ""


def _key() -> Markup:
    mark = '<span><svg viewBox="0 0 9 9" aria-hidden="true"><path class="{}" d="M0 0h9v9h-9z"/>{}</svg>{}</span>'
    marks = (fill(mark, state, _sign(state, 0, 0), words) for state, words in STATES)
    return fill('<p class="key soft">{}</p>', joined(marks))


def _unwhole(calendar: Calendar) -> Markup:
    """Every month's sums, and the days and months that are not whole."""
    by_month: dict[str, list[Day]] = {}
    for day, found in calendar.days.items():
        by_month.setdefault(f"{day:%Y-%m}", []).append(found)
    lines = [(name, f"{sum(d.done for d in days):,} of {sum(d.planned for d in days):,} done") for name, days in by_month.items()]
    lines += [(name, f"missing upstream: {told(what)}") for name, what in sorted(calendar.months.items())]
    open_days = [(f"{day}", day_words(found)) for day, found in calendar.days.items() if found.state != "done"]
    if len(open_days) > MOST_DAYS:
        open_days[MOST_DAYS:] = [("and more", f"{len(open_days) - MOST_DAYS:,} days: `pressrun calendar` lists them")]
    rows = (fill('<tr><th scope="row">{}</th><td>{}</td></tr>', *line) for line in lines + open_days)
    table = (
        '<details><summary>The numbers by month, and every day that is not whole</summary><table class="days">{}</table></details>'
    )
    return fill(table, joined(rows))


def month(first: date, days: dict[date, Day]) -> Markup:
    """A month as a calendar page, Mondays on the left; days outside of the backfill are faint."""
    drawn = Markup("")
    day, last = first, _end(first)
    while day <= last:
        drawn += _cell(day, (first.weekday() + day.day - 1), days.get(day))
        day = date.fromordinal(day.toordinal() + 1)
    height = -(-(first.weekday() + last.day) // 7) * (CELL + GAP)
    figure = '<figure><figcaption>{}</figcaption><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></figure>'
    return fill(figure, f"{first:%Y-%m}", 7 * (CELL + GAP), max(height, 6 * (CELL + GAP)), f"{first:%B %Y}", drawn)


def _end(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def _cell(day: date, place: int, found: Day | None) -> Markup:
    x, y = place % 7 * (CELL + GAP), place // 7 * (CELL + GAP)
    if found is None:
        return fill('<path class="none" d="M{} {}h9v9h-9z"/>', x, y)
    words = day_words(found)
    cell = '<g><title>{}: {}</title><path class="{}" d="M{} {}h9v9h-9z"/>{}</g>'
    return fill(cell, day, words, found.state, x, y, _sign(found.state, x, y))


def _sign(state: str, x: int, y: int) -> Markup:
    """A sign in the cell, for who cannot tell the colours apart."""
    if state == "failed":
        return fill('<path class="cross" d="M{} {}l5 5m0-5l-5 5"/>', x + 2, y + 2)
    return fill('<path class="dash" d="M{} {}h5"/>', x + 2, y + 4.5) if state == "missing" else Markup("")


def day_words(day: Day) -> str:
    """What has become of a day, in words."""
    words = [f"{day.done:,} of {day.planned:,} done"] if day.planned else []
    words += [f"{day.failed:,} failed"] if day.failed else []
    words += [f"missing upstream: {told(day.missing)}"] if day.missing else []
    return ", ".join(words) or "nothing planned"
