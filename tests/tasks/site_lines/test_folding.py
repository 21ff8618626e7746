"""Which lines are the same line."""

# ruff: noqa: RUF001 - typographic marks are what is folded

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.site_lines.folding import fold, hash64, line_hash, low_bits, mask


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Share  this\tstory", "share this story"),
        ("» Read more:", "Read more"),
        ("“Who pays?”", '"who pays?"'),
        ("Tides – daily", "TIDES - DAILY"),
        ("Straße", "STRASSE"),
    ],
)
def test_the_same_line(one: str, other: str) -> None:
    assert line_hash(one) == line_hash(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Who pays?", "Who pays!"), ("3 comments", "4 comments"), ("की", "के"), ("* * *", "---")]
)
def test_another_line(one: str, other: str) -> None:
    assert line_hash(one) != line_hash(other)


def test_masks_leave_out_numbers_months_and_days() -> None:
    same = ("Tuesday, December 3, 2024 at 8:38 pm", "Monday, May 12, 2025 at 11:02 pm")
    assert len({mask(fold(line)) for line in same}) == 1
    assert mask("12 comments") == "# comments"
    assert mask("mayor") == "mayor"


@given(st.text())
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_hashes_stay_for_ever() -> None:
    assert hash64("share this story") == 0x58FF31D6EB0A5B0
    assert low_bits(1 << 40) == 1
