"""Refuses what C4 would have left out or nearly emptied: Raffel et al. 2020 (JMLR 21:140), section 2.2.

C4 drops lines and then judges the page. Here nothing is dropped: an article is refused when the lines that C4 keeps (our
paragraphs) have too few sentences. Lines that C4 drops for their words, and placeholder text, are known by English words: they are
asked of English and of texts in no known language. C4's list of bad words is not used: it takes whole subjects away. Thai and its
like mark no ends of sentences and are spared that rule.
"""

import re
from collections.abc import Callable, Mapping

from tasks.filters._rules import Rule, make_filter
from tasks.filters._texts import Reading, count_words, ends_in_stop
from tasks.reasons import Reason
from tasks.records import Article, Rejection

LEAST_SENTENCES = 3
LEAST_LINE_WORDS = 5
ENGLISH_OR_UNKNOWN = frozenset(("en", "la", None))
NOTICES = re.compile(r"javascript|terms of use|privacy policy|cookie policy|uses? (?:of )?cookies", re.IGNORECASE)
PLACEHOLDER = re.compile("lorem ipsum", re.IGNORECASE)
# Marks of Wikipedia, which C4's code takes away first.
CITATIONS = re.compile(r"(?:\[\d{0,4}\]|\[edit\]|\[citation needed\])+$")
ELLIPSES = ("...", "\u2026")
SENTENCE_END = re.compile(
    r"[.!?\u061f\u06d4\u0964\u0965\u0589\u1362\u104b\u17d4]+[\"'\u201d\u2019\u00bb)\]]*(?=\s|$)|[\u3002\uff01\uff1f\uff61]+"
)


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: on, or without:rule,rule; raises FixTheRun for another."""
    return make_filter("c4_quality", option, Reason.C4_QUALITY, RULES)


def _sentences(reading: Reading) -> str | None:
    if reading.has_no_stops:
        return None
    knows_notices = reading.language in ENGLISH_OR_UNKNOWN
    count = 0
    for line in reading.lines:
        if _is_kept(line) and not (knows_notices and NOTICES.search(line)):
            count += max(1, len(SENTENCE_END.findall(line)))
            if count >= LEAST_SENTENCES:
                return None
    return f"{count} in whole lines"


def _is_kept(line: str) -> bool:
    line = CITATIONS.sub("", line) if line.endswith("]") else line
    return ends_in_stop(line) and not line.endswith(ELLIPSES) and count_words(line) >= LEAST_LINE_WORDS


def _curly_brackets(reading: Reading) -> str | None:
    count = reading.text.count("{")
    return f"{count} of them" if count else None


def _lorem_ipsum(reading: Reading) -> str | None:
    found = reading.language in ENGLISH_OR_UNKNOWN and PLACEHOLDER.search(reading.text)
    return f"at character {found.start()}" if found else None


RULES: Mapping[str, Rule] = {"sentences": _sentences, "curly_brackets": _curly_brackets, "lorem_ipsum": _lorem_ipsum}
