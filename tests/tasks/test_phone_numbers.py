"""What is a phone number, as people of many countries write them, and what only looks like one."""

# ruff: noqa: RUF001 - dashes, full-width marks and letters of other alphabets are meant

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.masking import mask

NUMBERS = """
+49 30 1234567 | +49 (0)30 1234567 | +493012345678 | 0049 30 123456 | +1 212-555-0123 | +1 (212) 555-0123 | +12125550123
(212) 555-0123 | 212-555-0123 | 212.555.0123 | 1-800-555-0123 | 030/1234567 | 030 / 123 45 67 | (030) 1234567 | 0171 1234567
089 12 34 56 78 | 01 23 45 67 89 | 01.45.67.89.01 | 06-12-34-56-78 | 020 7946 0958 | 07700 900123 | 03-1234-5678 | 0120-444-113
010-1234-5678 | 02-312-3456 | 138 1234 5678 | 400-820-8820 | +86 138 1234 5678 | 8 (495) 123-45-67 | +7 (495) 123-45-67
8-495-123-45-67 | (11) 98765-4321 | +55 11 98765-4321 | +34 912 345 678 | 912 34 56 78 | +33 1 23 45 67 89 | +44 (0)20 7946 0958
+41 44 123 45 67 | 044 123 45 67 | +48 123 456 789 | +420 123 456 789 | +39 06 12345678 | 01805 – 4444 | 06 12345678 | +358 40 1234567 | +91 98765 43210
０３－１２３４－５６７８ | ＋８１　３－１２３４－５６７８ | +٤٩ ٣٠ ٩٠١٨٢٠ | ۰۲۱-۱۲۳۴۵۶۷۸
"""
AFTER_WORDS = """
Tel. 12 34 56 78 | Tel: 6396 6350 | Telefon 123456 | Telefonnummer 050639010 | phone 555 0123 | Phone number: 123-4567 | Fax 912 345 678
Tél. : 12 34 56 78 | teléfono 912 345 678 | тел. 123-45-67 | 电话：12345678 | 전화 1234-5678 | Hotline unter 123 456 7 | call 555-0123
"""
# Each stands for a kind that the news are full of.
NO_NUMBERS = """
2024 | 1914-1918 | 2023/24 | 1939 - 1945 | 2019 2020 2021 | 01.02.2024 | 1.2.24 | 01-02-2024 | 01/02/2024 | 2024-02-01 | 05/2024 | 05/2024 12345
01.02.2024 13.45 Uhr | 31.12.2023-01.01.2024 | 2024-01-02 03:04:05 | 10:00:002022-10-27 08:16:27 | 09.30-17.00 | 08.15 09.45 11.30
3:2 | 6-4, 7-5, 6-2 | 0-1 | 0:3 (0:1) | 21-19 18-21 15-13 | 98-102 | 1.234.567 | 12,345,678 | 12 345 678 | 100 000 000 | $1,234,567.89
12.345.678,90 | 999 999 999 | +12 345 678 | +1.234.567 | +3,5 | +20 | -273.15 | 0.123456789 | 3.14159265358979 | 978-3-16-148410-0
9783161484100 | 0-306-40615-2 | 0306406152 | ISSN 1234-5678 | 48.208174, 16.373819 | +48.208174 | 48°12'30" | 02108-1234 | 10117 Berlin
06000 - 06100 | 01067–01099 | 03 12 25 33 41 | 7 14 21 28 35 42 | 20 300 4000 | 4111 1111 1111 1111 | 12345678901 | 80% | 10.1000/182 | 007 | 1-2-3
Boeing 737-800 | A320-200 | RFC 2616 | 90 60 90 | 1500 1600 1700 | 1 000 000 000 | 2 4 6 8 10 12 | 1990er-2000er | 24/7 | 50-50
IBAN DE89 3704 0044 0532 0130 00 | NL91 ABNA 0417 1643 00 | DK50 0040 0440 1162 43 | NO93 8601 1117 947 | MT84 MALT 0110 0001 2345 MTLC AST0 01S
Case No. 200-300-4000 | Order number: 212-555-0123 | Ref. 200-300-4000 | Bestellnummer 0171 1234567 | Rechnungs-Nr. 030 1234567 | dossier n° 01 45 67 89 01
２０２４－０１－０２ | １，２３４，５６７ | ١٬٢٣٤٬٥٦٧
call 1939-1945 | call 10.10.2024 | phone 12 345 678 | Tel Aviv 2024 | mobile 2019-2020 | fax 100 000
"""


def listed(text: str) -> list[str]:
    return [entry.strip() for line in text.strip().splitlines() for entry in line.split("|")]


@pytest.mark.parametrize("number", listed(NUMBERS))
@pytest.mark.parametrize(
    "around", ["{}", "Write or ring {} today.", "({})", "Ring {}, or come by.", "Ring {}\n2024 was a good year."]
)
def test_numbers_are_masked_whole(number, around):
    text = around.format(number)
    if number.startswith("(") and around == "({})":
        text = f"[{number}]"
    masked, counts = mask(text, ["phone"])
    assert masked == text.replace(number, "[phone]")
    assert counts == {"phone": 1}


@pytest.mark.parametrize("text", listed(AFTER_WORDS))
def test_digits_after_a_word_for_a_phone(text):
    masked, counts = mask(text, ["phone"])
    assert counts == {"phone": 1}
    assert not any(letter.isdigit() for letter in masked)


@pytest.mark.parametrize(
    "word", ["Contact No. ", "Tel.-Nr. ", "In case of fire: ", "To order, ring ", "Phoenix, AZ ", "NO93 8601 or "]
)
def test_words_that_also_stand_before_a_phone_number(word):
    assert mask(f"{word}212-555-0123", ["phone"]) == (f"{word}[phone]", {"phone": 1})


def test_numbers_beside_an_account_are_masked_and_other_digits_stay_as_they_are():
    text = "Tel. 030 1234567, NL91 ABNA 0417 1643 00, 030 1234567; ２０２４年、０３－１２３４－５６７８"
    masked = "Tel. [phone], NL91 ABNA 0417 1643 00, [phone]; ２０２４年、[phone]"
    assert mask(text, ["phone"]) == (masked, {"phone": 3})


@pytest.mark.parametrize("text", listed(NO_NUMBERS))
@pytest.mark.parametrize("around", ["{}", "It was {} then.", "({})", "{}, {}"])
def test_what_is_no_number_stays(text, around):
    whole = around.format(text, text)
    assert mask(whole, ["phone"]) == (whole, {"phone": 0})


@given(
    st.dates(), st.sampled_from(["%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%y", "%Y.%m.%d", "%Y/%m/%d"])
)
def test_no_date_is_a_number(day, form):
    day = day.replace(year=1900 + day.year % 200)
    text = f"On {day.strftime(form)} the bridge was opened, a year after {day.strftime(form)}."
    assert mask(text, ["phone"]) == (text, {"phone": 0})


@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", "\u00a0", "\u202f", "'"]))
def test_no_sum_in_threes_is_a_number(value, gap):
    text = f"It cost {value:,} crowns.".replace(",", gap)
    assert mask(text, ["phone"]) == (text, {"phone": 0})
