"""What each line of a text is for: the article's own sentences, its pictures, or the site around it."""

# ruff: noqa: RUF001 - Turkish words have a dotless i

import re
from enum import Enum, auto

from tasks.metadata.names import AGENCIES
from tasks.plain_text.cues import ARROWS, ASKS, BUTTONS, ENDS, LEADS, MAX_CUE_SIZE, MAX_NOTICE_SIZE, NOTICES, letters_and_spaces
from tasks.plain_text.lines import Line
from tasks.plain_text.shapes import is_bullet, is_cut_off

MAX_CAPTION_CHARS = 600
MAX_KEY_SIZE = 60
MIN_NOTICE_SIZE = 10
MAX_ASKING_SIZE = 120
MAX_LABELLED_SIZE = 300
_BANK = (
    r"photos?|photograph(?:ed)?|pictures?|image|images|foto|fotos|bild|cr[ée]dit|getty|shutterstock|istock|imago|archiv|file|handout|"
    r"screenshot|screengrab|illustration|courtesy|фото|写真|撮影|사진|صورة|fotoğraf|wikimedia|unsplash|reproduction|reprodu[cç][aã]o|divulga[cç][aã]o"
)
_NEWS_AGENCY = rf"(?:{AGENCIES}|[\w ]{{0,30}}\bagency|[\w ]{{0,30}}\bagentur|[\w ]{{0,30}}\bajansı)"
IN_BRACKETS = re.compile(r"[\[(\uff08\u3010]([^\[\]()\uff08\uff09\u3010\u3011]{2,120})[\])\uff09\u3011]\.?$")
CREDIT = re.compile(
    rf"^(?:{_BANK})\b|\b(?:{_BANK})$|\b(?:{_BANK})\s?[:=/|]|\u00a9|\u5199\u771f|"
    rf"^{_NEWS_AGENCY}\s*[/\u2013\u2014|-]|[/\u2013\u2014|-]\s*{_NEWS_AGENCY}\s*$",
    re.IGNORECASE,
)
# Names of agencies alone: below a picture, and at the end of a report as well.
AGENCY_ALONE = re.compile(rf"(?:{AGENCIES})", re.IGNORECASE)
LABEL = re.compile(
    r"(?:photos?|photo credit|photograph|picture|image|image (?:source|caption|credit)|credit|caption|fotos?|bild|bildquelle|"
    r"cr[ée]dit(?:os?)?(?: photo)?|fotoğraf|фото|写真|画像|图|图片|图片来源|사진|صورة|الصورة|imagem|imagen|immagine)"
    r"\s*(?:[:\uff1a=|]|by\b|\u00a9|/)",
    re.IGNORECASE,
)
CREDIT_AT_END = re.compile(
    r"(?:\b(?:photos?|photograph|picture|image|foto|bild|credits?|cr[ée]dit(?: photo)?|фото|kuva|fotoğraf|imagem|imagen)"
    r"\s*(?:credit)?\s*(?::|by\b|/|\u00a9)|\u00a9|\u5199\u771f[\uff1a:=])\s*[^.!?\u3002]{2,80}\.?$|"
    rf"[\w.] ?[/|] ?{_NEWS_AGENCY}(?: images| photo)?$|\b(?:getty images|ap photo|afp photo|shutterstock)\.?$",
    re.IGNORECASE,
)
CREDIT_LOOK_BACK = 110


class Kind(Enum):
    """The closed list."""

    # Sentences.
    PROSE = auto()
    # A heading, an item, a name, a short sentence: what it is for, its neighbours tell.
    SHORT = auto()
    CAPTION = auto()
    # Buttons, links, appeals.
    FURNITURE = auto()
    # A heading behind which the site goes on, not the article.
    END = auto()
    # Legal and technical notes.
    NOTICE = auto()


def kind_of(line: Line) -> Kind:
    """Tell one line's kind by itself."""
    if line.size <= MAX_NOTICE_SIZE:
        cue = _cue(line)
        if cue:
            return cue
        if is_caption(line.text):
            return Kind.CAPTION
    return Kind.PROSE if line.is_prose else Kind.SHORT


def _cue(line: Line) -> Kind | None:
    text = line.text
    if line.size <= MAX_KEY_SIZE:
        key = letters_and_spaces(text)
        if key in ENDS:
            return Kind.END
        if key in BUTTONS or not key:
            # "* * *" and "1." part an article; a row of marks is no button.
            return Kind.FURNITURE if key else None
    if line.size <= MAX_CUE_SIZE and _leads_elsewhere(line):
        return Kind.FURNITURE
    return Kind.NOTICE if line.size >= MIN_NOTICE_SIZE and NOTICES.search(text.lower()) else None


def _leads_elsewhere(line: Line) -> bool:
    bare = line.text.lstrip(" -|\u2022[(*\u25cf").lower()
    if ASKS.match(bare):
        return line.size <= MAX_ASKING_SIZE or not line.ends
    if line.ends and not is_cut_off(line.text) and not line.text.endswith(("?", "!")):
        return False
    return LEADS.match(bare) is not None or (ARROWS.match(bare) is not None and not is_bullet(line.text))


def is_caption(text: str) -> bool:
    """The line says what a picture shows and whose it is: its credit is written in it."""
    if not 3 < len(text) <= MAX_CAPTION_CHARS:
        return False
    brackets = IN_BRACKETS.search(text[-CREDIT_LOOK_BACK - 20 :])
    if brackets and CREDIT.search(brackets[1]):
        return True
    return (len(text) <= MAX_LABELLED_SIZE and LABEL.match(text) is not None) or CREDIT_AT_END.search(
        text[-CREDIT_LOOK_BACK:]
    ) is not None


def names_agency_at_end(text: str) -> bool:
    """An agency's name in brackets ends the line: a credit where a picture stands, a signature where a report ends."""
    brackets = IN_BRACKETS.search(text[-CREDIT_LOOK_BACK:])
    return brackets is not None and AGENCY_ALONE.fullmatch(brackets[1].strip()) is not None
