"""The dates of feeds and sitemaps, as people write them: W3C in every precision, RFC 822, and numbers with dots."""

import re
from datetime import UTC, datetime, timedelta

MAX_CHARS = 100
# Before the Web there were no news pages: earlier dates are defaults of some system.
FIRST_YEAR = 1990
EPOCH = re.compile(r"(\d{10})(\d{3})?")
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
ZONE = r"(?P<zone>.*)"
W3C = re.compile(rf"(?P<year>\d{{4}})(?:[-/.]?(?P<month>\d{{2}})(?:[-/.]?(?P<day>\d{{2}})(?:[t\s,_]+{CLOCK}{ZONE})?)?)?")
DOTTED = re.compile(
    rf"(?:[^\W\d]+[.,]*\s+)?(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}})(?:[\s,-]+{CLOCK}{ZONE})?"
)
DAY_FIRST = re.compile(
    rf"(?:[^\W\d]+[.,]*\s*)?(?P<day>\d{{1,2}})[\s.-]+(?P<name>[^\W\d]+)\.?[\s,-]+(?P<year>\d{{4}}|\d{{2}})(?:[\s,]+{CLOCK}{ZONE})?"
)
MONTH_FIRST = re.compile(
    rf"(?:[^\W\d]+[.,]\s*)?(?P<name>[^\W\d]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:[\s,]+{CLOCK}{ZONE})?"
)
HALF_DAY = re.compile(r"[ap]\.?m\b")
OFFSET = re.compile(r"(?:utc|gmt|z)?\s*(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\b.*")
# Three letters tell the months of English, German, Dutch, French, Spanish, Italian and Portuguese, but for June and July.
MONTHS = {
    letters: number
    for number, names in enumerate(
        (
            "jan ene gen jän",
            "feb fév fev",
            "mar mär mrz maa mrt",
            "apr avr abr",
            "may mai mei mag",
            "jun juin giu",
            "jul juil lug",
            "aug aoû ago aou",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec dez dic déc",
        ),
        1,
    )
    for letters in names.split()
}
ZONE_HOURS = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "ast": -4, "adt": -3, "nst": -3.5, "brt": -3, "art": -3, "bst": 1, "ist": 5.5, "wet": 0, "west": 1, "cet": 1, "cest": 2,
    "mez": 1, "mesz": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "sast": 2, "gst": 4, "pkt": 5, "wib": 7,
    "ict": 7, "hkt": 8, "sgt": 8, "pht": 8, "kst": 9, "jst": 9, "aest": 10, "aedt": 11, "acst": 9.5, "awst": 8,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip


def read_date(text: str) -> datetime | None:
    """A moment in UTC; a day, month or year without more begins at 00:00 UTC, a time without a zone is UTC. None for no date."""
    plain = " ".join(text[:MAX_CHARS].lower().split())
    try:
        return _epoch(plain) or _written(plain)
    except (ValueError, OverflowError):
        # 31 February, 25 o'clock: looks like a date and is none.
        return None


def _epoch(plain: str) -> datetime | None:
    found = EPOCH.fullmatch(plain)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _written(plain: str) -> datetime | None:
    found = W3C.fullmatch(plain) or DOTTED.fullmatch(plain) or DAY_FIRST.fullmatch(plain) or MONTH_FIRST.fullmatch(plain)
    if found is None:
        return None
    parts = found.groupdict()
    year = _year(parts["year"])
    month = _month(parts["name"]) if "name" in parts else int(parts["month"] or 1)
    if year < FIRST_YEAR or not month:
        return None
    hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0)
    # 24:00 is the next midnight, 23:59:60 a leap second.
    clock = timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    if minute > 59 or clock > timedelta(days=1):
        return None
    return datetime(year, month, int(parts["day"] or 1), tzinfo=UTC) + clock - _offset(parts["zone"] or "")


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= FIRST_YEAR % 100 else 2000)


def _month(name: str) -> int | None:
    return MONTHS.get(name[:4]) or MONTHS.get(name[:3])


def _offset(zone: str) -> timedelta:
    zone = zone.strip(" ()")
    if zone in ("", "z", "gmt", "utc"):
        return timedelta()
    if HALF_DAY.match(zone):
        raise ValueError(zone)
    found = OFFSET.fullmatch(zone)
    if not found:
        # An unknown zone is read as UTC: hours off, and still the right place among the news.
        return timedelta(hours=ZONE_HOURS.get(zone, 0))
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if offset > timedelta(hours=15):
        raise ValueError(zone)
    return -offset if found["sign"] == "-" else offset
