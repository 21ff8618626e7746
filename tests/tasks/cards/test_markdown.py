"""No foreign word becomes markup."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tasks.cards.markdown import count_table, plain

HOSTILE = st.lists(
    st.sampled_from(
        ["|", "`", "*", "_", "[x](y)", "<b>", "&lt;", "\n", "# ", "\\", "http://a.b/c", "www.a.bc", "~~", "![", "a", "\u202e", " "]
    ),
    max_size=12,
).map("".join)


@given(st.one_of(HOSTILE, st.text(max_size=40)))
def test_a_foreign_word_is_the_same_word_and_nothing_else_in_a_cell(text):
    html = MarkdownIt("commonmark", {"linkify": False}).enable("table").render("\n".join(count_table("x", {text: 1}, 1)))
    cell = re.search(r"<td>(.*?)</td>", html, re.DOTALL)
    assert html.count("<td") == 3
    assert "<" not in cell[1]
    shown = cell[1].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert shown.strip() == "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:200].strip()


def test_addresses_are_no_links_and_long_words_are_cut():
    assert "://" not in plain("https://creativecommons.org/licenses/by/4.0/")
    assert "www." not in plain("www.example.org")
    assert len(plain("x" * 500)) == 120


def test_the_rest_of_a_long_table_is_one_line():
    lines = count_table("domain", {f"{number}.example": number for number in range(1, 31)}, 465, most=2)
    assert lines[2:] == ["| 30.example | 30 | 6.5 |", "| 29.example | 29 | 6.2 |", "| 28 more | 406 | 87.3 |"]
