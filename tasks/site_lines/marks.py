"""What one line tells by itself about whether it could be its site's."""

# ruff: noqa: RUF001 - Cyrillic letters look like Latin ones

import re
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache

from tasks.plain_text.cues import ASKS, LEADS
from tasks.plain_text.kinds import AGENCY_ALONE, CREDIT_LOOK_BACK, IN_BRACKETS, MAX_ASKING_SIZE, Kind, is_caption, kind_of
from tasks.plain_text.lines import Line, make_line
from tasks.plain_text.shapes import is_bullet, is_question
from tasks.site_lines.folding import CALENDAR, NUMBER, WORD, fold, hash64, low_bits, mask

# Longer than this it is read as sentences, with or without a full stop.
MAX_LABEL_SIZE = 130
MAX_CUE_CHARS = 240
# Longer sentences are no buttons by all their letters.
MAX_CUE_KEY_CHARS = 60
MAX_INITIALS = 4
SIGNED_BY = re.compile(r"\s*[/,;|\u2013\u2014-]\s*")
MIN_HEADLINE_SIZE = 20
MAX_LEAD_CHARS = 40
# A place, "Published on": what a date line says besides.
MAX_OTHER_LETTERS = 24
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{4}\s*\u5e74|\d{4}\s*\ub144")
YEAR_OR_DAY = re.compile(r"\b(?:(?:19|20)\d\d|[0-3]?\d)\b")
LABELLED = re.compile(r"[^:\uff1a]{1,30}[:\uff1a]\s*\S")
SOURCE = re.compile(
    r"(?:sources?|quellen?|fuentes?|fontes?|kaynak|\u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a|\u6765\u6e90|\u4f86\u6e90|\u51fa\u5178)\s*[:\uff1a]",
    re.IGNORECASE,
)
LEAD_END = re.compile(r"[:\uff1a|\u00bb\u203a>]\s*")
QUOTES = tuple("\"'\u2018\u201c\u201e\u00ab\u300c\u2039")
# A verse, the first half of something.
GOES_ON = tuple(",;\u3001\uff0c\u060c-\u2013\u2014")
CREDIT_MARKS = ("\u00a9", "/", "|")
PICTURE_WORDS = tuple(
    "photo foto bild picture imag credit crédit фото kuva 写真 画像 图 사진 صورة getty shutterstock caption".split()
)
YEAR = re.compile(r"(?:19|20)\d\d")
# Words in which a site speaks of itself and to its readers, each from the start of a word. News is seldom told in them.
_TALK = r"""
views? (?:and opinions )?expressed|opinions? expressed|do(?:es)? not (?:necessarily )?(?:reflect|represent)|(?:originally|first)
 (?:appeared|published|ran)\b|republish|creative commons|rights? reserved|cookies?\b|newsletter|subscrib|support (?:us|our)\b|
donat(?:e|ion)|follow (?:us|him|her|me|them)\b|join (?:us|our)\b|our (?:app|website|reporters?|journalism|channel|standards)\b|
this (?:article|story|post) (?:was|has been|is)\b|contact (?:us|the author|the (?:news ?room|editor))|e-?mail (?:us|the)\b|
write to us\b|https?:|www\.|dieser (?:artikel|beitrag|text)|unsere? (?:newsletter|app|redaktion)|folgen sie|
abonn|alle rechte|cet article|notre (?:newsletter|application|site)|suivez|droits réservés|este art[ií]culo|
esta (?:nota|noticia|mat[eé]ria)|s[ií]guenos|suscr[ií]b|assine|siga[- ]nos|(?:derechos|direitos) reservados|questo articolo|
seguici|iscriviti|dit artikel|volg ons|ten artykuł|wszelkie prawa|подпис|наш(?:ем|его)? (?:канал|сайт)|все права|bu haber|abone
"""
TALK = re.compile(r"\b(?:" + _TALK.replace("\n", "") + ")")
# One of these stands in nearly every notice: finding none of them is quick.
HINTS = (
    *("newsletter", "cookie", "sign up", "subscri", "log in", "account", "agree", "accept", "reserved", "javascript", "commission"),
    *("e-mail", "affiliate", "captcha", "rechte", "droits", "derechos", "direitos", "diritti", "riservat", "права", "saklı"),
    *("rechten", "prawa", "転載", "转载", "版权", "版權", "무단", "حقوق", "published", "registered", "terms"),
)
SENTENCE_ENDS = re.compile(r"[^\W\d_]{3}[.!?\u2026]+ ")
MAX_CAPTION_SENTENCES = 2


class Mark(IntFlag):
    """The closed list; 16 bits."""

    # No line of the text: the article's title, or the headline behind "Read more:".
    TITLE = 1
    REST = 2
    # A button or an appeal by its words alone.
    CUE = 4
    # Says what a picture shows, with its credit.
    CAPTION = 8
    # Sentences stand around no article unless its site says them everywhere.
    SENTENCE = 16
    # Body by its shape: a sentence that does not speak of the site, an item, a row, a number, a value behind its label.
    WEIGHTY = 32
    # Long enough for a headline that no other article has by chance.
    HEADLINE = 64
    # What stands around it shows that it belongs to the body: a list begins below, or it comes again as refrains do.
    INWARD = 128
    # Words of a site that speaks of itself.
    TALK = 256
    # No line of the text: the reader of plain text took it for the site's on this page.
    ASIDE = 512


# As plain numbers: an enum's operators take more time than all else here.
CUE, CAPTION, SENTENCE, WEIGHTY, HEADLINE, INWARD = map(
    int, (Mark.CUE, Mark.CAPTION, Mark.SENTENCE, Mark.WEIGHTY, Mark.HEADLINE, Mark.INWARD)
)
KIND_MARKS = {Kind.FURNITURE: CUE, Kind.END: CUE, Kind.NOTICE: CUE, Kind.CAPTION: CAPTION}


@dataclass(frozen=True, slots=True)
class Marked:
    """``line`` is the hash of the whole line; ``mask`` that of what may change in it left out, 0: nothing may.

    ``rest``: hash of the headline behind words that lead to it, 0: none.
    """

    line: int
    mask: int
    rest: int
    marks: int


@lru_cache(maxsize=65_536)
def mark_line(text: str) -> Marked:
    """All that is to be known of one line that is not empty."""
    line, folded = make_line(text), fold(text)
    marks = _kind_marks(line)
    if (line.ends and not (is_question(text) and line.size <= MAX_LABEL_SIZE)) or line.size > MAX_LABEL_SIZE:
        marks |= SENTENCE
    if not text.startswith(QUOTES) and ("@" in folded or TALK.search(folded) or SOURCE.match(text)):
        marks |= int(Mark.TALK)
    elif is_weighty(text, bool(marks & SENTENCE)):
        marks |= WEIGHTY
    if is_headline(folded, line.size):
        marks |= HEADLINE
    if text.endswith((":", "\uff1a")):
        marks |= INWARD
    lead, rest = _split_lead(text) if marks & CUE else ("", "")
    masked = fold(lead) if lead else mask(folded) if marks & CUE or is_date_line(folded) else folded
    is_worth = bool(rest) and is_headline(fold(rest), len(rest))
    return Marked(hash64(folded), low_bits(hash64(masked)) if masked != folded else 0, hash64(fold(rest)) if is_worth else 0, marks)


def _kind_marks(line: Line) -> int:
    """Asking what a line is takes the most time of all: a sentence is asked only where a word hints at an answer."""
    text = line.text
    if len(text) > MAX_CUE_CHARS or (len(text) > MAX_CUE_KEY_CHARS and line.ends and not may_be_cue(text)):
        return CAPTION if may_end_in_credit(text) and _is_credited(text) else 0
    kind = kind_of(line)
    return 0 if kind is Kind.CAPTION and not _is_credited(text) else KIND_MARKS.get(kind, 0)


def may_be_cue(sentence: str) -> bool:
    """Cheap: a sentence of more than a few words that could be a site's appeal or notice."""
    lowered = sentence.lower()
    return (len(sentence) <= MAX_ASKING_SIZE and ASKS.match(lowered) is not None) or any(hint in lowered for hint in HINTS)


def may_end_in_credit(text: str) -> bool:
    """Cheap: most paragraphs do not."""
    if text[-1] in ")]\uff09\u3011" or text[-2:] in (").", "].") or any(mark in text[-40:] for mark in CREDIT_MARKS):
        return True
    ends = f"{text[:20]} {text[-CREDIT_LOOK_BACK:]}".lower()
    return any(word in ends for word in PICTURE_WORDS)


def _is_credited(text: str) -> bool:
    """A caption with its credit: neither the head of a table or list, nor a report that its agencies sign: "(dpa/gem)"."""
    # Who tells a story in several sentences shows no picture, whoever has signed it.
    if not is_caption(text) or len(SENTENCE_ENDS.findall(text)) > MAX_CAPTION_SENTENCES or text.count(" | ") > 1:
        return False
    if len(text) > MIN_HEADLINE_SIZE and text.endswith((":", "\uff1a")):
        return False
    brackets = IN_BRACKETS.search(text[-CREDIT_LOOK_BACK:])
    return brackets is None or not all(_is_desk(part) for part in SIGNED_BY.split(brackets[1]))


def _is_desk(part: str) -> bool:
    """An agency, or the initials of an editor."""
    return len(part) <= MAX_INITIALS or AGENCY_ALONE.fullmatch(part) is not None


def is_weighty(text: str, is_sentence: bool) -> bool:
    """The line is body by its shape, until nearly all pages have it."""
    if is_sentence or text.startswith(QUOTES) or text.endswith(GOES_ON):
        return True
    if is_bullet(text) or " | " in text or sum(map(str.isalpha, text[:20])) < 2 or LABELLED.match(text):
        return True
    return any(not YEAR.fullmatch(number) for number in NUMBER.findall(text))


def is_headline(folded: str, size: float) -> bool:
    """Long enough, and several words where words have spaces between them."""
    return size >= MIN_HEADLINE_SIZE and (folded.count(" ") >= 3 or not folded.isascii())


def is_date_line(folded: str) -> bool:
    """A day, its month and little else: the digits of such a line are not what it is known by."""
    if len(folded) > 120 or not NUMBER.search(folded):
        return False
    words = WORD.findall(folded)
    if not (DATE.search(folded) or (YEAR_OR_DAY.search(folded) and any(word in CALENDAR for word in words))):
        return False
    return sum(len(word) for word in words if word not in CALENDAR) <= MAX_OTHER_LETTERS


def _split_lead(text: str) -> tuple[str, str]:
    """A link's words and the headline behind them; both empty where nothing leads elsewhere."""
    bare = text.lstrip(" -|\u2022[(*\u25cf")
    lowered = bare.lower()
    found = LEAD_END.search(bare, 0, MAX_LEAD_CHARS) if LEADS.match(lowered) and not ASKS.match(lowered) else None
    return (bare[: found.start()], bare[found.end() :]) if found else ("", "")
