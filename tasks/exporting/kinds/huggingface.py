"""A folder that `datasets` opens and the Hub takes: Parquet files of one split, with a card."""

import io
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.cards.card import Part

IS_BY_MONTH = False
PATTERN = r"data/train-\d{5,}-of-\d{5,}\.parquet"
GLOB = "data/train-*.parquet"
NAMES: tuple[str, ...] = ()
FORM = (
    "`data/train-NNNNN-of-NNNNN.parquet`: Parquet, zstd, by month of publication (UTC), in the order of publication, articles",
    "without a date last. FineWeb's columns come first, by its names; `date` is when the page was captured, as there.",
    "",
    "```python",
    "import datasets",
    "",
    'articles = datasets.load_dataset("path/of/this/folder", split="train")',
    "```",
)


def key_of(month: str, number: int, total: int) -> str:
    """Where a file lies, below the place of the export."""
    del month
    return f"data/train-{number:05d}-of-{total:05d}.parquet"


def part(schema: pa.Schema) -> Part:
    """The files, as a card speaks of them."""
    del schema
    return Part("default", GLOB)


def pack(tables: Iterable[pa.Table], schema: pa.Schema) -> bytes:
    """The file of these rows; pages are cut by content, so that the Hub stores what two exports share once."""
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink, schema, compression="zstd", compression_level=3, use_content_defined_chunking=True, write_page_index=True
    ) as writer:
        for table in tables:
            writer.write_table(table)
    return sink.getvalue()
