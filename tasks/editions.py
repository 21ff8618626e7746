"""Editions: one corpus out of many runs, as it lies below curated/, and the manifest that is its commit."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import pyarrow as pa

from tasks.errors import FixTheRun
from tasks.records import ARTICLE_SCHEMA, TEXT
from tasks.shards import StoredObject
from tasks.storage import NotFound, Store

EDITION_FORMAT = 1
EDITION_NAME = r"^[a-z0-9][a-z0-9._-]{0,39}$"

CUT_LINES = pa.list_(pa.struct([("at", pa.int32()), ("text", TEXT), ("rule", TEXT)]))
# What curating adds to a row: Arrow type and meaning.
ADDED_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "cluster_id": (TEXT, "id of the article of the cluster that was captured first: the same for all copies of a story"),
    "cluster_size": (pa.int32(), "articles in the cluster, this one included; 1: no copy is known"),
    "is_original": (pa.bool_(), "the earliest of its cluster, by publication, then by capture"),
    "cut_lines": (CUT_LINES, "lines that were taken out of text: where they stood (from 0), what they were, by which rule"),
}
REASON_COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    "reason": (TEXT, "why the article is not in the edition: one of `pressrun reasons`"),
    "detail": (TEXT, "what exactly, at most 300 characters"),
}


def _described(columns: dict[str, tuple[pa.DataType, str]]) -> list[pa.Field]:
    return [pa.field(name, kind, metadata={"description": meaning}) for name, (kind, meaning) in columns.items()]


# Signatures stay in the article parts: they are a tenth of the bytes, and no reader's business.
EDITION_SCHEMA = pa.schema([column for column in ARTICLE_SCHEMA if column.name != "minhash"] + _described(ADDED_COLUMNS))
SET_ASIDE_SCHEMA = pa.schema(list(EDITION_SCHEMA) + _described(REASON_COLUMNS))


@dataclass(frozen=True, slots=True)
class EditionFile:
    """A file of articles with the one beside it that holds what was set aside of the same days.

    ``span``: its first microsecond since 1970 and the one behind its last, None: undated. ``fingerprint``: hash of everything
    that decided it. ``set_aside``: articles by reason. ``last``: time of its last article, None: it has none, or none is known.
    """

    key: str
    rows: int
    size_bytes: int
    sha256: str
    aside_key: str
    aside_rows: int
    aside_bytes: int
    aside_sha256: str
    month: str
    span: tuple[int, int] | None
    fingerprint: str
    set_aside: dict[str, int] = field(default_factory=dict)
    cut_lines: int = 0
    last: int | None = None

    @property
    def objects(self) -> tuple[StoredObject, ...]:
        """The objects that there are, articles first: one without rows is not written."""
        kept = StoredObject(self.key, self.rows, self.size_bytes, self.sha256)
        aside = StoredObject(self.aside_key, self.aside_rows, self.aside_bytes, self.aside_sha256)
        return tuple(one for one in (kept, aside) if one.rows)


@dataclass(frozen=True, slots=True)
class EditionCounts:
    """``read == kept + sum(set_aside.values())``; ``clusters`` with more than one article, and what is in them."""

    read: int = 0
    kept: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    clusters: int = 0
    clustered: int = 0
    cut_lines: int = 0

    @property
    def closes(self) -> bool:
        """Whether every article that was read has exactly one outcome."""
        return self.read == self.kept + sum(self.set_aside.values())


@dataclass(frozen=True, slots=True)
class Edition:
    """The manifest of an edition, written last. ``order``: what was asked for; ``recipe``: everything that decided its rows."""

    name: str
    run_id: str
    started_at: str
    finished_at: str
    base: str
    order: dict[str, Any]
    recipe: dict[str, Any]
    batches: tuple[str, ...]
    counts: EditionCounts
    files: tuple[EditionFile, ...]

    @property
    def key(self) -> str:
        """Where its manifest lies, below the root."""
        return edition_key(self.name)

    @property
    def objects(self) -> Iterator[StoredObject]:
        """Everything that is there of its files."""
        return (stored for file in self.files for stored in file.objects)

    def write(self, store: Store) -> None:
        """Put it on the store as readable JSON."""
        text = json.dumps({"format": EDITION_FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        store.write(self.key, text.encode() + b"\n")


def edition_key(name: str) -> str:
    """Where an edition's manifest lies, below the root."""
    return f"curated/{name}/manifest.json"


def read_edition(store: Store, name: str) -> Edition:
    """An edition by name; raises FixTheRun where there is none, or none of this version."""
    if not re.match(EDITION_NAME, name):
        raise FixTheRun(f"{name!r} is no name of an edition: at most 40 of a-z 0-9 . _ -, a letter or digit first")
    try:
        raw = json.loads(store.read(edition_key(name)))
    except ValueError as error:
        raise FixTheRun(f"{edition_key(name)} is damaged ({error}): delete it, and `pressrun curate` writes it anew") from error
    except NotFound:
        there = ", ".join(edition_names(store)) or "none yet: `pressrun curate` makes one"
        raise FixTheRun(f"{store.url} has no edition {name!r}; there is {there}") from None
    try:
        facts = {found.name: raw[found.name] for found in fields(Edition)}
        files = [{**found, "span": tuple(found["span"]) if found["span"] else None} for found in raw["files"]]
        counts = EditionCounts(**raw["counts"])
        lists = {"files": tuple(EditionFile(**one) for one in files), "batches": tuple(raw["batches"])}
        return Edition(**{**facts, **lists, "counts": counts})
    except (ValueError, KeyError, TypeError) as error:
        raise FixTheRun(f"{edition_key(name)} is no manifest of this version: {error!r}") from error


def edition_names(store: Store) -> list[str]:
    """Names of the finished editions, sorted."""
    keys = (found.key for found in store.list("curated/"))
    return [key.split("/")[1] for key in keys if key.count("/") == 2 and key.endswith("/manifest.json")]
