"""The corpus as a reader finds it: what is there, and one article with where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.shards import Counts, Receipt, add_counts, all_receipts
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the receipts of one source say; ``size_bytes`` is of its articles and rejections."""

    source: str
    shards: int
    counts: Counts
    size_bytes: int
    months: tuple[str, ...]
    recipes: dict[str, int]
    cpu_seconds: float


def corpus_status(store: Store) -> list[SourceStatus]:
    """One line a source, sorted by name, from the receipts alone."""
    grouped: dict[str, list[Receipt]] = {}
    for receipt in all_receipts(store):
        grouped.setdefault(receipt.shard.source, []).append(receipt)
    return [_source_status(source, receipts) for source, receipts in sorted(grouped.items())]


def _source_status(source: str, receipts: list[Receipt]) -> SourceStatus:
    recipes: dict[str, int] = {}
    for receipt in receipts:
        recipe = f"{receipt.recipe['extractor']} {receipt.recipe['versions'].get(receipt.recipe['extractor'], '')}".strip()
        recipes[recipe] = recipes.get(recipe, 0) + 1
    return SourceStatus(
        source=source,
        shards=len(receipts),
        counts=add_counts(receipt.counts for receipt in receipts),
        size_bytes=sum(stored.size_bytes for receipt in receipts for stored in receipt.objects),
        months=tuple(sorted({receipt.month for receipt in receipts})),
        recipes=recipes,
        cpu_seconds=sum(receipt.run["extraction_cpu_seconds"] + receipt.run["other_cpu_seconds"] for receipt in receipts),
    )


NAMES = ("id", "url", "canonical_url")


def find_articles(store: Store, wanted: str) -> Iterator[dict[str, Any]]:
    """Articles whose id, URL or canonical URL is ``wanted``, from finished shards; reads the three columns, then the row."""
    for receipt in all_receipts(store):
        for stored in receipt.objects:
            if stored.rows and stored.key.startswith("articles/"):
                yield from _rows_in(store, stored.key, wanted)


def _rows_in(store: Store, key: str, wanted: str) -> Iterator[dict[str, Any]]:
    with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
        for group in range(parquet.num_row_groups):
            table = parquet.read_row_group(group, columns=list(NAMES))
            matches = [pc.indices_nonzero(pc.equal(table.column(name), wanted)).to_pylist() for name in NAMES]
            rows = sorted({row for found in matches for row in found})
            if rows:
                yield from parquet.read_row_group(group).take(rows).to_pylist()


def first_article(store: Store, receipts: list[Receipt]) -> dict[str, Any] | None:
    """The first article of the first receipt that has one, as an example for people."""
    for receipt in receipts:
        for stored in receipt.objects:
            if stored.rows and stored.key.startswith("articles/"):
                with store.open(stored.key) as stream, pq.ParquetFile(stream) as parquet:
                    row: dict[str, Any] = parquet.read_row_group(0).slice(0, 1).to_pylist()[0]
                    return row
    return None
