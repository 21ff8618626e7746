"""What two lines must share to be the same line: case, white space and the marks around them do not count."""

import re
from functools import lru_cache
from hashlib import blake2b

from tasks.metadata.calendar_words import MONTHS
from tasks.metadata.headline_lines import WEEKDAYS

TYPOGRAPHY = (
    *((quote, "'") for quote in "\u2018\u2019\u201a"),
    *((quote, '"') for quote in "\u201c\u201d\u201e\u00ab\u00bb"),
    *((dash, "-") for dash in "\u2010\u2011\u2012\u2013\u2014\u2212"),
)
AROUND = " \t:|-*_.,;\"'>\u2022\u25cf\u25aa\u00b7\u203a\u2192\u25ba\u25b6\u200e\u200f"
NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
WORD = re.compile(r"[^\W\d_]+")
MASK = "#"
CALENDAR = MONTHS.keys() | WEEKDAYS


def fold(text: str) -> str:
    """The line as lines are compared: lower case, plain quotes and dashes, single spaces, no marks around it."""
    folded = " ".join(text.casefold().split())
    if not folded.isascii():
        # Several times faster than str.translate, which asks a dict for every letter.
        for mark, plain in TYPOGRAPHY:
            folded = folded.replace(mark, plain)
    return folded.strip(AROUND) or folded


def mask(folded: str) -> str:
    """A folded line with every number, month and day of the week as ``#``."""
    words = WORD.sub(lambda word: MASK if word[0] in CALENDAR else word[0], folded)
    return NUMBER.sub(MASK, words)


@lru_cache(maxsize=65_536)
def hash64(text: str) -> int:
    """64 bits, unsigned; the same on every machine and for ever."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def line_hash(text: str) -> int:
    """What a line is known by in rows."""
    return hash64(fold(text))


def asked_hash(text: str) -> int:
    """What a person's line is known by: as written, but where it has a ``#`` in it that stands for any number, month or day."""
    folded = fold(text)
    return hash64(mask(folded) if MASK in folded else folded)


def hashes_of(text: str) -> tuple[int, int]:
    """A line as ``asked_hash`` may know it: exactly, and masked."""
    folded = fold(text)
    return hash64(folded), hash64(mask(folded))


def low_bits(value: int) -> int:
    """32 bits of a hash, never 0: that stands for none."""
    return value & 0xFFFFFFFF or 1
