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
COUNTRY_BEFORE = re.compile(rf"\+\d{{1,3}}[{_GAP}(]{{1,2}}$|\d[{_SPACE}]$")
LOOK_BACK = 8

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


def _digits(number: str) -> str:
    return "".join(DIGITS.findall(number))


def _is_sum(number: str, most_digits: int) -> bool:
    return bool(IN_THREES.fullmatch(number)) and len(_digits(number)) <= most_digits


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether no country code stands before it, and no digits of a longer number."""
    start = match.start("number")
    return not COUNTRY_BEFORE.search(match.string[max(0, start - LOOK_BACK) : start])


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
