"""Addresses are masked whole and counted, placeholders stay, and hostile texts end."""

# ruff: noqa: RUF001 - letters of other alphabets are meant

import ipaddress
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import FixTheRun
from tasks.masking import MASKERS, mask

ALL = tuple(MASKERS)
EMAILS = """
jane.doe@news.example | jane+tag@mail.news.example | J_D-1@a-b.example | müller@bücher.example | jane@xn--bcher-kva.example
jane (at) news.example | jane[at]news.example | jane(at)news[dot]example | o%relay@news.example | o'neil@news.example
a&b@news.example | rock'n'roll@news.example | мария@пример.рф | jane@почта.пример.рус | jane@例え.jp | jane@mail.例子.中国 | jane@예시.한국
""".replace("\n", "|")
NO_EMAILS = "@jane | мы@дома | jane@例え | 例え@例え.例え | jane@localhost | @jane@social.example | photo@2x.png | a @ b.example | 5@10 | jane@.example | look at news.example".split(
    " | "
)
IPS = "203.0.113.7 | 8.8.8.8 | 255.255.255.255 | 2001:db8::1 | ::1 | 2001:0db8:0000:0000:0000:ff00:0042:8329 | ::ffff:203.0.113.9 | fe80::1 | fd00::8 | 2a02::7".split(
    " | "
)
NO_IPS = """
256.1.1.1 | 1.2.3 | 1.2.3.4.5 | 01.02.03.04 | 12:30:45 | :: | std::string | dead::beef | aa:bb:cc:dd:ee:ff | version 10.0.19.1
firmware 2.4.1.7 | v1.2.3.4 | 1.234.567.890 | 2024.12.01.5x | 10:00-12:00 | Job 3:5:8 | a::b
12::30 | abc::1 | John 3::16 | at 12:30:45:: | Mt 5::3 | Foo::2 | Section 1.2.3.4 | § 1.2.3.4 | Abschnitt 1.2.3.4 | chapitre 1.2.3.4
Art. 1.2.3.4 | v. 1.2.3.4 | Chapter 1.2.3.4 | Paragraph 1.2.3.4 | iOS 17.1.2.1 | sections: 1.2.3.4
""".replace("\n", "|")


def listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.split("|") if entry.strip()]


@pytest.mark.parametrize("around", ["{}", "Write to {}.", "<{}>", "写信给{}联系", "a, {}; b", "{}\nnext"])
@pytest.mark.parametrize("address", listed(EMAILS))
def test_e_mail_addresses(around, address):
    assert mask(around.format(address), ["email"]) == (around.format("[email]"), {"email": 1})


@pytest.mark.parametrize("text", NO_EMAILS)
def test_no_e_mail_addresses(text):
    assert mask(text, ALL) == (text, dict.fromkeys(ALL, 0))


def test_what_stands_around_an_address_stays():
    for text in ("'{}'", '"{}"', "l''{}'", "a & {}", "&{};", "mail='{}'&cc={}", "写信给{}或访问www.news.example", "на {}.Потом"):
        for address in ("a@x.example", "o'neil@x.example"):
            masked, _ = mask(text.replace("{}", address), ["email"])
            assert masked == text.replace("{}", "[email]")


def test_the_word_before_an_address_stays():
    for word in ("IPv6:", "[IPV6:", "ip:", "IP=", "par ", "para ", "part of "):
        assert mask(f"{word}2001:db8::1", ["ip"]) == (f"{word}[ip]", {"ip": 1})
    assert mask("attaqué par 203.0.113.7", ["ip"]) == ("attaqué par [ip]", {"ip": 1})


@pytest.mark.parametrize("around", ["{}", "From {}.", "[{}]:443", "{}/24", "a, {}; b", "{}\nnext"])
@pytest.mark.parametrize("address", IPS)
def test_ip_addresses(around, address):
    assert mask(around.format(address), ["ip"]) == (around.format("[ip]"), {"ip": 1})


@pytest.mark.parametrize("text", listed(NO_IPS))
def test_no_ip_addresses(text):
    assert mask(text, ["ip"]) == (text, {"ip": 0})


def in_use(six: ipaddress.IPv6Address) -> bool:
    """Whether an address is written out, or global, or of a local network."""
    return "::" not in f"{six}" or six in ipaddress.ip_network("2000::/3") or six.is_link_local or f"{six}"[:2] in {"fc", "fd"}


@given(st.ip_addresses(v=4), st.ip_addresses(v=6).filter(lambda six: in_use(six) and re.search("[0-9]", f"{six}")))
def test_every_address_is_masked(four, six):
    assert mask(f"from {four} or {six}", ["ip"]) == ("from [ip] or [ip]", {"ip": 2})


def test_kinds_are_asked_for():
    text = "jane@news.example, 203.0.113.7, +49 30 1234567"
    assert mask(text, ["ip"]) == ("jane@news.example, [ip], +49 30 1234567", {"ip": 1})
    assert mask(text, ALL) == ("[email], [ip], [phone]", {"email": 1, "ip": 1, "phone": 1})
    assert mask(text, reversed(ALL)) == mask(text, ALL)
    for wrong in ([], ["name"], ["email", "iban"]):
        with pytest.raises(FixTheRun, match="choose from email, ip, phone"):
            mask(text, wrong)


PIECES = st.sampled_from(
    "jane a. @ .example news 203.0.113.7 ::1 : . - ( ) + 0 1 49 030 2024 555 tel. (at) [email] / \u00a0 \n % 文 é".split(" ")
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map(" ".join)))
def test_counts_are_of_placeholders_and_these_stay(text):
    masked, counts = mask(text, ALL)
    again, more = mask(masked, ALL)
    for kind in ALL:
        assert counts[kind] == masked.count(f"[{kind}]") - text.count(f"[{kind}]")
        assert more[kind] == again.count(f"[{kind}]") - masked.count(f"[{kind}]")


@given(
    st.lists(st.sampled_from(["jane@news.example", "203.0.113.7", "+49 30 1234567", "and then", "2024"]), max_size=20).map(
        ", ".join
    )
)
def test_masked_twice_is_masked_once(text):
    masked, _ = mask(text, ALL)
    assert mask(masked, ALL) == (masked, dict.fromkeys(ALL, 0))


HOSTILE = [
    "a",
    "a.",
    "@",
    "a@",
    "a@a.",
    "a@a.a",
    "0",
    "0 ",
    "01 ",
    "+1",
    "+1 ",
    "(",
    "1(",
    "1.",
    "1.1.1.1",
    ":",
    "f:",
    "::",
    "1:",
    "tel ",
    "tel. 1",
    "a-",
    "%",
    " (at) ",
    "00",
    "1-",
    "é",
    "a'",
    "a&",
    "'",
    "a@п.п",
    "a@例.",
    "a@1.п.例.",
    "ip:",
    "ipv6:1:",
    "§ 1.1.1.1 ",
    "NO00 0000 0000 000 ",
    "A0",
    "AA00 0000 ",
    "Case No. 200-300-4000 ",
    "case no",
    "０",
    "٠ ",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_anything_ends(piece):
    # Without an @ most of the search for addresses would be left out.
    mask(piece * (1_000_000 // len(piece)) + "@a.example", ALL)
