"""What a line looks like, in any script: how much it says, and whether it says it in sentences."""

import re

MAX_LOOKED_AT = 2_000
# Han, kana, Hangul, full-width forms: one of them says what two or three Latin letters say.
WIDE = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60]")
WIDE_WEIGHT = 2.5
STOPS = frozenset(".!?\u2026\u3002\uff01\uff1f\uff0e\uff61\u061f\u06d4\u0964\u0965\u1362\u104b\u17d4\u0589\u203d")
QUESTION_MARKS = frozenset("?\uff1f\u061f\u037e")
CLOSERS = " \"'\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a)]}\uff09\u300d\u300f\u3011\u300b*_\u200f\u200e"
ELLIPSES = ("...", "\u2026", "..")
INNER_STOP = re.compile(r"[^\W\d_]{2,}[.!?]['\"\u2019\u201d)]?\s+\S|[\u3002\uff01\uff1f\u06d4\u0964]")
PAUSE = re.compile("[,;:\u3001\uff0c\u060c\u061b\uff1b]")
BULLET = re.compile(r"(?:[-*\u2022\u25cf\u25aa\u25e6\u2023\u2043\u00b7\u2013\u2014]|\(?\d{1,3}[.)]|\(?[a-z]\))\s")
WORDS = re.compile(r"[^\W\d_]+")
SENTENCE_SIZE = 55
PARAGRAPH_SIZE = 150


def size_of(text: str) -> float:
    """How much a line says, in Latin letters; at most that of its first 2,000 characters."""
    head = text[:MAX_LOOKED_AT]
    return len(head) if head.isascii() else len(head) + (WIDE_WEIGHT - 1) * len(WIDE.findall(head))


def last_mark(text: str) -> str:
    """The last character that is no quotation mark or bracket; empty if there is none."""
    return text[-40:].rstrip(CLOSERS)[-1:]


def ends_sentence(text: str) -> bool:
    """The line ends as a sentence does, in one of some dozen scripts."""
    return last_mark(text) in STOPS


def is_question(text: str) -> bool:
    """The line ends with a question mark."""
    return last_mark(text) in QUESTION_MARKS


def is_cut_off(text: str) -> bool:
    """The line ends with dots, as teasers do."""
    return text.endswith(ELLIPSES)


def is_bullet(text: str) -> bool:
    """An item of a list, with its mark."""
    return BULLET.match(text) is not None


def is_prose(text: str, size: float) -> bool:
    """Surely sentences: long enough and ended, or very long and not a row of links."""
    if size < SENTENCE_SIZE:
        return False
    if ends_sentence(text) and not (is_cut_off(text) and size < PARAGRAPH_SIZE):
        return True
    head = text[:MAX_LOOKED_AT]
    return size >= PARAGRAPH_SIZE and (INNER_STOP.search(head) is not None or len(PAUSE.findall(head)) > 1) and not _is_row(head)


def _is_row(text: str) -> bool:
    """Words that begin with a capital letter, most of them: links side by side."""
    words: list[str] = [word for word in WORDS.findall(text) if len(word) > 2]
    return sum(word[0].isupper() for word in words) * 2 > len(words)
