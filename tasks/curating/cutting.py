"""The fourth step: which lines are their site's furniture, a bucket of sites at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.curating.grouping import stories_key
from tasks.curating.places import CUTS, WORK, lines_key
from tasks.curating.tables import joined, keys_below, places_in, read_table, write_table
from tasks.dedup.signatures import Numbers
from tasks.errors import RetryLater
from tasks.site_lines.furniture import furniture
from tasks.site_lines.overrules import Overrules
from tasks.site_lines.rows import ROW_SCHEMA
from tasks.storage import Store


def cuts_folder(work: str) -> str:
    """The cuts of all buckets."""
    return f"{WORK}{work}/cuts/"


@dataclass(frozen=True, slots=True)
class Cutting:
    """What all buckets of an edition have in common: the work, its batches, and what a person decided."""

    work: str
    batches: tuple[str, ...]
    overrules: Overrules


def cut_buckets(store: Store, cutting: Cutting, buckets: tuple[int, ...], is_wanted: Callable[[], bool]) -> int:
    """Write the cuts of all sites of some buckets, sorted by article; gives their number. Memory: a bucket's lines."""
    key = f"{cuts_folder(cutting.work)}{buckets[0]:02d}.parquet"
    if store.exists(key):
        return 0
    cuts = joined((_cuts(store, cutting, bucket, is_wanted) for bucket in buckets), CUTS)
    write_table(store, key, cuts)
    return len(cuts)


def _cuts(store: Store, cutting: Cutting, bucket: int, is_wanted: Callable[[], bool]) -> pa.Table:
    present = {found.key for found in store.list(lines_key(bucket, "").removesuffix(".parquet"))}
    tables = []
    for name in cutting.batches:
        if not is_wanted():
            raise RetryLater("looking for repeated lines was cancelled: the next run does it again")
        if lines_key(bucket, name) in present:
            tables.append(read_table(store, lines_key(bucket, name)))
    stories = read_table(store, stories_key(cutting.work))
    rows = _standing(joined(tables, ROW_SCHEMA), stories)
    return furniture(rows, stories, cutting.overrules).cast(CUTS) if len(rows) else CUTS.empty_table()


def cuts_of(store: Store, work: str, nodes: Numbers) -> dict[int, dict[int, str]]:
    """The cuts of some articles: rule by line by node."""
    found: dict[int, dict[int, str]] = {}
    for key in keys_below(store, cuts_folder(work)):
        table = read_table(store, key)
        chosen = table.filter(pa.array(np.isin(table.column("node").to_numpy(), nodes)))
        columns = (chosen.column(name).to_pylist() for name in CUTS.names)
        for node, at, rule in zip(*columns, strict=True):
            found.setdefault(node, {})[at] = rule
    return found


def _standing(rows: pa.Table, stories: pa.Table) -> pa.Table:
    """Rows of the articles that stand for their captures: those of the same capture out of other archives are left out."""
    chosen = stories.filter(pa.array(stories.column("content").to_numpy() > 0))
    if not len(chosen):
        return rows
    places, is_known = places_in(chosen.column("node").to_numpy(), rows.column("node").to_numpy())
    is_other = is_known & (chosen.column("content").to_numpy()[places] != rows.column("content").to_numpy())
    return rows.filter(pa.array(~is_other))
