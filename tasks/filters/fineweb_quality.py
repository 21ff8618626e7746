"""Refuses what breaks a rule of FineWeb: Penedo et al. 2024 (arXiv 2406.17557), section 3.6.

Its lines are our paragraphs. Characters of Han and Kana count three where lines are measured. Thai and its like mark no ends of
sentences and are spared that rule.
"""

from collections.abc import Callable, Mapping

from tasks.filters._rules import Rule, make_filter
from tasks.filters._texts import Reading, ends_in_stop, width
from tasks.filters.gopher_repetition import repeated
from tasks.reasons import Reason
from tasks.records import Article, Rejection

MOST_REFUSED_SHARE_WITH_STOP = 0.12
LEAST_REFUSED_SHARE_REPEATED = 0.1
LEAST_REFUSED_SHARE_SHORT = 0.67
SHORT_LINE_CHARS = 30


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: on, or without:rule,rule; raises FixTheRun for another."""
    return make_filter("fineweb_quality", option, Reason.FINEWEB_QUALITY, RULES)


def _punctuation(reading: Reading) -> str | None:
    count, total = sum(map(ends_in_stop, reading.lines)), len(reading.lines)
    is_refused = count <= MOST_REFUSED_SHARE_WITH_STOP * total and not reading.has_no_stops
    return f"{count} of {total} lines end in it" if is_refused else None


def _repeated_lines(reading: Reading) -> str | None:
    count, total = sum(map(len, repeated(reading.lines))), sum(map(len, reading.lines))
    return f"{count} of {total} characters" if count and count >= LEAST_REFUSED_SHARE_REPEATED * total else None


def _short_lines(reading: Reading) -> str | None:
    count, total = sum(1 for line in reading.lines if width(line) < SHORT_LINE_CHARS), len(reading.lines)
    return f"{count} of {total} lines" if count and count >= LEAST_REFUSED_SHARE_SHORT * total else None


RULES: Mapping[str, Rule] = {"punctuation": _punctuation, "repeated_lines": _repeated_lines, "short_lines": _short_lines}
