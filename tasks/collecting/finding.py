"""Why an address that somebody asks for is not in the corpus: the last line that a run wrote of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow.compute as pc

from tasks.collecting.ledger import Line
from tasks.parquet import table_in
from tasks.storage import Store

# About a month of hourly runs.
MOST_OBJECTS, READS_AT_ONCE = 2_000, 16


def last_line(store: Store, url: str) -> Line | None:
    """What became of an address in the latest run that had to do with it; None where none of the last month had."""
    keys = sorted((info.key for info in store.list("runs/") if "/addresses/" in info.key), reverse=True)[:MOST_OBJECTS]

    def rows(key: str) -> list[dict[str, Any]]:
        table = table_in(store.read(key))
        found: list[dict[str, Any]] = table.filter(pc.equal(table.column("url"), url)).to_pylist()
        return found

    with ThreadPoolExecutor(READS_AT_ONCE) as pool:
        found = next((rows for rows in pool.map(rows, keys) if rows), None)
    return Line(**max(found, key=lambda row: row["at"])) if found else None
