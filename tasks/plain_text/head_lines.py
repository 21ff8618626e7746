"""The lines around a headline: the headline itself, when and by whom."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasks.facts import Published
from tasks.metadata.bylines import BY_WORD
from tasks.metadata.calendar_words import MONTHS
from tasks.metadata.dates import Moment, parse_date
from tasks.metadata.headline_lines import CHANGED, WEEKDAYS, by_lines
from tasks.metadata.names import PLACEHOLDER, clean_authors
from tasks.plain_text.lines import Line
from tasks.plain_text.shapes import WORDS, ends_sentence

MAX_DATE_CHARS = 120
MAX_BYLINE_CHARS = 160
# A date line says little else: a place, a weekday, "Published on".
MAX_OTHER_LETTERS = 30
MAX_LETTERS_IN_SENTENCE = 4
HALF_OF_DAY = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
PARTS = re.compile(r"\s+[|\u00b7\u2022\u2013\u2014/-]+\s+|\s*[|\u00b7\u2022;]\s*")
TOKENS_OF_DATES = re.compile(r"[\d.:,/+-]+|\b[ap]\.?m\b\.?", re.IGNORECASE)
# "By" where headline_lines.BY_LINE, made for pages of European languages, knows none.
OTHER_BY = re.compile(
    r"(?:\u0628\u0642\u0644\u0645|\u0643\u062a\u0628|\u0627\u0644\u0643\u0627\u062a\u0628|\u05de\u05d0\u05ea|\u6587[\u30fb=\uff1d:\uff1a/\uff0f]|\u64b0\u6587|\u4f5c\u8005|\u7b46\u8005|\u57f7\u7b46|"
    r"\u8bb0\u8005|\u8a18\u8005|\uae00[=:])\s*[:\uff1a\uff1d=/\u30fb]?\s*([^\d.!?\u3002]{2,40})$"
)
KOREAN_REPORTER = re.compile(r"([\uac00-\ud7a3]{2,4})\s?\uae30\uc790(?:\s*[\w.]+@[\w.]+)?$")
NAME_AND_AGENCY = re.compile(r"([^\W\d_a-z][\w.'\u2019-]*(?:\s[^\W\d_a-z][\w.'\u2019-]*){1,3}),\s*([^,]{2,40})")
# "-- Jane Doe (@jane) 3 December 2024" stands below what is quoted.
QUOTED_BY = "-\u2013\u2014"
WIDEST_OFFSET = timedelta(hours=14)
SOURCE = "text"


@dataclass(frozen=True, slots=True)
class Stated:
    """What one line states; a line that states neither is none."""

    moment: Moment | None
    authors: tuple[str, ...]


def read_statement(line: Line, language: str | None) -> Stated | None:
    """A date, names, or both, where the line says nothing else; None for others. ``language``: BCP 47."""
    text = line.text
    if len(text) > max(MAX_DATE_CHARS, MAX_BYLINE_CHARS) or text[0] in QUOTED_BY:
        return None
    authors, is_byline = _names(text)
    moment, is_dated = _moment(text, language, is_byline)
    return Stated(moment, authors) if is_byline or is_dated else None


def _names(text: str) -> tuple[tuple[str, ...], bool]:
    """People in a byline, and whether it is one: it may name an agency only."""
    if len(text) > MAX_BYLINE_CHARS:
        return (), False
    beside = NAME_AND_AGENCY.fullmatch(text)
    if beside and PLACEHOLDER.search(beside[2]) and not PLACEHOLDER.search(beside[1]) and not BY_WORD.match(text):
        return clean_authors((beside[1],)).people, True
    if PLACEHOLDER.fullmatch(text):
        return (), True
    other = OTHER_BY.match(text) or KOREAN_REPORTER.fullmatch(text)
    raw = (other[1],) if other else next((names for part in (text, *PARTS.split(text)) if (names := by_lines((part,)))), ())
    return clean_authors(raw).people, bool(raw)


def _moment(text: str, language: str | None, is_byline: bool) -> tuple[Moment | None, bool]:
    """The date in a line that holds little else, and whether it is such a line: one of a change gives no moment."""
    if len(text) > MAX_DATE_CHARS or not any(char.isdigit() for char in text):
        return None, False
    for part in dict.fromkeys((text, *PARTS.split(text))):
        changed = CHANGED.search(part)
        moment = parse_date(part[: changed.start()] if changed else part, language)
        if moment and (is_byline or _says_little_else(part)):
            return moment, True
    is_change = CHANGED.search(text) is not None and parse_date(text, language) is not None
    return None, is_change and _says_little_else(text)


def _says_little_else(text: str) -> bool:
    """Beside the date a place, a weekday, "Published on"; in what ends as a sentence does, nothing."""
    words = (word for word in WORDS.findall(TOKENS_OF_DATES.sub(" ", text.lower())) if word not in MONTHS and word not in WEEKDAYS)
    is_sentence = ends_sentence(text) and not HALF_OF_DAY.search(text)
    return sum(map(len, words)) <= (MAX_LETTERS_IN_SENTENCE if is_sentence else MAX_OTHER_LETTERS)


def published_at(moment: Moment, captured_at: datetime | None) -> Published | None:
    """A moment as it is stored; a time without zone stays, as local. None for one that is later than the capture."""
    if captured_at is None or moment.utc - _leeway(moment) <= captured_at:
        precision = moment.precision
        if moment.offset_minutes is None and precision != "day":
            precision = f"local_{precision}"
        return Published(moment.utc, moment.offset_minutes, precision, SOURCE)
    day = moment.as_day()
    # A time after the capture on the capture's own day: the zone is wrong, the day is not.
    return Published(day.utc, None, "day", SOURCE) if day.utc <= captured_at else None


def _leeway(moment: Moment) -> timedelta:
    """A clock of unknown zone may be ahead of UTC by so much."""
    return WIDEST_OFFSET if moment.offset_minutes is None and moment.precision != "day" else timedelta()
