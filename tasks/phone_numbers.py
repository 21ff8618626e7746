"""How phone numbers are written, and what looks alike: dates, years, sums, scores, postal codes, ISBNs, coordinates.

Each pattern takes a bounded run from where it begins; a function then looks at what was found. Where both are possible it is no
phone number: what stands as digits without a gap, or in threes, needs a country code or a word such as "phone" before it.
"""

import re
from collections.abc import Callable

_SPACE = r" \u00a0\u2009\u202f"
_GAP = rf"{_SPACE}.\-/\u2010\u2011\u2013"
_GAPS = rf"[{_GAP}()]{{0,3}}"
_START = r"(?<![\w.,:+\-/])"
_END = r"(?![\w%]|[.,:\-/]\d)"

DIGITS = re.compile("[0-9]+")
# Fewer digits near each other are no number of any pattern: most texts need no more than this look.
ENOUGH_DIGITS = re.compile(rf"[0-9](?:{_GAPS}[0-9]){{5}}")
# The calling codes that the ITU has given out (E.164, list of assigned country codes), by their first digits.
COUNTRY = re.compile(
    r"1|7|2[07]|3[0123469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-69]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[0578]\d|9[679]\d"
)
# E.164, section 6: a number has 15 digits at most with its country code.
MOST_DIGITS = 15
LEAST_NATIONAL_DIGITS = 6
# North America and Russia have numbers of one length.
WHOLE_NATIONAL_DIGITS = {"1": 10, "7": 10}
NATIONAL_DIGITS = range(9, 13)
# Longer sums are not spelled out in the news; after a word for a phone nine digits in threes are a number of Spain or Poland.
MOST_SUM_DIGITS = 9
MOST_SUM_DIGITS_AFTER_WORD = 8
LEAST_AFTER_WORD_DIGITS = 6
MOST_DRAWN = "50"

IN_THREES = re.compile(rf"\D*\d{{1,3}}([.{_SPACE}])\d{{3}}(?:\1\d{{3}})*")
DECIMAL = re.compile(r"\D*\d{1,3}\.\d{4}")
DATE = re.compile(
    r"(?:[0-3]?\d[./-][01]?\d[./-](?:19|20)?\d\d|[01]\d[./-](?:19|20)\d\d|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d)(?!\d)"
)
YEARS = re.compile(r"(?:19|20)\d\d\D{1,3}(?:19|20)\d\d")
# A postal code with its addition, or two codes.
POSTAL = re.compile(r"\d{5}-\d{4}|\d{5} ?[-\u2013] ?\d{5}")
FRENCH = re.compile(r"0[1-9]([ .\-\u00a0])\d\d(?:\1\d\d){3}")
# Numbers of cases, orders and books, in English, German and French. "No." alone says nothing: "Contact No." is a phone's.
NUMBER_BEFORE = re.compile(
    r"(?:\b(?:isbn|issn|ean|ref|réf|aktenzeichen)|\b(?:case|docket|order|reference|ref|file|invoice|patent|permit|licen[cs]e|policy|"
    r"account|article|model|serial|flight|ticket|tracking|claim|bill|commande|dossier|facture|affaire|compte|bestell|kunden|konto|"
    r"rechnungs?|artikel|sendungs|auftrags?|serien|steuer)[ \-]{0,2}(?:no|nos|nr|numbers?|nummer|numéro|n[°º]|№|#|id))"
    rf"[.:{_SPACE}]{{0,3}}$",
    re.IGNORECASE,
)
COUNTRY_BEFORE = re.compile(rf"\+\d{{1,3}}[{_GAP}(]{{1,2}}$|\d[{_SPACE}]$")
LOOK_BACK = 8
WORDS_BACK = 30
# ISO 13616: a country, two digits and 11 to 30 characters, printed in fours.
_FOUR, _THREE = rf"[{_SPACE}]?[A-Z0-9]{{4}}", rf"[{_SPACE}]?[A-Z0-9]{{3}}"
_REST = rf"(?:{_THREE}|(?:{_FOUR}){{1,5}}(?:[{_SPACE}]?[A-Z0-9]{{1,3}})?)"
ACCOUNT = re.compile(rf"(?<![A-Za-z0-9])[A-Z]{{2}}[0-9]{{2}}(?:{_FOUR}){{2}}{_REST}(?![A-Za-z0-9])")
# Full-width digits and marks, Arabic-Indic digits and those of Persian: a character for a character.
OTHER_DIGIT = re.compile("[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]")
PLAIN = str.maketrans(
    "".join(chr(first + value) for first in (0xFF10, 0x0660, 0x06F0) for value in range(10))
    + "\uff0b\uff0d\uff08\uff09\uff0e\uff0c\uff0f\uff05\u3000\u066a\u066b\u066c",
    "0123456789" * 3 + "+-().,/% %.,",
)

# By the sizes of their groups alone; the Chinese ones are of mobile phones.
_AMERICAN = rf"(?:\+?1[ .\-])?(?:\([2-9]\d\d\)[{_SPACE}]?[2-9]\d\d[ .\-]\d{{4}}|[2-9]\d\d(?P<a>[ .\-])[2-9]\d\d(?P=a)\d{{4}})"
_CHINESE = r"1[3-9]\d(?P<b>[ \-])\d{4}(?P=b)\d{4}"
_SPANISH = r"[6-9]\d\d(?P<c>[ .\-])\d\d(?P=c)\d\d(?P=c)\d\d"
_BRAZILIAN = rf"\(\d\d\)[{_SPACE}]?(?:9[ .]?)?\d{{4}}[ .\-]\d{{4}}"
_RUSSIAN = r"8[ \-]?\(?\d{3}\)?[ \-]\d{3}[ \-]\d\d[ \-]\d\d"
GROUPED = re.compile(rf"{_START}(?P<number>{_AMERICAN}|{_CHINESE}|{_SPANISH}|{_BRAZILIAN}|{_RUSSIAN}){_END}")
INTERNATIONAL = re.compile(rf"(?<![\w.,+])(?P<number>(?:\+[{_SPACE}(]?|(?<![:/\-])00)[1-9](?:{_GAPS}\d){{6,14}})(?!\d)")
NATIONAL = re.compile(rf"{_START}(?P<number>(?:\(0[1-9]\d{{0,4}}\)|0[1-9]\d{{0,4}})(?:[{_GAP}]{{1,3}}\d{{1,9}}){{1,5}}){_END}")
_WORDS = (
    r"\b(?:tele(?:fon|phone|foon)\w{0,8}|tel(?:[ée]f(?:ono|one))?|phone|fon|fax|mobile?|handy|cell|hotline|whatsapp|call|t[ée]l"
    r"(?:[ée]phone)?|m[óo]vil|celular|телефон\w{0,3}|тел|هاتف)|电话|電話|전화"
)
_MARKS = rf"[.:\uff1a{_SPACE}]{{0,4}}"
_LINKS = rf"(?:(?:number|numéro|número|numero|nummer|nr|no|n°|unter|on|at|au|al){_MARKS}){{0,2}}"
AFTER_WORD = re.compile(rf"(?:{_WORDS}){_MARKS}{_LINKS}(?P<number>[+(]?\d(?:{_GAPS}\d){{5,14}}){_END}", re.IGNORECASE)


def with_plain_digits(text: str) -> str:
    """The text with the digits 0 to 9 in place of those of other scripts, as long as it was."""
    return text if text.isascii() or not OTHER_DIGIT.search(text) else text.translate(PLAIN)


def account_spans(text: str) -> list[tuple[int, int]]:
    """Where bank accounts (IBAN) stand: their groups look like phone numbers."""
    return [match.span() for match in ACCOUNT.finditer(text)]


def _digits(number: str) -> str:
    return "".join(DIGITS.findall(number))


def _is_sum(number: str, most_digits: int) -> bool:
    return bool(IN_THREES.fullmatch(number)) and len(_digits(number)) <= most_digits


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether no country code stands before it, no digits of a longer number, and no word for a number of something else."""
    text, start = match.string, match.start("number")
    if COUNTRY_BEFORE.search(text[max(0, start - LOOK_BACK) : start]):
        return False
    return not NUMBER_BEFORE.search(text[max(0, start - WORDS_BACK) : start])


def _is_international(match: re.Match[str]) -> bool:
    number = match["number"]
    digits = _digits(number).removeprefix("00")
    code = COUNTRY.match(digits)
    if code is None or DECIMAL.match(number) or _is_sum(number, MOST_SUM_DIGITS):
        return False
    national = len(digits) - len(code[0])
    whole = WHOLE_NATIONAL_DIGITS.get(code[0])
    return national == whole if whole else LEAST_NATIONAL_DIGITS <= national <= MOST_DIGITS - len(code[0])


def _is_national(match: re.Match[str]) -> bool:
    number, groups = match["number"], DIGITS.findall(match["number"])
    if not _stands_alone(match):
        return False
    if FRENCH.fullmatch(number):
        # Numbers that were drawn stand from the least up.
        return groups != sorted(groups) or groups[-1] > MOST_DRAWN
    is_area = len(groups[0]) > 2 or len(groups[1]) > 2
    return is_area and sum(map(len, groups)) in NATIONAL_DIGITS and not (DATE.match(number) or POSTAL.fullmatch(number))


def _is_after_word(match: re.Match[str]) -> bool:
    number = match["number"]
    if DATE.match(number) or YEARS.match(number) or _is_sum(number, MOST_SUM_DIGITS_AFTER_WORD):
        return False
    return len(_digits(number)) >= LEAST_AFTER_WORD_DIGITS


# Each with what has to be true of a match; ``number`` is the group that is masked.
PHONE_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (GROUPED, _stands_alone),
    (INTERNATIONAL, _is_international),
    (NATIONAL, _is_national),
    (AFTER_WORD, _is_after_word),
)
