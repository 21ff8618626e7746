"""Rows come out as they went in, also those of earlier and later versions."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from tasks.lanes.looks import Look
from tasks.lanes.rows import pack, parquet, read_rows, schema_of, unpack

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.datetimes(timezones=st.just(UTC))
LOOKS = st.builds(
    Look,
    url=TEXTS,
    kind=TEXTS,
    site=TEXTS,
    depth=st.integers(0, 9),
    asked_at=st.none() | TIMES,
    next_at=st.none() | TIMES,
    gap_seconds=st.floats(0, 1e9),
    problem=TEXTS,
)


@dataclass(frozen=True, slots=True)
class Earlier:
    url: str
    kind: str
    site: str
    gone: int = 7


@given(st.lists(LOOKS, max_size=5))
def test_what_was_packed_is_unpacked(looks):
    assert unpack(Look, pack(Look, looks), "rows") == looks


def test_other_versions_are_read():
    assert unpack(Look, pack(Earlier, [Earlier("u", "feed", "s")]), "rows") == [Look("u", "feed", "s")]
    assert unpack(Earlier, pack(Look, [Look("u", "feed", "s", depth=2)]), "rows") == [Earlier("u", "feed", "s")]


def test_nothing_is_no_rows(store):
    assert read_rows(store, "state/nothing.parquet", Look) == ()
    store.write("state/empty.parquet", pack(Look, []))
    assert read_rows(store, "state/empty.parquet", Look) == []


def test_times_are_utc_and_columns_follow_the_fields():
    table = pq.read_table(io.BytesIO(pack(Look, [Look("u", "feed", "s", asked_at=datetime(2026, 1, 1, tzinfo=UTC))])))
    assert table.schema.equals(schema_of(Look))
    assert table.schema.field("asked_at").type == pa.timestamp("us", tz="UTC")
    assert pq.ParquetFile(io.BytesIO(parquet(table))).metadata.row_group(0).column(0).compression == "ZSTD"
