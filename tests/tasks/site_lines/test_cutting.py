"""Out of a text and back."""

from hypothesis import given
from hypothesis import strategies as st

from tasks.site_lines.cutting import cut_text, restore_text

LINES = st.lists(
    st.sampled_from(["", " ", "a", "b\r", "\x0b", "\u2028"]) | st.text(st.characters(exclude_characters="\n"), max_size=5),
    max_size=8,
)


@given(LINES, st.sets(st.integers(0, 9)))
def test_what_is_cut_can_be_put_back(lines: list[str], at: set[int]) -> None:
    text = "\n".join(lines)
    kept, cut = cut_text(text, dict.fromkeys(at, "edge"))
    assert restore_text(kept, reversed(cut)) == text
    assert {line["at"] for line in cut} >= {place for place in at if place < len(text.split("\n"))}


def test_nothing_to_cut_leaves_the_text() -> None:
    assert cut_text("a\nb", {}) == ("a\nb", [])
    assert cut_text("a\nb", {7: "edge"}) == ("a\nb", [])


def test_a_text_may_lose_all_its_lines() -> None:
    assert cut_text("a\n", {0: "edge"}) == ("", [{"at": 0, "text": "a", "rule": "edge"}, {"at": 1, "text": "", "rule": "blank"}])
