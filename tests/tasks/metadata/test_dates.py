from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.metadata.dates import parse_date

AT_20_38 = "2024-12-03 20:38"


@pytest.mark.parametrize(
    ("raw", "wall", "offset", "precision"),
    [
        ("2024-12-03T20:38:00+01:00", AT_20_38, 60, "second"),
        ("2024-12-03T20:38:00.123456Z", AT_20_38, 0, "second"),
        ("2024-12-03T20:38+0530", AT_20_38, 330, "minute"),
        ("2024-12-03T20:38:00.000+00:00[UTC]", AT_20_38, 0, "second"),
        ("20241203T203800Z", AT_20_38, 0, "second"),
        ("2024-12-03T08:38:00PM", AT_20_38, None, "second"),
        ("2024-12-03T24:00:00Z", "2024-12-04", 0, "second"),
        ("2024-12-03", "2024-12-03", None, "day"),
        ("Tue, 03 Dec 2024 20:38:00 +0000", AT_20_38, 0, "second"),
        ("Tue Dec 03 2024 20:38:00 GMT+0100 (CET)", AT_20_38, 60, "second"),
        ("Tue Dec 03 20:38:00 CEST 2024", AT_20_38, 120, "second"),
        ("December 3, 2024 8:38 PM EST", AT_20_38, -300, "minute"),
        ("Dec. 3, 2024, at 8:38 p.m. ET", AT_20_38, -300, "minute"),
        ("July 3, 2024 8:38 pm ET", "2024-07-03 20:38", -240, "minute"),
        ("2024-12-03T20:38:00 IST", AT_20_38, 330, "second"),
        ("Selasa, 3 Desember 2024 - 20:38 WIB", AT_20_38, 420, "minute"),
        ("3. Dezember 2024, 20:38 Uhr", AT_20_38, None, "minute"),
        ("3 décembre 2024 à 20h38", AT_20_38, None, "minute"),
        ("3 de diciembre de 2024", "2024-12-03", None, "day"),
        ("2024. december 3., 20:38", AT_20_38, None, "minute"),
        ("2024 m. gruodžio 3 d.", "2024-12-03", None, "day"),
        ("3 Δεκεμβρίου 2024", "2024-12-03", None, "day"),
        ("3. decembra 2024", "2024-12-03", None, "day"),
        ("3 декември 2024", "2024-12-03", None, "day"),
        ("3 dicembre 2024", "2024-12-03", None, "day"),
        ("3 de dezembro de 2024", "2024-12-03", None, "day"),
        ("3 maart 2024", "2024-03-03", None, "day"),
        ("3 grudnia 2024", "2024-12-03", None, "day"),
        ("3 декабря 2024, 20:38", AT_20_38, None, "minute"),
        ("2024年12月3日 20時38分", AT_20_38, None, "minute"),
        ("2024.12.03 오후 8:38", AT_20_38, None, "minute"),
        ("3 ديسمبر 2024", "2024-12-03", None, "day"),
        ("٣ ديسمبر ٢٠٢٤ 20:38", AT_20_38, None, "minute"),
        ("03.12.2024 20:38", AT_20_38, None, "minute"),
        ("13/12/2024", "2024-12-13", None, "day"),
        ("12/13/2024", "2024-12-13", None, "day"),
        ("1733258280", AT_20_38, 0, "second"),
        ("1733258280000", AT_20_38, 0, "second"),
    ],
)
def test_dates_as_pages_write_them(raw: str, wall: str, offset: int | None, precision: str) -> None:
    moment = parse_date(raw)
    assert moment is not None
    assert (moment.wall, moment.offset_minutes, moment.precision) == (datetime.fromisoformat(wall), offset, precision)


@pytest.mark.parametrize(
    "raw",
    ["", "10", "2024", "03/12/2024", "2024-02-31", "2024-12-03T25:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01", "today",
     "3 May 2024 and 5 June 2023", "9999-12-31T23:59:59-12:00", "12:30", "Version 1.2.2024.7"],
)  # fmt: skip
def test_what_is_no_date(raw: str) -> None:
    assert parse_date(raw) is None


@pytest.mark.parametrize(
    ("language", "month"), [("en-US", 3), ("en-GB", 12), ("de", 12), ("en", None), (None, None)]
)  # fmt: skip
def test_the_language_tells_the_order_of_day_and_month(language: str | None, month: int | None) -> None:
    moment = parse_date("03/12/2024", language)
    assert (moment.wall.month if moment else None) == month


@pytest.mark.parametrize(("language", "offset"), [("zh-CN", 480), ("en-US", -360), ("de", None)])
def test_cst_is_china_or_chicago(language: str, offset: int | None) -> None:
    moment = parse_date("2024-12-03 20:38:00 CST", language)
    assert moment is not None
    assert moment.offset_minutes == offset


@given(st.datetimes(datetime.fromisoformat("1990-01-02"), datetime.fromisoformat("2200-01-01")), st.integers(-720, 840))
def test_iso_comes_back(wall: datetime, offset: int) -> None:
    sign, hours, minutes = "-" if offset < 0 else "+", abs(offset) // 60, abs(offset) % 60
    moment = parse_date(f"{wall:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}")
    assert moment is not None
    assert moment.utc == datetime.fromisoformat(f"{wall:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}").astimezone(UTC)


@given(
    st.text(max_size=60) | st.text(alphabet="0123456789-:/. TZ+pam年", max_size=40), st.none() | st.sampled_from(["en", "en-US"])
)
def test_any_text_is_a_date_or_none(raw: str, language: str | None) -> None:
    moment = parse_date(raw, language)
    assert moment is None or moment.utc.year >= 1989
