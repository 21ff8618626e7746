"""Masks what tells who a private person is: e-mail addresses, phone numbers, IP addresses. Pure, and linear in the text.

Every pattern begins where a run of its characters begins, and takes a bounded number of them: hostile text costs no more than
other text.
Numbers are masked where they are written as phone numbers are; a number that could as well be a sum stays.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Mapping

from tasks.errors import FixTheRun
from tasks.phone_numbers import ENOUGH_DIGITS, PHONE_PATTERNS

# RFC 5321, section 4.5.3.1: at most 64 characters before the @, 255 after it. Letters of Latin, as in müller@example.
_LOCAL = r"A-Za-z0-9_%+\u00c0-\u024f-"
_AT = r"(?:@|[ \u00a0]?[\[({](?:at|@)[\])}][ \u00a0]?)"
_DOT = r"(?:\.|[ \u00a0]?[\[({](?:dot|punkt|\.)[\])}][ \u00a0]?)"
EMAIL = re.compile(
    rf"(?<![{_LOCAL}@])[A-Za-z0-9_\u00c0-\u024f](?:[{_LOCAL}]|\.(?!\.)){{0,63}}{_AT}"
    rf"(?:[A-Za-z0-9\u00c0-\u024f-]{{1,63}}{_DOT}){{1,8}}(?!(?:png|jpe?g|gif|webp|svg|avif|css|js)\b)(?:xn--[a-z0-9-]{{2,59}}|[A-Za-z]{{2,24}})(?![A-Za-z0-9_\u00c0-\u024f@])",
    re.IGNORECASE,
)
AT = re.compile(_AT, re.IGNORECASE)
# The digit comes first, then the look at what stands before it: so the engine goes from digit to digit.
IPV4 = re.compile(r"[0-9](?<![\w.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|\.\w)", re.ASCII)
# "version 1.2.3.4", in most languages.
VERSION = re.compile(
    r"(?:versi\w{0,8}|firmware|build|release|\u0432\u0435\u0440\u0441\u0438\w{0,3}|\u7248\u672c)[ :\u00a0]{0,3}$", re.IGNORECASE
)
VERSION_CHARS = 20
MAX_OCTET = 255
# Without "::" an IPv6 address has seven, or six before an IPv4 address.
LEAST_COLONS = 6
IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9a-f]{0,4}:[0-9a-f:])[0-9a-f:]{2,39}(?:(?:\.[0-9]{1,3}){3})?(?![\w:]|\.\w)", re.IGNORECASE | re.ASCII
)
DIGIT = re.compile("[0-9]")

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
    if not ENOUGH_DIGITS.search(text):
        return text, 0
    total = 0
    for pattern, asks in PHONE_PATTERNS:
        text, count = _replace(pattern, text, "[phone]", asks)
        total += count
    return text, total


def _replace(pattern: re.Pattern[str], text: str, mark: str, asks: Callable[[re.Match[str]], bool]) -> tuple[str, int]:
    """Put a mark in place of the matches that pass: of their group ``number`` where the pattern has one."""
    group: str | int = "number" if "number" in pattern.groupindex else 0
    pieces, end, count = [], 0, 0
    for match in pattern.finditer(text):
        if asks(match):
            pieces += [text[end : match.start(group)], mark]
            end, count = match.end(group), count + 1
    return "".join([*pieces, text[end:]]), count


def _is_ipv4(match: re.Match[str]) -> bool:
    if any(int(octet) > MAX_OCTET or (octet[0] == "0" and octet != "0") for octet in match[0].split(".")):
        return False
    return not VERSION.search(match.string[max(0, match.start() - VERSION_CHARS) : match.start()])


def _is_ipv6(match: re.Match[str]) -> bool:
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return False
    # "::" and names of code such as dead::beef are no addresses of anybody.
    return bool(DIGIT.search(match[0]))


# In this order: an e-mail address may hold numbers.
MASKERS: Mapping[str, Masker] = {"email": _mask_emails, "ip": _mask_ips, "phone": _mask_phones}
