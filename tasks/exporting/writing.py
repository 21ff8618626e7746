"""Writes the files of an export, one after the other, each whole; those that an earlier try has written are only looked at."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa

from tasks.components import load_component
from tasks.edition_rows import Choice, group_rows, open_articles
from tasks.editions import Edition
from tasks.exporting.columns import as_exported, out_schema, source_columns
from tasks.exporting.orders import ExportOrder
from tasks.exporting.planning import Piece, chosen_groups, plan_pieces
from tasks.shards import StoredObject
from tasks.storage import Store

ROWS_PER_GROUP = 1_000
BLOCK_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Way:
    """From the corpus to a place, by an order."""

    store: Store
    out: Store
    order: ExportOrder


def write_files(way: Way, edition: Edition, there: set[str], tell: Callable[[str], None]) -> tuple[StoredObject, ...]:
    """Write all files of the articles, but those that are ``there``; ``tell`` is given a line for each."""
    kind = load_component("exporting.kinds", way.order.kind)
    schema = written_schema(way.order)
    groups = chosen_groups(way.store, edition, way.order.choice, source_columns(schema.names))
    pieces = plan_pieces(groups, way.order.file_bytes, by_month=kind.IS_BY_MONTH)
    files = []
    for number, piece in enumerate(pieces, start=1):
        key = kind.key_of(piece.month, piece.number, len(pieces))
        stored = _look_at(way.out, key, piece.rows) if key in there else _write(way, key, piece, schema)
        files.append(stored)
        before = " (written before)" if key in there else ""
        tell(f"{number} of {len(pieces)}: {key}, {stored.rows:,} articles, {stored.size_bytes / 1e6:,.1f} MB{before}")
    return tuple(files)


def _write(way: Way, key: str, piece: Piece, schema: pa.Schema) -> StoredObject:
    kind = load_component("exporting.kinds", way.order.kind)
    data = kind.pack(regrouped(_tables(way.store, piece, way.order.choice, schema)), schema)
    way.out.write(key, data)
    return stored_object(key, piece.rows, data)


def written_schema(order: ExportOrder) -> pa.Schema:
    """The fields that an export has: those of its columns, but a kind may have fewer."""
    names = load_component("exporting.kinds", order.kind).NAMES
    return pa.schema([field for field in out_schema(order.columns) if not names or field.name in names])


def stored_object(key: str, rows: int, data: bytes) -> StoredObject:
    """What a receipt says of an object."""
    return StoredObject(key, rows, len(data), hashlib.sha256(data).hexdigest())


def _look_at(store: Store, key: str, rows: int) -> StoredObject:
    digest, size = hashlib.sha256(), 0
    with store.open(key) as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return StoredObject(key, rows, size, digest.hexdigest())


def _tables(store: Store, piece: Piece, choice: Choice, schema: pa.Schema) -> Iterator[pa.Table]:
    columns = source_columns(schema.names)
    for file, groups in groupby(piece.groups, lambda group: group.file):
        with open_articles(store, file, (*columns, *choice.columns)) as parquet:
            for group in groups:
                yield as_exported(group_rows(parquet, group.number, columns, choice), schema)


def regrouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of 1,000: a choice leaves few of a group, and small groups pack badly."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting += [table] if table.num_rows else []
        if sum(each.num_rows for each in waiting) >= ROWS_PER_GROUP:
            whole = pa.concat_tables(waiting)
            full = whole.num_rows // ROWS_PER_GROUP * ROWS_PER_GROUP
            yield from (whole.slice(start, ROWS_PER_GROUP) for start in range(0, full, ROWS_PER_GROUP))
            waiting = [whole.slice(full)] if full < whole.num_rows else []
    if waiting:
        yield pa.concat_tables(waiting)
