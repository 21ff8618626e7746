"""Codes of languages: what takes which, and what the Hub is told."""

import pycld2
import pytest

from tasks.languages import as_detected, code_that_takes, iso_code


@pytest.mark.parametrize(
    ("asked", "language", "takes"),
    [
        ("zh", "zh-Hant", "zh"),
        ("zh-hant", "zh", None),
        ("he", "iw", "iw"),
        ("jv", "jw", "jw"),
        ("NB", "no", "no"),
        ("en", "EN", "en"),
        ("en", None, None),
        ("en", "", None),
    ],
)
def test_what_takes_which(asked, language, takes):
    assert code_that_takes(language, {as_detected(asked)}) == takes


def test_the_code_itself_goes_before_the_one_it_is_a_variant_of():
    assert code_that_takes("zh-Hant", {"zh", "zh-hant"}) == "zh-hant"


@pytest.mark.parametrize(
    ("language", "code"),
    [("zh-Hant", "zh"), ("iw", "he"), ("jw", "jv"), ("sr-ME", "sr"), ("en", "en"), ("ceb", "ceb")]
    + [(none, None) for none in ("xx-Bugi", "zzp", "un", "unknown", "all others", "")],
)
def test_codes_of_iso_639(language, code):
    assert iso_code(language) == code


def test_whatever_is_detected_is_a_plain_code_or_none():
    codes = {iso_code(code) for _, code in pycld2.LANGUAGES}
    assert {len(code) for code in codes if code} == {2, 3}
    assert not codes & {"iw", "jw", "xx"}
