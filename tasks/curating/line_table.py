"""The lines that an edition's texts have lost, counted by site: for people to look at, and to overrule."""

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.curating.tables import read_table
from tasks.editions import Edition
from tasks.parquet import table_in
from tasks.storage import NotFound, Store

_FIELDS = {
    "site": (pa.string(), "registrable domain"),
    "line": (pa.string(), "the line as it stood"),
    "rule": (pa.string(), "button | edge | date | caption | related | person: why it was taken out"),
    "times": (pa.int64(), "how often it was taken out"),
}
LINES = pa.schema([pa.field(name, kind, metadata={"description": meaning}) for name, (kind, meaning) in _FIELDS.items()])
KEYS = ["site", "line", "rule"]


def lines_place(edition: str) -> str:
    """Where an edition's table lies, below the root."""
    return f"curated/{edition}/lines.parquet"


def write_line_table(store: Store, edition: Edition, beat: Callable[[], object]) -> None:
    """Count all of it anew, out of the edition's files; ``beat`` is called for each. Memory: every different line once."""
    counted = LINES.empty_table()
    for file in edition.files if edition.counts.cut_lines else ():
        beat()
        if file.rows:
            counted = _summed(pa.concat_tables([counted, _lines_in(read_table(store, file.key, ["domain", "cut_lines"]))]))
    order = [("site", "ascending"), ("times", "descending"), ("line", "ascending"), ("rule", "ascending")]
    sink = io.BytesIO()
    pq.write_table(counted.sort_by(order).cast(LINES), sink, compression="zstd", row_group_size=10_000)
    store.write(lines_place(edition.name), sink.getvalue())


def read_line_table(store: Store, edition: str) -> pa.Table:
    """The table: by site, most times first; empty where there is none."""
    try:
        return table_in(store.read(lines_place(edition)))
    except NotFound:
        return LINES.empty_table()


def _lines_in(table: pa.Table) -> pa.Table:
    cut = table.column("cut_lines").combine_chunks()
    lines, parents = pc.list_flatten(cut), pc.list_parent_indices(cut)
    ones = pa.array([1] * len(lines), pa.int64())
    columns = [table.column("domain").take(parents), pc.struct_field(lines, "text"), pc.struct_field(lines, "rule"), ones]
    return pa.table(columns, schema=LINES)


def _summed(table: pa.Table) -> pa.Table:
    sums = table.group_by(KEYS, use_threads=False).aggregate([("times", "sum")])
    return sums.rename_columns([*KEYS, "times"]).cast(LINES)
