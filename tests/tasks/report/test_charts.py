"""Charts: what is foreign stays text, what is small stays visible, and every number can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report.charts import MOST_CHARACTERS, Bar, Scale, Series, bars, columns, nice_top, number, share, told


@given(st.text(max_size=500))
def test_foreign_text_is_one_short_line_that_a_page_can_hold(text):
    shown = told(text)
    assert len(shown) <= MOST_CHARACTERS
    assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]", shown)
    shown.encode()


def test_a_bar_is_as_long_as_its_share_of_the_longest():
    drawn = bars([Bar("a", (("articles", 50),)), Bar("<b>", (("rejections", 25),), "a note")], 100)
    assert re.findall(r'class="(\w+)" x="[\d.]+" width="([\d.]+)"', drawn) == [("articles", "100.00"), ("rejections", "50.00")]
    assert "<b>" not in drawn
    assert "&lt;b&gt;: 25" in drawn
    assert "50.0%" in drawn


def test_columns_have_titles_a_scale_and_a_table():
    series = [Series("articles", "articles", [10, 0, 1]), Series("rejections", "rejections", [20, 0, 0])]
    drawn = columns(["2024-12-01", "2024-12-02", "2024-12-03"], series, Scale("day", number))
    assert "<title>2024-12-01: 10 articles, 20 rejections</title>" in drawn
    assert '<div class="y"><span>30</span><span>15</span><span>0</span></div>' in drawn
    assert '<tr><th scope="row">2024-12-03</th><td>1</td><td>0</td></tr>' in drawn
    heights = re.findall(r'<rect class="(?:articles|rejections)" x="[\d.]+" y="[\d.]+" width=".8" height="([\d.]+)"', drawn)
    assert heights == ["33.3", "66.7", "3.3"]


def test_a_column_of_one_among_millions_is_still_seen():
    drawn = columns(["a", "b"], [Series("articles", "articles", [3_000_000, 1])], Scale("day", number))
    assert 'height="0.7"' in drawn


@given(st.floats(1e-6, 1e15))
def test_a_scale_holds_its_numbers_and_wastes_less_than_half_of_the_room(most):
    assert most * 0.999 <= nice_top(most) <= most * 2.001


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(0, 9, "0%"), (1, 100_000, "<0.1%"), (99_999, 100_000, "99.9%"), (5, 5, "100%"), (0, 0, "0%")]
)
def test_shares_never_round_to_all_or_nothing(part, whole, words):
    assert share(part, whole) == words


@pytest.mark.parametrize(("value", "words"), [(1_234_567, "1,234,567"), (12.345, "12.3"), (0.0123, "0.012"), (0, "0")])
def test_numbers_for_people(value, words):
    assert number(value) == words
