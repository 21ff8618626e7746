"""Rows come in tables of one size, whatever a choice has left of each row group."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tasks.exporting.writing import ROWS_PER_GROUP, regrouped


@given(st.lists(st.integers(0, 3 * ROWS_PER_GROUP), max_size=8))
def test_the_same_rows_in_tables_of_one_size(sizes):
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    tables = [pa.table({"n": pa.array(range(start, start + size), pa.int64())}) for start, size in zip(starts, sizes, strict=True)]
    found = list(regrouped(tables))
    assert [number for table in found for number in table["n"].to_pylist()] == list(range(sum(sizes)))
    assert all(table.num_rows == ROWS_PER_GROUP for table in found[:-1])
    assert all(0 < table.num_rows <= ROWS_PER_GROUP for table in found)
