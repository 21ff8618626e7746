"""Parts of a finished shard made anew: some captures get another outcome, each has exactly one all the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import BrokenShard, RetryLater
from tasks.parquet import table_in
from tasks.parts import PartFooter, part_bytes, read_footer, read_footer_of
from tasks.reading import Positions
from tasks.records import ARTICLE_SCHEMA, REJECTION_SCHEMA
from tasks.rejected import Row
from tasks.shards import Counts, Receipt, StoredObject, add_counts, read_receipt
from tasks.storage import NotFound, Store


@dataclass(frozen=True, slots=True)
class PartRows:
    """All that a part holds."""

    footer: PartFooter
    rejections: list[Row]
    articles: list[Row]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A part made anew, not yet written: its bytes by key, rejections first, and what they hold."""

    data: dict[str, bytes]
    stored: tuple[StoredObject, ...]
    after: PartFooter


def keys_of_part(rejections_key: str) -> tuple[str, str]:
    """Keys of a part's two objects, in the order in which they are written."""
    return rejections_key, f"articles/{rejections_key.removeprefix('rejections/')}"


def read_part(store: Store, key: str, fingerprints: Iterable[str], *, may_be_half: bool = False) -> PartRows:
    """The part whose rejections lie under ``key``; raises BrokenShard where it is none of a shard with such a fingerprint.

    ``may_be_half``: who wrote it anew may have been stopped between its two objects, so that counts of outcomes differ.
    """
    old = [store.read(name) for name in keys_of_part(key)]
    footers = [read_footer(data) for data in old]
    first, second = ((_without_outcomes(one) if may_be_half else one) if one else None for one in footers)
    if first is None or first != second or not {one.fingerprint for one in footers if one} <= set(fingerprints):
        raise BrokenShard(f"{key} and its articles are no part of one shard: see `pressrun audit`")
    rejections, articles = (table_in(data).to_pylist() for data in old)
    assert footers[1] is not None  # noqa: S101  (it equals the first, which is there)
    return PartRows(footers[1], rejections, articles)


def _without_outcomes(footer: PartFooter) -> PartFooter:
    return replace(footer, fingerprint="", articles=0, rejections={})


def part_anew(key: str, rows: PartRows, positions: Positions, fingerprint: str) -> Rewrite:
    """The part's bytes with these rows, in the order of the archive, and its footer with their numbers."""
    keys = keys_of_part(key)
    articles, rejections = (
        sorted(some, key=lambda row: positions.of(row["warc_file"], row["warc_offset"]))
        for some in (rows.articles, rows.rejections)
    )
    reasons = dict(sorted(Counter(row["reason"] for row in rejections).items()))
    after = replace(rows.footer, fingerprint=fingerprint, articles=len(articles), rejections=reasons)
    if not after.counts.closes:
        raise BrokenShard(f"{key} and its articles have {len(articles) + len(rejections)} rows of {after.captures} captures")
    tables: tuple[tuple[str, list[Row], pa.Schema], ...] = (
        (keys[0], rejections, REJECTION_SCHEMA),
        (keys[1], articles, ARTICLE_SCHEMA),
    )
    data = {name: part_bytes(some, schema, after) for name, some, schema in tables}
    stored = (StoredObject(name, len(some), len(data[name]), sha256(data[name]).hexdigest()) for name, some, _ in tables)
    return Rewrite(data, tuple(stored), after)


def withdraw(store: Store, receipt: Receipt) -> None:
    """Take the receipt back before its parts change; raises RetryLater when it is not the one on the store any more."""
    try:
        is_ours = read_receipt(store.read(receipt.key), receipt.key) == receipt
    except NotFound:
        is_ours = False
    if not is_ours:
        raise RetryLater(f"{receipt.shard.name} was pressed by somebody else meanwhile: start the same command again")
    store.delete(receipt.key)


def write_part(store: Store, rewrite: Rewrite) -> Rewrite:
    """Put a part on the store; gives what it says of itself, its bytes let go."""
    for key, data in rewrite.data.items():
        store.write(key, data)
    return replace(rewrite, data={})


def receipt_after(store: Store, receipt: Receipt, rewrites: Iterable[Rewrite]) -> Receipt:
    """The receipt for what is on the store now: counted from the footers of all of its parts."""
    anew = list(rewrites)
    stored = {one.key: one for rewrite in anew for one in rewrite.stored}
    footers = {keys: rewrite.after for rewrite in anew for keys in (one.key for one in rewrite.stored)}
    counts: list[Counts] = []
    for one in receipt.objects:
        if one.key.startswith("articles/"):
            counts.append((footers.get(one.key) or _footer(store, one.key)).counts)
    return replace(receipt, counts=add_counts(counts), objects=tuple(stored.get(one.key, one) for one in receipt.objects))


def _footer(store: Store, key: str) -> PartFooter:
    with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
        footer = read_footer_of(parquet.schema_arrow)
    if footer is None:
        raise BrokenShard(f"{key} is no part of ours: see `pressrun audit`")
    return footer
