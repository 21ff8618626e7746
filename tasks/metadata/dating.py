"""When an article was published and changed: one moment out of all that a page declares. Time is honest."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tasks.facts import Published
from tasks.metadata.dates import Moment, parse_date
from tasks.metadata.evidence import Evidence

DAY_IN_PATH = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-]?(\d{2})[/_.-]?(\d{2})(?!\d)")
MAX_DATES_OF_A_SOURCE = 20
# From UTC+14 to UTC-12: two zones of the same wall time are never further apart.
WIDEST_OFFSET = timedelta(hours=14)
Candidate = tuple[str, Moment]


def choose_published(
    evidence: Iterable[Evidence], url: str, language: str | None, captured_at: datetime | None
) -> Published | None:
    """The most trusted date that is not later than the capture; None if the markup and the address have none."""
    stated = [(e.source, raw) for e in evidence for raw in e.published[:MAX_DATES_OF_A_SOURCE]]
    parsed = [(source, moment) for source, raw in stated if (moment := parse_date(raw, language))]
    from_url = date_in_url(url)
    if from_url:
        # A <time> may belong to a related article; the day in the address tells.
        parsed = [(s, m) for s, m in parsed if s != "html" or abs(m.wall - from_url.wall) < timedelta(days=2)]
        parsed.append(("url", from_url))
    return choose_moment(parsed, captured_at)


def choose_moment(candidates: list[Candidate], captured_at: datetime | None) -> Published | None:
    """Weigh candidates in the order of trust: the first one counts, a later one may add the time or the zone to it."""
    timely = [(source, moment) for source, moment in candidates if _is_timely(moment, captured_at)]
    late = [(source, m.as_day()) for source, m in candidates if not _is_timely(m, captured_at)]
    # A time after the capture on the capture's own day: the zone is wrong, the day is not.
    usable = timely or [(source, day) for source, day in late if _is_timely(day, captured_at) and _is_recent(day, captured_at)]
    if not usable:
        return None
    source, best = next(((s, m) for s, m in usable if _completes(m, usable[0][1])), usable[0])
    if best.offset_minutes is None:
        best = best.as_day()
    return Published(best.utc, best.offset_minutes, best.precision, source)


def choose_modified(
    evidence: Iterable[Evidence], published: Published | None, language: str | None, captured_at: datetime | None
) -> datetime | None:
    """The most trusted change, between publication and capture; a time without zone counts as its day."""
    for item in evidence:
        for raw in item.modified[:MAX_DATES_OF_A_SOURCE]:
            moment = parse_date(raw, language)
            if moment is None:
                continue
            at = (moment if moment.offset_minutes is not None else moment.as_day()).utc
            if (published is None or at >= published.at) and (captured_at is None or at <= captured_at):
                return at
    return None


def date_in_url(url: str) -> Moment | None:
    """A day in the path, as ``/2024/12/03/`` or ``-20241203``; None for numbers that are no date."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = DAY_IN_PATH.search(path)
    return parse_date("-".join(found.groups())) if found else None


def _is_timely(moment: Moment, captured_at: datetime | None) -> bool:
    """Not after the capture; of a time without zone only the day is known."""
    known = moment if moment.offset_minutes is not None else moment.as_day()
    return captured_at is None or known.utc <= captured_at


def _is_recent(moment: Moment, captured_at: datetime | None) -> bool:
    return captured_at is None or captured_at - moment.utc < timedelta(days=1)


def _is_exact(moment: Moment) -> bool:
    """Zone and time known; midnight sharp is what systems write that know the day only."""
    return moment.offset_minutes is not None and moment.precision != "day" and moment.wall.time() != datetime.min.time()


def _completes(moment: Moment, first: Moment) -> bool:
    """An exact moment of the same event as ``first``: equal to it, on its day, or with the zone that its time lacks."""
    if not _is_exact(moment):
        return False
    if _is_exact(first):
        return moment == first
    if first.precision == "day" or first.offset_minutes is not None:
        return moment.wall.date() == first.wall.date()
    apart = abs(first.wall.replace(tzinfo=UTC) - moment.utc)
    return apart <= WIDEST_OFFSET and apart.total_seconds() % 900 < 60
