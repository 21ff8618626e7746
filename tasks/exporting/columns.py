"""Columns of what is exported: FineWeb's, by its names and in its order, and then all others of an edition."""

import pyarrow as pa
import pyarrow.compute as pc

from tasks.editions import EDITION_SCHEMA
from tasks.records import TEXT

SETS = ("all", "fineweb")

# FineWeb's name, the column it is made of, its Arrow type and meaning: as the card of HuggingFaceFW/fineweb describes its fields.
FINEWEB: dict[str, tuple[str, pa.DataType, str]] = {
    "text": ("text", TEXT, "the article as plain text, a line a paragraph"),
    "id": ("id", TEXT, "id of the article, 32 hex digits"),
    "url": ("url", TEXT, "address that was asked"),
    "date": ("captured_at", TEXT, "time of the capture, as in FineWeb, UTC, YYYY-MM-DDTHH:MM:SSZ; null: unknown"),
    "file_path": ("warc_file", TEXT, "address of the archive that holds the page"),
    "language": ("language", TEXT, "ISO 639 code detected in the text"),
    "language_score": ("language_score", pa.float64(), "share of the text in that language, 0 to 1"),
}
# Columns that say no more than one of FineWeb's.
SAID = {"text", "id", "url", "language", "language_score", "warc_file"}


def out_schema(columns: str) -> pa.Schema:
    """Fields of a set of columns (``all`` or ``fineweb``), each with its meaning."""
    first = [pa.field(name, kind, metadata={"description": meaning}) for name, (_, kind, meaning) in FINEWEB.items()]
    return pa.schema(first + ([field for field in EDITION_SCHEMA if field.name not in SAID] if columns == "all" else []))


def source_columns(names: list[str]) -> tuple[str, ...]:
    """Columns of the edition that the fields of these names are made of."""
    return tuple(dict.fromkeys(FINEWEB[name][0] if name in FINEWEB else name for name in names))


def as_exported(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows of an edition with the fields of the schema."""
    return pa.Table.from_arrays([_made(table, field) for field in schema], schema=schema)


def _made(table: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    column = table[FINEWEB[field.name][0] if field.name in FINEWEB else field.name]
    if field.name == "date":
        # Whole seconds: Arrow would print six digits behind the point.
        return pc.strftime(pc.floor_temporal(column, unit="second").cast(pa.timestamp("s", "UTC")), "%Y-%m-%dT%H:%M:%SZ")
    if field.name == "language_score":
        # 32 bits hold 7 digits; without rounding .99 would become .9900000095.
        return pc.round(column.cast(pa.float64()), 6)
    return column.cast(field.type)
