"""Masks what tells who a private person is: e-mail addresses, phone numbers, IP addresses. Pure, and linear in the text.

Every pattern begins where a run of its characters begins, and takes a bounded number of them: hostile text costs no more than
other text.
Numbers are masked where they are written as phone numbers are; a number that could as well be a sum stays.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping

from tasks.errors import FixTheRun
from tasks.phone_numbers import ENOUGH_DIGITS, PHONE_PATTERNS, account_spans, with_plain_digits

# RFC 5321, section 4.5.3.1: at most 64 characters before the @, 255 after it. Letters of Latin and Cyrillic, as in müller@example.
_LATIN, _CYRILLIC = r"A-Za-z\u00c0-\u024f", r"\u0400-\u052f"
_CJK = r"\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_LOCAL = rf"{_LATIN}{_CYRILLIC}0-9_%+\-"
# A name of one alphabet: Chinese and Japanese have no spaces, and what follows an address is not a part of it.
_LABEL = rf"(?:[{_LATIN}0-9\-]{{1,63}}|[{_CYRILLIC}][{_CYRILLIC}0-9\-]{{0,62}}|[{_CJK}][{_CJK}0-9\-]{{0,62}})"
# IANA, root zone database: of those in Chinese, Japanese and Korean the places and the ones that anybody may use, by name.
_EAST_ASIAN = "中国|中國|香港|台湾|台灣|澳門|新加坡|한국|公司|网络|網路|网址|在线|中文网|网站|手机|みんな|コム|닷컴"
_TOP = rf"xn--[a-z0-9-]{{2,59}}|[A-Za-z]{{2,24}}|(?<=[{_CYRILLIC}0-9]\.)[{_CYRILLIC}]{{2,24}}(?![{_CYRILLIC}])|{_EAST_ASIAN}"
_AT = r"(?:@|[ \u00a0]?[\[({](?:at|@)[\])}][ \u00a0]?)"
_DOT = r"(?:\.|[ \u00a0]?[\[({](?:dot|punkt|\.)[\])}][ \u00a0]?)"
# & and ' are of RFC 5322's atext, as in o'neil, but a quote around an address is none of it.
EMAIL = re.compile(
    rf"(?<![{_LOCAL}@])[{_LATIN}{_CYRILLIC}0-9_](?:[{_LOCAL}]|[&'](?=[{_LOCAL}])|\.(?!\.)){{0,63}}{_AT}"
    rf"(?:{_LABEL}{_DOT}){{1,8}}(?!(?:png|jpe?g|gif|webp|svg|avif|css|js)\b)(?:{_TOP})(?![{_LATIN}0-9_@])",
    re.IGNORECASE,
)
AT = re.compile(_AT, re.IGNORECASE)
# The digit comes first, then the look at what stands before it: so the engine goes from digit to digit.
IPV4 = re.compile(r"[0-9](?<![\w.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|\.\w)", re.ASCII)
# Numbers of versions, and of the sections of laws and reports, in English, German and French. None of these words may be a
# preposition elsewhere, as "par" and "para" are: addresses follow it.
NUMBERED = re.compile(
    r"(?:versi\w{0,8}|firmware|build|release|верси\w{0,3}|版本|§|\b(?:v|ver|ios|android|sect?|sections?|abschnitte?s?|ch|chap|chapters?"
    r"|chapitres?|kapitels?|paragraph(?:e|en|s|es)?|absatz|abs|alinéas?|clauses?|art|articles?|artikels?|ziffer|ziff|annexe?s?|anhang"
    r"|appendix|fig|figures?|abb|abbildung|tables?|tab|tabelle|tableau|rules?|règle)\.?)[ :\u00a0]{0,3}$",
    re.IGNORECASE,
)
NUMBERED_CHARS = 20
MAX_OCTET = 255
# Without "::" an IPv6 address has seven, or six before an IPv4 address.
LEAST_COLONS = 6
# "IPv6:" stands before it in mail (RFC 5321, section 4.1.3).
IPV6 = re.compile(
    r"(?<![\w.])(?:(?<!:)|(?<=\bipv6:)|(?<=\bip:))(?=[0-9a-f]{0,4}:[0-9a-f:])[0-9a-f:]{2,39}(?:(?:\.[0-9]{1,3}){3})?(?![\w:]|\.\w)",
    re.IGNORECASE | re.ASCII,
)
DIGIT = re.compile("[0-9]")
# All that is assigned, by RFC 4291, section 2.4, and IANA's registry of the address space: what else is shortened with "::" is a
# time, a verse or code (12::30, John 3::16, abc::1).
ASSIGNED = tuple(
    map(
        ipaddress.IPv6Network,
        ("2000::/3", "fc00::/7", "fe80::/10", "ff00::/8", "64:ff9b::/96", "::ffff:0:0/96", "::1/128"),
    )
)

Masker = Callable[[str], tuple[str, int]]


def mask(text: str, kinds: Iterable[str]) -> tuple[str, dict[str, int]]:
    """The text with ``[email]``, ``[ip]``, ``[phone]`` in place of each, and how many of each of ``kinds``; raises FixTheRun.

    What stands in place of an address is never masked itself, and the order of ``kinds`` changes nothing.
    """
    asked = frozenset(kinds)
    check_kinds(asked)
    counts = {}
    for kind, masker in MASKERS.items():
        if kind in asked:
            text, counts[kind] = masker(text)
    return text, counts


def check_kinds(kinds: Collection[str]) -> None:
    """Raise FixTheRun for a kind that there is not, or for none."""
    unknown = sorted(set(kinds) - set(MASKERS))
    if unknown or not kinds:
        raise FixTheRun(f"nothing is known to mask as {', '.join(unknown) or 'nothing'!r}: choose from {', '.join(MASKERS)}")


def _mask_emails(text: str) -> tuple[str, int]:
    # Most texts have no @, and to look for it costs a hundredth.
    return EMAIL.subn("[email]", text) if "@" in text or AT.search(text) else (text, 0)


def _mask_ips(text: str) -> tuple[str, int]:
    sixes = 0
    if "::" in text or text.count(":") >= LEAST_COLONS:
        text, sixes = _replace(IPV6, text, "[ip]", _is_ipv6)
    text, fours = _replace(IPV4, text, "[ip]", _is_ipv4)
    return text, sixes + fours


def _mask_phones(text: str) -> tuple[str, int]:
    plain = with_plain_digits(text)
    if not ENOUGH_DIGITS.search(plain):
        return text, 0
    masked, total = _mask_phones_in(text, plain)
    # Most texts have no number at all, and need no look for accounts.
    accounts = account_spans(plain) if total else []
    if not accounts:
        return masked, total
    pieces, end, total = [], 0, 0
    for first, last in [*accounts, (len(text), len(text))]:
        masked, count = _mask_phones_in(text[end:first], plain[end:first])
        pieces += [masked, text[first:last]]
        end, total = last, total + count
    return "".join(pieces), total


def _mask_phones_in(text: str, plain: str) -> tuple[str, int]:
    """Mask where the same text with plain digits has numbers."""
    total = 0
    for pattern, asks in PHONE_PATTERNS:
        spans = _spans(pattern, plain, asks)
        text, plain, total = _put(spans, text, "[phone]"), _put(spans, plain, "[phone]"), total + len(spans)
    return text, total


def _replace(pattern: re.Pattern[str], text: str, mark: str, asks: Callable[[re.Match[str]], bool]) -> tuple[str, int]:
    """Put a mark in place of the matches that pass."""
    spans = _spans(pattern, text, asks)
    return _put(spans, text, mark), len(spans)


def _spans(pattern: re.Pattern[str], text: str, asks: Callable[[re.Match[str]], bool]) -> list[tuple[int, int]]:
    """Where the matches that pass are: their group ``number`` where the pattern has one."""
    group: str | int = "number" if "number" in pattern.groupindex else 0
    return [match.span(group) for match in pattern.finditer(text) if asks(match)]


def _put(spans: Collection[tuple[int, int]], text: str, mark: str) -> str:
    if not spans:
        return text
    pieces, end = [], 0
    for first, last in spans:
        pieces += [text[end:first], mark]
        end = last
    return "".join([*pieces, text[end:]])


def _is_ipv4(match: re.Match[str]) -> bool:
    if any(int(octet) > MAX_OCTET or (octet[0] == "0" and octet != "0") for octet in match[0].split(".")):
        return False
    return not NUMBERED.search(match.string[max(0, match.start() - NUMBERED_CHARS) : match.start()])


def _is_ipv6(match: re.Match[str]) -> bool:
    try:
        address = ipaddress.IPv6Address(match[0])
    except ValueError:
        return False
    # Names of code such as fead::beef are no addresses of anybody.
    if not DIGIT.search(match[0]):
        return False
    return "::" not in match[0] or "." in match[0] or any(address in network for network in ASSIGNED)


# In this order: an e-mail address may hold numbers.
MASKERS: Mapping[str, Masker] = {"email": _mask_emails, "ip": _mask_ips, "phone": _mask_phones}
