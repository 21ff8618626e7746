"""Parts: the committed objects of a shard. Rejections first, then articles, whose footer says where to go on."""

import hashlib
import io
import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.dedup.signatures import signatures
from tasks.parquet import table_in
from tasks.recipe import Recipe
from tasks.records import ARTICLE_SCHEMA, REJECTION_SCHEMA, Article, Outcome, article_row, rejection_row
from tasks.shards import Counts, Shard, StoredObject
from tasks.storage import ObjectInfo, Store

FOOTER_KEY = b"pressrun"
ROWS_PER_GROUP = 1_000
# A stretch without articles is committed as well, so that a retry never goes over more than this again.
CAPTURES_PER_ARTICLE_LIMIT = 5


@dataclass(frozen=True, slots=True)
class PartFooter:
    """What a part says of itself: its own counts, and where in the archive the next one begins."""

    fingerprint: str
    part: int
    next_offset: int
    captures: int
    articles: int
    rejections: dict[str, int]
    records: dict[str, int]

    @property
    def counts(self) -> Counts:
        """This part's own counts."""
        return Counts(self.captures, self.articles, self.rejections, self.records)


@dataclass(frozen=True, slots=True)
class Part:
    """A committed part: its footer and its objects."""

    footer: PartFooter
    objects: tuple[StoredObject, ...]


def part_keys(shard: Shard, month: str, part: int) -> tuple[str, str]:
    """Keys of a part's rejections and articles, in the order in which they are written."""
    place = f"{shard.source}/{month}/{shard.name}/{part:05d}.parquet"
    return f"rejections/{place}", f"articles/{place}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shard's parts go, and the fingerprint that they carry."""

    store: Store
    shard: Shard
    month: str
    fingerprint: str


class PartWriter:
    """Collects outcomes and commits a part whenever it is full; where parts end follows from input and recipe alone."""

    def __init__(self, place: Place, recipe: Recipe, committed: list[Part]) -> None:
        """``committed``: the parts that an earlier try left; new ones are appended to it."""
        self.place, self.recipe, self.parts = place, recipe, committed
        self.recipe_id = recipe.id
        self._clear()

    def _clear(self) -> None:
        self.articles: list[dict[str, Any]] = []
        self.rejections: list[dict[str, Any]] = []
        self.records: Counter[str] = Counter()

    def add(self, record_type: str, outcome: Outcome | None, next_offset: int) -> None:
        """Take in one record of the archive, with its outcome when it is a capture; commit when the part is full."""
        self.records[record_type] += 1
        self.next_offset = next_offset
        if isinstance(outcome, Article):
            self.articles.append(article_row(outcome))
        elif outcome is not None:
            self.rejections.append(rejection_row(outcome, self.place.shard.source, self.recipe_id))
        captures = len(self.articles) + len(self.rejections)
        most = self.recipe.part_articles
        if len(self.articles) >= most or captures >= CAPTURES_PER_ARTICLE_LIMIT * most:
            self.commit()

    def commit(self) -> None:
        """Write the rejections whole, then the articles whole, which is the commit; nothing when nothing was added."""
        if not self.records:
            return
        reasons = Counter(row["reason"] for row in self.rejections)
        captures, number = len(self.articles) + len(self.rejections), len(self.parts)
        counts = (captures, len(self.articles), dict(sorted(reasons.items())), dict(sorted(self.records.items())))
        footer = PartFooter(self.place.fingerprint, number, self.next_offset, *counts)
        keys = part_keys(self.place.shard, self.place.month, number)
        rejections = self._write(keys[0], self.rejections, REJECTION_SCHEMA, footer)
        articles = self._write(keys[1], self.articles, ARTICLE_SCHEMA, footer)
        self.parts.append(Part(footer, (rejections, articles)))
        self._clear()

    def _write(self, key: str, rows: list[dict[str, Any]], schema: pa.Schema, footer: PartFooter) -> StoredObject:
        data = part_bytes(rows, schema, footer)
        self.place.store.write(key, data)
        return StoredObject(key, len(rows), len(data), hashlib.sha256(data).hexdigest())


def part_bytes(rows: list[dict[str, Any]], schema: pa.Schema, footer: PartFooter) -> bytes:
    """The bytes of one of a part's two objects, its footer included; articles get their signatures here, all at once."""
    if schema is ARTICLE_SCHEMA:
        signed = signatures([row["text"] for row in rows])
        rows = [{**row, "minhash": signature.tobytes()} for row, signature in zip(rows, signed, strict=True)]
    return parquet_bytes(rows, schema, {FOOTER_KEY: json.dumps(asdict(footer), sort_keys=True).encode()})


def parquet_bytes(rows: list[dict[str, Any]], schema: pa.Schema, note: dict[bytes, bytes]) -> bytes:
    """Rows as one Parquet file: zstd 3, row groups of 1,000."""
    table = pa.Table.from_pylist(rows, schema=schema).replace_schema_metadata(note)
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=3, row_group_size=ROWS_PER_GROUP)
    return sink.getvalue()


def read_footer(data: bytes) -> PartFooter | None:
    """The note that a part's bytes carry; None when they are no part of ours."""
    try:
        return read_footer_of(pq.read_schema(io.BytesIO(data)))
    except pa.ArrowInvalid:
        return None


def read_footer_of(schema: pa.Schema) -> PartFooter | None:
    """The note in a Parquet schema; None when there is none of ours."""
    try:
        return PartFooter(**json.loads((schema.metadata or {})[FOOTER_KEY]))
    except (KeyError, ValueError, TypeError):
        return None


def committed_parts(place: Place) -> tuple[list[Part], set[str]]:
    """Parts from 0 on without a gap and of this fingerprint, and the payload digests that they have seen."""
    present = {found.key for found in part_objects(place)}
    parts: list[Part] = []
    seen: set[str] = set()
    while set(keys := part_keys(place.shard, place.month, len(parts))) <= present:
        rejections, articles = (place.store.read(key) for key in keys)
        footer = read_footer(articles)
        if footer is None or footer.fingerprint != place.fingerprint or footer != read_footer(rejections):
            break
        parts.append(Part(footer, (_stored(keys[0], rejections), _stored(keys[1], articles))))
        seen |= _digests(rejections) | _digests(articles)
    return parts, seen


def part_objects(place: Place) -> list[ObjectInfo]:
    """What lies in a shard's two folders, finished or not."""
    return [found for folder in part_folders(place) for found in place.store.list(folder)]


def part_folders(place: Place) -> tuple[str, str]:
    """Key prefixes of a shard's articles and rejections."""
    below = f"{place.shard.source}/{place.month}/{place.shard.name}/"
    return f"articles/{below}", f"rejections/{below}"


def _stored(key: str, data: bytes) -> StoredObject:
    rows = pq.read_metadata(io.BytesIO(data)).num_rows
    return StoredObject(key, rows, len(data), hashlib.sha256(data).hexdigest())


def _digests(data: bytes) -> set[str]:
    column = table_in(data, ["payload_digest"]).column("payload_digest")
    return {digest for digest in column.to_pylist() if digest}
