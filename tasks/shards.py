"""Shards and their receipts: what is to be done, what is proved to be done, and where it lies on the store."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.errors import BrokenShard, FixTheRun
from tasks.recipe import digest_of
from tasks.storage import Store

RECEIPT_FORMAT = 1
# Crawlers put 14 digits into the names of their archives, or 17 with milliseconds.
TIME_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d[01]\d[0-3]\d\d{6})(?:\d{3})?(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One archive, a slice of one or a list of captures to press: the unit of work, retry and receipt.

    ``url`` says where it is read: the archive's address, or the key below the root of a list that the plan wrote. ``reader``
    names the module of tasks/sources that reads it, ``options`` are for that reader. ``span``: the slice, first byte and the
    byte behind the last.
    """

    name: str
    source: str
    url: str
    size_bytes: int
    etag: str
    reader: str = "warc_files"
    options: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] | None = None

    def fingerprint(self, recipe_id: str) -> str:
        """Hash of the input's identity and the recipe: equal fingerprints, equal output."""
        return digest_of([self.source, self.url, self.size_bytes, self.etag, self.reader, self.options, self.span, recipe_id])

    @property
    def pressed_bytes(self) -> int:
        """Size of what is to be pressed, bytes."""
        return self.span[1] - self.span[0] if self.span else self.size_bytes

    @property
    def day(self) -> str:
        """The day (YYYY-MM-DD) that the archive's name tells; empty where it tells none."""
        match = TIME_IN_NAME.search(self.url.rsplit("/", 1)[-1])
        return f"{match[1][:4]}-{match[1][4:6]}-{match[1][6:8]}" if match else ""

    @property
    def is_list(self) -> bool:
        """Whether it is a list of captures that lies below the root, as against a file at an address of its own."""
        return "://" not in self.url and not self.url.startswith("/")

    def option(self, name: str) -> str:
        """The value of an option; empty where it is not set."""
        return dict(self.options).get(name, "")


@dataclass(frozen=True, slots=True)
class Counts:
    """Outcomes so far: ``captures == articles + sum(rejections.values())``; ``records`` counts the archive's records by type."""

    captures: int = 0
    articles: int = 0
    rejections: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """All rejections, whatever the reason."""
        return sum(self.rejections.values())

    @property
    def closes(self) -> bool:
        """Whether every capture has exactly one outcome."""
        return self.captures == self.articles + self.rejected


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that a receipt vouches for."""

    key: str
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a shard is done, written last. Times and run ids live here and in manifests only."""

    shard: Shard
    fingerprint: str
    recipe: dict[str, Any]
    month: str
    counts: Counts
    objects: tuple[StoredObject, ...]
    run: dict[str, Any]

    @property
    def key(self) -> str:
        """Where it lies, below the root."""
        return receipt_key(self.shard, self.month)

    def to_json(self) -> bytes:
        """Readable JSON with its format number."""
        text = json.dumps({"format": RECEIPT_FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        return text.encode() + b"\n"


def receipt_key(shard: Shard, month: str) -> str:
    """Where a shard's receipt lies, below the root."""
    return f"receipts/{shard.source}/{month}/{shard.name}.json"


def read_receipt(data: bytes, key: str) -> Receipt:
    """Parse a receipt; raises BrokenShard, naming the key, when it is not one."""
    try:
        raw = json.loads(data)
        return Receipt(
            shard=read_shard_facts(raw["shard"]),
            fingerprint=raw["fingerprint"],
            recipe=raw["recipe"],
            month=raw["month"],
            counts=Counts(**raw["counts"]),
            objects=tuple(StoredObject(**stored) for stored in raw["objects"]),
            run=raw["run"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenShard(f"{key} is no receipt of this version: {error!r}") from error


def read_shard_facts(raw: dict[str, Any]) -> Shard:
    """A shard out of JSON, where tuples are lists; raises TypeError for other fields."""
    options = tuple((str(name), str(value)) for name, value in raw.get("options", ()))
    span = raw.get("span")
    return Shard(**{**raw, "options": options, "span": tuple(span) if span else None})


def shard_name(url: str) -> str:
    """A short name that follows from the address alone: the file's stem and 8 hex digits that tell equal stems apart."""
    stem = re.sub(r"\.(warc|arc)?(\.(gz|zst|lz4))?$", "", url.rstrip("/").rsplit("/", 1)[-1])
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:80]
    return f"{readable or 'archive'}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


# One of them is there as soon as anything is.
FOLDERS = ("receipts/", "articles/", "captures/", "runs/", "state/", "curated/")


def check_corpus(store: Store) -> None:
    """Raise FixTheRun where there is nothing of a corpus: a mistyped address must not look like one that is in order."""
    if all(next(store.list(folder), None) is None for folder in FOLDERS):
        raise FixTheRun(f"there is no corpus at {store.url}")


def all_receipts(store: Store, source: str = "") -> Iterator[Receipt]:
    """Every receipt on the store, or of one source, in the order of their keys."""
    prefix = f"receipts/{source}/" if source else "receipts/"
    keys = [found.key for found in store.list(prefix) if found.key.endswith(".json")]
    with ThreadPoolExecutor(16) as pool:
        yield from pool.map(lambda key: read_receipt(store.read(key), key), keys)


def add_counts(many: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    captures = articles = 0
    rejections: dict[str, int] = {}
    records: dict[str, int] = {}
    for counts in many:
        captures += counts.captures
        articles += counts.articles
        for total, added in ((rejections, counts.rejections), (records, counts.records)):
            for name, number in added.items():
                total[name] = total.get(name, 0) + number
    return Counts(captures, articles, dict(sorted(rejections.items())), dict(sorted(records.items())))
