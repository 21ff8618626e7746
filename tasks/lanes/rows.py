"""Rows of state as Parquet: frozen dataclasses in, the same out."""

import io
import threading
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import BrokenShard, first_line
from tasks.parquet import table_in
from tasks.storage import NotFound, Store

Row = TypeVar("Row")
# Lanes are read in many threads, and wait for the store; Arrow's first look at a file and a time zone is for one of them.
_ONE_AT_A_TIME = threading.Lock()
KINDS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.uint64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def schema_of(kind: type[Any]) -> pa.Schema:
    """Columns of a dataclass, by the types of its fields."""
    hints = get_type_hints(kind)
    return pa.schema([pa.field(one.name, _arrow(hints[one.name])) for one in fields(kind)])


def _arrow(hint: Any) -> pa.DataType:
    plain = next((one for one in get_args(hint) if one is not type(None)), hint)
    return KINDS[plain]


def parquet(table: pa.Table) -> bytes:
    """A table as one Parquet file, zstd."""
    return parquet_of((table,), table.schema)


def parquet_of(tables: Iterable[pa.Table], schema: pa.Schema) -> bytes:
    """Tables as one Parquet file; each is forgotten when it is written."""
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue()


def read_parquet(packed: bytes, key: str) -> pa.Table:
    """The table in an object; raises BrokenShard that names it where it is damaged."""
    try:
        with _ONE_AT_A_TIME:
            return table_in(packed)
    except (pa.ArrowException, OSError) as error:
        why = first_line(error)
        raise BrokenShard(f"{key} is damaged: {why}; without the object its lane starts anew with what sites announce") from error


def table_of(kind: type[Row], rows: Iterable[Row]) -> pa.Table:
    """Rows as a table."""
    schema, every = schema_of(kind), list(rows)
    columns = [pa.array(map(attrgetter(field.name), every), field.type) for field in schema]
    return pa.table(columns, schema=schema)


def pack(kind: type[Row], rows: Iterable[Row]) -> bytes:
    """Rows as Parquet."""
    return parquet(table_of(kind, rows))


def unpack(kind: type[Row], packed: bytes, key: str) -> list[Row]:
    """Rows out of Parquet; columns of other versions are left out, those that are missing take their defaults.

    Raises BrokenShard, naming the key, where it is damaged.
    """
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    table = read_parquet(packed, key)
    with _ONE_AT_A_TIME:
        found = table.select([name for name in table.column_names if name in known]).to_pylist()
    return [kind(**row) for row in found]


def read_rows(store: Store, key: str, kind: type[Row]) -> Sequence[Row]:
    """Rows of an object; none where it is not there."""
    try:
        return unpack(kind, store.read(key), key)
    except NotFound:
        return ()
