"""Every row group goes into one file, in order; a file is as large as it may be and no larger."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tasks.edition_rows import EVERYTHING, Choice
from tasks.editions import EditionFile
from tasks.exporting.planning import Group, chosen_groups, plan_pieces
from tests.tasks.made_editions import made_row, make_edition


def made_file(month: str, key: str = "a") -> EditionFile:
    return EditionFile(key, 1, 1, "", "b", 0, 0, "", month, None, "")


GROUPS = st.lists(
    st.builds(
        Group,
        st.sampled_from(["2024-01", "2024-02", "undated"]).map(made_file),
        st.integers(0, 9),
        st.integers(1, 9),
        st.integers(0, 60),
    ),
    max_size=12,
).map(lambda groups: sorted(groups, key=lambda group: group.file.month))


@given(GROUPS, st.booleans())
def test_pieces_hold_all_groups_in_order(groups, by_month):
    pieces = plan_pieces(groups, 50, by_month=by_month)
    assert [group for piece in pieces for group in piece.groups] == groups
    assert all(len(piece.groups) == 1 or sum(group.unpacked_bytes for group in piece.groups) <= 50 for piece in pieces)
    for before, after in pairwise(pieces):
        if before.month == after.month:
            assert after.number == before.number + 1
            assert sum(group.unpacked_bytes for group in (*before.groups, after.groups[0])) > 50
        else:
            assert after.number == 0
    if by_month:
        assert all({group.file.month for group in piece.groups} == {piece.month} for piece in pieces)


def test_groups_without_chosen_rows_are_left_out_and_sizes_are_those_of_the_columns(store):
    edition = make_edition(store, articles=120, group_rows=7)
    everything = list(chosen_groups(store, edition, EVERYTHING, ("text",)))
    assert sum(group.rows for group in everything) == 120
    assert [group.file.month for group in everything] == sorted(group.file.month for group in everything)
    texts = sum(len(made_row(number)["text"].encode()) for number in range(120))
    # Heads of pages, with the least and the greatest text, make the difference.
    assert 0.5 < sum(group.unpacked_bytes for group in everything) / texts < 2
    everywhere = list(chosen_groups(store, edition, EVERYTHING, ("text", "url", "cut_lines")))
    assert all(more.unpacked_bytes > less.unpacked_bytes for more, less in zip(everywhere, everything, strict=True))
    originals = list(chosen_groups(store, edition, Choice(originals_only=True), ("text",)))
    assert sum(group.rows for group in originals) == 96
    assert list(chosen_groups(store, edition, Choice(languages=("xx",)), ("text",))) == []
