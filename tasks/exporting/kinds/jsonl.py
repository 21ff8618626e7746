"""JSON lines, packed with zstd: an object an article, a file or more a month."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

import pyarrow as pa

from tasks.cards.card import Part
from tasks.exporting.packing import zstd_bytes
from tasks.records import MOMENT

IS_BY_MONTH = True
PATTERN = r"articles/(\d{4}-\d\d|undated)-\d{5,}\.jsonl\.zst"
GLOB = "articles/*.jsonl.zst"
NAMES: tuple[str, ...] = ()
FORM = (
    "`articles/YYYY-MM-NNNNN.jsonl.zst`: JSON lines in UTF-8, packed with zstd, an article a line, by month of publication (UTC),",
    "in the order of publication; articles without a date are in `articles/undated-NNNNN.jsonl.zst`. Every field is in every line,",
    "null where it is not known; times are ISO 8601 in UTC. FineWeb's fields come first, by its names; `date` is when the page was",
    "captured, as there.",
    "",
    "```python",
    "import datasets",
    "",
    'articles = datasets.load_dataset("path/of/this/folder", split="train")',
    "```",
    "",
    "```sh",
    "zstdcat articles/*.jsonl.zst | jq -r .url",
    "```",
)


def key_of(month: str, number: int, total: int) -> str:
    """Where a file lies, below the place of the export."""
    del total
    return f"articles/{month}-{number:05d}.jsonl.zst"


def part(schema: pa.Schema) -> Part:
    """The files, as a card speaks of them. Moments are strings in JSON, and are moments again when they are read."""
    date = schema.field("date").with_type(MOMENT)
    return Part("default", GLOB, features=schema.set(schema.get_field_index("date"), date))


def pack(tables: Iterable[pa.Table], schema: pa.Schema) -> bytes:
    """The file of these rows."""
    del schema
    return zstd_bytes(piece for table in tables for piece in _lines(table))


def _lines(table: pa.Table) -> Iterator[bytes]:
    for row in table.to_pylist():
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_moment).encode() + b"\n"


def _moment(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no place in JSON")
    return value.isoformat().replace("+00:00", "Z")
