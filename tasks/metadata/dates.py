"""From the date that a page wrote to a moment, its zone and its precision. Strict: what is not surely a date is none."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tasks.metadata.calendar_words import CENTRAL_BY_LANGUAGE, MONTHS, SEASONAL, ZONES

MAX_CHARS = 120
# Before the Web there were no news pages: earlier dates are defaults of some system (1970-01-01, 0001-01-01).
FIRST_YEAR = 1990
# CLDR: regions whose short dates begin with the month.
MONTH_FIRST_REGIONS = {"us", "ph"}
EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?")
ISO = re.compile(
    r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})"
    r"(?:(?:\s*t\s*|[\s_,]+|:)(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,:]\d{1,9})?)?(?P<rest>.*))?"
)
OFFSET = re.compile(r"(?:utc|gmt|z)?\s*([+-])(\d{1,2}):?(\d{2})?(?::?00)?\s*(?:\([\w\s.,+:/-]*\))?")
ZONE_NAME = re.compile(r"\(?([a-z]{1,4})\)?")
CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:h.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?![\d:])(?!\.\d)"
)
OFFSET_AFTER = re.compile(r"\s*(?:utc|gmt)?\s*[+-]\d{2}:?\d{2}(?!\d)(?:\s*\([^)]*\))?|\s*(?:utc|gmt)\s*[+-]\d{1,2}(?!\d)")
NAME_AFTER = re.compile(r"\s*\(?\b([a-z]{1,4})\b\)?")
DAY_MONTH = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s.\-/]*(?:de |of )?(?P<name>[^\W\d_]{3,13})\b\.?,?[\s.\-/]*"
    r"(?:de |del )?(?P<year>\d{4})(?!\d)"
)
MONTH_DAY = re.compile(r"(?P<name>[^\W\d_]{3,13})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?![\d:])")
YEAR_MONTH_DAY = re.compile(
    r"(?<!\d)(?P<year>\d{4})\.?\s+(?:m\.\s+)?(?P<name>[^\W\d_]{3,13})\.?\s+(?P<day>\d{1,2})(?!\d)\.?(?:\s+d\b\.?)?"
)
MONTH_DAY_TIME_YEAR = re.compile(r"(?P<name>[a-z]{3})\s+(?P<day>\d{1,2})\s+(?P<time>[\d:]{8}\s+[a-z+:\d-]+)\s+(?P<year>\d{4})")
NUMERIC = re.compile(r"(?<!\d)(?P<first>\d{1,2})(?P<sep>[./-])\s?(?P<second>\d{1,2})(?P=sep)\s?(?P<year>\d{4})(?!\d)")
YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})\s?[-./年년]\s?(?P<month>\d{1,2})\s?[-./月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日일.]?")
ZONE_IN_BRACKETS = re.compile(r"\[[\w/+-]+\]$")
ASIAN_HALVES = {"오전": "am", "午前": "am", "上午": "am", "오후": "pm", "午後": "pm", "下午": "pm"}
ASIAN_HALF = re.compile(r"(오전|오후|午前|午後|上午|下午)\s*(\d{1,2}:\d{2}(?::\d{2})?)")
EAST_ASIAN_CLOCK = re.compile(
    r"(?P<half>오전|오후|午前|午後|上午|下午)?\s*(?P<hour>\d{1,2})\s?[時时시點点]\s?(?P<minute>\d{1,2})\s?[分분]"
)
MAX_REST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written: wall time without zone, minutes east of UTC (None: not written), ``second | minute | day``."""

    wall: datetime
    offset_minutes: int | None
    precision: str

    @property
    def utc(self) -> datetime:
        """The moment in UTC; a day without zone begins at 00:00 UTC."""
        offset = timedelta(minutes=self.offset_minutes or 0)
        return (self.wall - offset).replace(tzinfo=UTC)

    def as_day(self) -> "Moment":
        """The same date without its time."""
        return Moment(datetime.combine(self.wall.date(), time()), None, "day")


def parse_date(raw: str, language: str | None = None) -> Moment | None:
    """Read one date: ISO 8601, RFC 5322, epoch seconds or milliseconds, or as people write it in some 23 languages.

    ``language`` (BCP 47) tells the order of day and month where the numbers do not.
    """
    return _parse(raw[:MAX_CHARS], language)


# A page says the same date in many places, and may have it parsed by several readers.
@lru_cache(maxsize=256)
def _parse(raw: str, language: str | None) -> Moment | None:
    text = " ".join(unicodedata.normalize("NFKC", raw).lower().split()).replace("\u2212", "-")
    # Java appends the zone's name to the offset.
    text = ZONE_IN_BRACKETS.sub("", text)
    try:
        found = _read_epoch(text) or _read_iso(text, language) or _read_written(text, language)
        return found if found and found.wall.year >= FIRST_YEAR and found.utc else None
    except (ValueError, OverflowError):
        # 31 February, 25 o'clock, the year 10000: looks like a date and is none.
        return None


def _read_epoch(text: str) -> Moment | None:
    found = EPOCH.fullmatch(text)
    if not found:
        return None
    return Moment(datetime.fromtimestamp(int(found[1]), UTC).replace(tzinfo=None), 0, "second")


def _read_iso(text: str, language: str | None) -> Moment | None:
    found = ISO.fullmatch(text)
    if not found:
        return None
    day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    if found["hour"] is None:
        return _day(day)
    rest = found["rest"].strip()
    half = re.match(r"([ap])\.?m\.?\s*", rest)
    clock = _clock(found["hour"], found["minute"], found["second"], half[1] if half else None)
    zone = rest[half.end() :] if half else rest
    return _moment(day, clock, "second" if found["second"] else "minute", _offset(zone, day, language))


def _clock(hour: str, minute: str | None, second: str | None, half: str | None) -> timedelta:
    """Time since midnight; 24:00 is the next midnight (ISO 8601-1:2019), 12 a.m. is 0:00. Raises ValueError."""
    hours, minutes, seconds = int(hour), int(minute or 0), min(59, int(second or 0))
    if half and not 1 <= hours <= 12 and not 13 <= hours <= 23:
        raise ValueError(f"{hour} {half}m")
    if half and hours <= 12:
        hours = hours % 12 + (12 if half == "p" else 0)
    if minutes > 59 or hours > 24 or (hours == 24 and minutes + seconds > 0):
        raise ValueError(f"{hour}:{minute}")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _moment(day: date, clock: timedelta, precision: str, offset: int | None) -> Moment:
    return Moment(datetime.combine(day, time()) + clock, offset, precision)


def _day(day: date) -> Moment:
    return Moment(datetime.combine(day, time()), None, "day")


def _offset(zone: str, day: date, language: str | None) -> int | None:
    """Minutes east of UTC for ``+01:00``, ``gmt+1``, ``est``, ``et``; None where nothing known is written."""
    numeric = OFFSET.fullmatch(zone.strip())
    if numeric:
        minutes = int(numeric[2]) * 60 + int(numeric[3] or 0)
        return (minutes if numeric[1] == "+" else -minutes) if minutes <= 14 * 60 else None
    named = ZONE_NAME.fullmatch(zone.strip())
    if not named:
        return None
    if named[1] == "cst":
        return CENTRAL_BY_LANGUAGE.get((language or "").lower()[:2])
    if named[1] in SEASONAL:
        shift = datetime.combine(day, time(12), ZoneInfo(SEASONAL[named[1]])).utcoffset()
        return int(shift.total_seconds() // 60) if shift is not None else None
    return ZONES.get(named[1])


def _read_written(text: str, language: str | None) -> Moment | None:
    text = ASIAN_HALF.sub(lambda found: f"{found[2]} {ASIAN_HALVES[found[1]]}", text)
    text = MONTH_DAY_TIME_YEAR.sub(r"\g<name> \g<day> \g<year> \g<time>", text)
    found, day = _find_day(text, language)
    if found is None or day is None:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    asian = EAST_ASIAN_CLOCK.search(rest)
    if asian:
        half = ASIAN_HALVES.get(asian["half"] or "")
        return _moment(day, _clock(asian["hour"], asian["minute"], None, half[0] if half else None), "minute", None)
    clock = next((c for c in CLOCK.finditer(rest) if c["minute"] or c["half"]), None)
    if clock is None:
        return None if _has_more(rest) else _day(day)
    after = rest[clock.end() :]
    zone = OFFSET_AFTER.match(after) or _named_zone(after)
    if _has_more(rest[: clock.start()] + (after[zone.end() :] if zone else after)):
        return None
    since = _clock(clock["hour"], clock["minute"], clock["second"], clock["half"])
    return _moment(day, since, "second" if clock["second"] else "minute", _offset(zone[0], day, language) if zone else None)


def _named_zone(after: str) -> re.Match[str] | None:
    found = NAME_AFTER.match(after)
    return found if found and (found[1] in ZONES or found[1] in SEASONAL or found[1] == "cst") else None


def _has_more(rest: str) -> bool:
    """More than a weekday and words such as "Published on": numbers that we did not read, or a sentence."""
    return any(c.isdigit() for c in rest) or sum(c.isalpha() for c in rest) > MAX_REST_LETTERS


def _find_day(text: str, language: str | None) -> tuple[re.Match[str] | None, date | None]:
    found = YEAR_FIRST.search(text)
    if found:
        return found, date(int(found["year"]), int(found["month"]), int(found["day"]))
    for pattern in (DAY_MONTH, MONTH_DAY, YEAR_MONTH_DAY):
        found = pattern.search(text)
        if found and found["name"] in MONTHS:
            return found, date(int(found["year"]), MONTHS[found["name"]], int(found["day"]))
    found = NUMERIC.search(text)
    if not found:
        return None, None
    day, month = int(found["first"]), int(found["second"])
    if _is_month_first(day, month, found["sep"], language):
        day, month = month, day
    elif day <= 12 and day != month and found["sep"] != "." and not _is_day_first(language):
        return None, None
    return found, date(int(found["year"]), month, day)


def _is_month_first(first: int, second: int, separator: str, language: str | None) -> bool:
    if second > 12:
        return True
    return separator != "." and first <= 12 and (language or "").lower().replace("_", "-").rpartition("-")[2] in MONTH_FIRST_REGIONS


def _is_day_first(language: str | None) -> bool:
    """Every declared language but English without a region: that one may be American."""
    return bool(language) and (language or "").lower() != "en"
