"""Dates of archives: WARC-Date in every precision, and the digits of ARC."""

import re
from datetime import UTC, datetime, timedelta

from tasks.shards import TIME_IN_NAME

_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?\d{0,3}", re.ASCII)
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?)?)? ?(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d))?",
    re.ASCII | re.IGNORECASE,
)


def parse_date(text: str | None) -> datetime | None:
    """Read an archive's date as UTC, missing parts taken as their first; None where it is no date."""
    stripped = text.strip() if text else ""
    try:
        if match := _DIGITS.fullmatch(stripped):
            return _moment(list(match.groups()))
        if match := _ISO.fullmatch(stripped):
            return _moment(list(match.groups()[:6])) + _fraction(match[7]) - _offset(match[8], match[9], match[10])
    except (ValueError, OverflowError):
        return None
    return None


def date_in_name(address: str) -> datetime | None:
    """The time that an archive's name tells, UTC; None where it tells none."""
    match = TIME_IN_NAME.search(address.rsplit("/", 1)[-1])
    return parse_date(match[1]) if match else None


def _moment(parts: list[str | None]) -> datetime:
    year, month, day = (int(part or 1) for part in parts[:3])
    hour, minute, second = (int(part or 0) for part in parts[3:6])
    # A leap second is the last one that datetime knows.
    return datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)


def _fraction(digits: str | None) -> timedelta:
    return timedelta(microseconds=int(f"{digits or 0:0<6}"[:6]))


def _offset(sign: str | None, hours: str | None, minutes: str | None) -> timedelta:
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return -ahead if sign == "-" else ahead
