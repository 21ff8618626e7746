"""What is known of copies: who names their cluster, who is the original, whatever the order they stand in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tasks.dedup.clusters import Members, clusters

UNKNOWN = 2**62
TIMES = st.one_of(st.integers(0, 3), st.just(UNKNOWN))
# node, label, captured, published: few of each, so that there are ties.
ROWS = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 4), TIMES, TIMES), max_size=14, unique_by=lambda row: row[0])


def members(rows) -> Members:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    kinds = (np.uint64, np.uint64, np.int64, np.int64)
    return Members(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def told(rows) -> dict[int, tuple[int, int, bool]]:
    """For each node: who names its cluster, its size, whether it is the original."""
    found = clusters(members(rows))
    names = [rows[place][0] for place in found.namers.tolist()]
    return {row[0]: facts for row, *facts in zip(rows, names, found.sizes.tolist(), found.is_original.tolist(), strict=True)}


@given(ROWS)
def test_each_cluster_is_named_by_its_first_capture_and_has_one_original(rows):
    for node, (namer, size, is_original) in told(rows).items():
        label = next(row[1] for row in rows if row[0] == node)
        copies = [row for row in rows if row[1] == label]
        assert size == len(copies)
        assert namer == min(copies, key=lambda row: (row[2], row[3], row[0]))[0]
        assert is_original == (node == min(copies, key=lambda row: (row[3], row[2], row[0]))[0])


@given(ROWS, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_the_members(rows, random):
    assert told(random.sample(rows, len(rows))) == told(rows)


@given(ROWS, ROWS)
def test_copies_that_are_captured_later_do_not_rename_a_cluster(rows, later):
    rows = [(node, label, min(captured, 3), published) for node, label, captured, published in rows]
    nodes = {row[0] for row in rows}
    later = [(node, label, captured + 4, published) for node, label, captured, published in later if node not in nodes]
    before, after = told(rows), told(rows + later)
    assert {node: facts[0] for node, facts in before.items()} == {node: after[node][0] for node in before}


def test_what_has_no_time_of_publication_is_no_original_beside_one_that_has():
    found = told([(1, 0, 5, UNKNOWN), (2, 0, 9, 7), (3, 0, UNKNOWN, UNKNOWN)])
    assert found == {1: [1, 3, False], 2: [1, 3, True], 3: [1, 3, False]}
