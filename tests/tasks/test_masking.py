"""Addresses are masked whole and counted, placeholders stay, and hostile texts end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import FixTheRun
from tasks.masking import MASKERS, mask

ALL = tuple(MASKERS)
EMAILS = """
jane.doe@news.example | jane+tag@mail.news.example | J_D-1@a-b.example | müller@bücher.example | jane@xn--bcher-kva.example
jane (at) news.example | jane[at]news.example | jane(at)news[dot]example | o%relay@news.example
""".replace("\n", "|")
NO_EMAILS = "@jane | jane@localhost | @jane@social.example | photo@2x.png | a @ b.example | 5@10 | jane@.example | look at news.example".split(
    " | "
)
IPS = "203.0.113.7 | 8.8.8.8 | 255.255.255.255 | 2001:db8::1 | ::1 | 2001:0db8:0000:0000:0000:ff00:0042:8329 | ::ffff:203.0.113.9 | fe80::1".split(
    " | "
)
NO_IPS = """
256.1.1.1 | 1.2.3 | 1.2.3.4.5 | 01.02.03.04 | 12:30:45 | :: | std::string | dead::beef | aa:bb:cc:dd:ee:ff | version 10.0.19.1
firmware 2.4.1.7 | v1.2.3.4 | 1.234.567.890 | 2024.12.01.5x | 10:00-12:00 | Job 3:5:8 | a::b
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


@pytest.mark.parametrize("around", ["{}", "From {}.", "[{}]:443", "{}/24", "a, {}; b", "{}\nnext"])
@pytest.mark.parametrize("address", IPS)
def test_ip_addresses(around, address):
    assert mask(around.format(address), ["ip"]) == (around.format("[ip]"), {"ip": 1})


@pytest.mark.parametrize("text", listed(NO_IPS))
def test_no_ip_addresses(text):
    assert mask(text, ["ip"]) == (text, {"ip": 0})


@given(st.ip_addresses(v=4), st.ip_addresses(v=6).filter(lambda six: any(letter.isdigit() for letter in f"{six}")))
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
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_anything_ends(piece):
    # Without an @ most of the search for addresses would be left out.
    mask(piece * (1_000_000 // len(piece)) + "@a.example", ALL)
