"""What of a corpus is named by removals: rows of finished shards and of parts that wait for their shard, by a few columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import BrokenShard, first_line
from tasks.reasons import Reason
from tasks.removals import Removed
from tasks.rewriting import keys_of_part
from tasks.storage import NotFound, Store

NAMES = {"articles": ("url", "id", "canonical_url"), "rejections": ("url", "reason", "detail")}
PLACE = ("warc_file", "warc_record_id")


@dataclass(slots=True)
class Hits:
    """Rows to change, and where the captures behind them lie; ``parts``: keys of the rejections of their parts.

    ``records``: WARC-Record-IDs by archive, of the rows to change and of those that the removal at hand has changed before.
    """

    articles: int = 0
    rejections: int = 0
    parts: set[str] = field(default_factory=set)
    records: dict[str, set[str]] = field(default_factory=dict)

    def add(self, other: "Hits") -> None:
        """Take in those of another place."""
        self.articles, self.rejections = self.articles + other.articles, self.rejections + other.rejections
        self.parts |= other.parts
        for file, ids in other.records.items():
            self.records.setdefault(file, set()).update(ids)

    @property
    def rows(self) -> int:
        """Rows to change."""
        return self.articles + self.rejections


def row_hits(row: dict[str, Any], removed: Removed) -> str | None:
    """The removal that names an article or a rejection, by its row."""
    return removed.matches(row["url"], row.get("id"), row.get("canonical_url"))


def hits_in(store: Store, keys: Iterable[str], removed: Removed, removal_id: str = "") -> Hits:
    """Rows in objects of articles and rejections that removals name; ``removal_id``: the removal at hand.

    Reads three columns, and where one of them matches two more. An object that is gone by now has no rows.
    """
    hits = Hits()
    for key in keys:
        kind = key.partition("/")[0]
        try:
            for row, is_to_change in _rows(store, key, kind, removed, removal_id):
                hits.records.setdefault(row["warc_file"], set()).add(row["warc_record_id"] or "")
                if is_to_change:
                    hits.parts.add(f"rejections/{key.removeprefix(f'{kind}/')}")
                    hits.articles += kind == "articles"
                    hits.rejections += kind == "rejections"
        except NotFound:
            continue
        except (pa.ArrowException, OSError) as error:
            raise BrokenShard(f"{key} is damaged: {first_line(error)}") from error
    return hits


def _rows(store: Store, key: str, kind: str, removed: Removed, removal_id: str) -> Iterator[tuple[dict[str, Any], bool]]:
    with store.open(key) as stream, pq.ParquetFile(stream) as parquet:
        for group in range(parquet.num_row_groups):
            rows = parquet.read_row_group(group, columns=list(NAMES[kind])).to_pydict()
            found = list(_meant(rows, kind, removed, removal_id))
            if found:
                places = parquet.read_row_group(group, columns=list(PLACE)).take([at for at, _ in found]).to_pylist()
                yield from ((place, is_to_change) for place, (_, is_to_change) in zip(places, found, strict=True))


def _meant(rows: dict[str, list[Any]], kind: str, removed: Removed, removal_id: str) -> Iterator[tuple[int, bool]]:
    """Numbers of the rows that are meant, and whether they are to change."""
    if kind == "articles":
        for at, names in enumerate(zip(*(rows[name] for name in NAMES[kind]), strict=True)):
            if removed.matches(*names):
                yield at, True
        return
    for at, (url, reason, detail) in enumerate(zip(*(rows[name] for name in NAMES[kind]), strict=True)):
        if reason == Reason.REMOVED.value:
            if detail == removal_id:
                yield at, False
        elif removed.matches(url):
            yield at, True


def loose_parts(store: Store, folders_done: set[str]) -> dict[str, list[str]]:
    """Keys of the objects of shards that have no receipt, by the shard's folder (SOURCE/MONTH/NAME), in their order."""
    found: dict[str, set[str]] = {}
    for kind in NAMES:
        for info in store.list(f"{kind}/"):
            folder = info.key.partition("/")[2].rpartition("/")[0]
            if folder not in folders_done:
                found.setdefault(folder, set()).add(f"rejections/{info.key.partition('/')[2]}")
    return {folder: [key for part in sorted(keys) for key in keys_of_part(part)] for folder, keys in sorted(found.items())}
