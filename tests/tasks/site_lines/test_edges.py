"""The way to the end of a text, against the same by a loop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.site_lines.edges import MOST_PASSED, at_edge, make_chain

# Of every line of a text: has a row, is furniture, blocks.
TEXTS = st.lists(
    st.lists(st.tuples(st.sampled_from([True, True, True, False]), st.booleans(), st.booleans()), max_size=12), max_size=6
)


@given(TEXTS, st.randoms(use_true_random=False))
def test_at_edge_is_what_a_loop_says(texts: list, chance: object) -> None:
    rows, expected = [], {}
    for number, lines in enumerate(texts):
        passed, is_open = 0, True
        for distance, (has_row, is_furniture, blocks) in enumerate(lines):
            if not has_row:
                is_open = False
                continue
            rows.append((number, distance, is_furniture, blocks))
            reaches = is_open and is_furniture
            expected[number, distance] = (reaches and passed == 0, reaches and passed <= MOST_PASSED)
            if not is_furniture:
                passed, is_open = passed + 1, is_open and not blocks
    chance.shuffle(rows)
    text, distance, is_furniture, blocks = (
        np.array([row[i] for row in rows], kind) for i, kind in enumerate((np.int64, np.int64, bool, bool))
    )
    tight, wide = at_edge(make_chain(text, distance), is_furniture, blocks)
    assert [(bool(a), bool(b)) for a, b in zip(tight, wide, strict=True)] == [expected[row[0], row[1]] for row in rows]
