"""Refuses what breaks a quality rule of Gopher: Rae et al. 2021 (arXiv 2112.11446), appendix A.1.1, "Quality filtering".

The paper's lines are our paragraphs, its bullets also our ``- item``. Words: see tasks/filters/_texts.py. The stop words are asked
of English alone; the length of words only of alphabets (of Latin to Arabic scripts), for it means nothing in others.
"""

import re
from collections.abc import Callable, Mapping

from tasks.filters._rules import Rule, make_filter
from tasks.filters._texts import LETTER_OR_DIGIT, Reading
from tasks.reasons import Reason
from tasks.records import Article, Rejection

LEAST_WORDS, MOST_WORDS = 50, 100_000
LEAST_MEAN_LETTERS, MOST_MEAN_LETTERS = 3, 10
MOST_SYMBOLS_PER_WORD = 0.1
MOST_BULLET_LINES = 0.9
MOST_ELLIPSIS_LINES = 0.3
LEAST_ALPHABETIC_WORDS = 0.8
STOP_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with"))
LEAST_STOP_WORDS = 2
# FineWeb's bound (Penedo et al. 2024, section 3.3): below it much of the text is in another language.
LEAST_ENGLISH = 0.65

BULLETS = ("- ", "* ", "\u2022", "\u2023", "\u25aa", "\u25cf", "\u25e6", "\u00b7")
ELLIPSES = ("...", "\u2026")
LETTER = re.compile(r"[^\W\d_]")
# From Devanagari on: syllables, signs and ideographs.
NO_ALPHABET = re.compile("[\u0900-\u1cff\u2e80-\ud7ff]")


def make(option: str) -> Callable[[Article], Rejection | None]:
    """``option``: on, or without:rule,rule; raises FixTheRun for another."""
    return make_filter("gopher_quality", option, Reason.GOPHER_QUALITY, RULES)


def _words(reading: Reading) -> str | None:
    count = int(reading.word_count)
    return None if LEAST_WORDS <= count <= MOST_WORDS else f"{count} words"


def _word_length(reading: Reading) -> str | None:
    words = reading.words
    if not words or NO_ALPHABET.search(reading.text):
        return None
    mean = sum(map(len, words)) / len(words)
    if not LEAST_MEAN_LETTERS <= mean <= MOST_MEAN_LETTERS:
        # Only now without the marks that stand at words.
        mean = sum(len(LETTER_OR_DIGIT.findall(word)) for word in words) / len(words)
    return None if LEAST_MEAN_LETTERS <= mean <= MOST_MEAN_LETTERS else f"{mean:.1f} letters a word"


def _symbols(reading: Reading) -> str | None:
    text = reading.text
    most = max(text.count("#"), sum(map(text.count, ELLIPSES)))
    return f"{most} # or ellipses in {int(reading.word_count)} words" if most > MOST_SYMBOLS_PER_WORD * reading.word_count else None


def _bullets(reading: Reading) -> str | None:
    return _share(reading.lines, lambda line: line.startswith(BULLETS), MOST_BULLET_LINES)


def _ellipses(reading: Reading) -> str | None:
    return _share(reading.lines, lambda line: line.endswith(ELLIPSES), MOST_ELLIPSIS_LINES)


def _share(lines: list[str], asks: Callable[[str], bool], most: float) -> str | None:
    count = sum(map(asks, lines))
    return f"{count} of {len(lines)} lines" if count > most * len(lines) else None


def _alphabetic(reading: Reading) -> str | None:
    without = sum(1 for word in reading.words if not word.isalpha() and not LETTER.search(word))
    share = 1 - without / reading.word_count if without else 1.0
    return f"{share:.2f} of the words have a letter" if share < LEAST_ALPHABETIC_WORDS else None


def _stop_words(reading: Reading) -> str | None:
    if reading.language != "en" or reading.language_score < LEAST_ENGLISH:
        return None
    found = STOP_WORDS.intersection(reading.text.lower().split())
    return f"{len(found)} of them" if len(found) < LEAST_STOP_WORDS else None


RULES: Mapping[str, Rule] = {
    "words": _words,
    "word_length": _word_length,
    "symbols": _symbols,
    "bullets": _bullets,
    "ellipses": _ellipses,
    "alphabetic": _alphabetic,
    "stop_words": _stop_words,
}
