"""Backfills as the store remembers them: what was planned, under which name, by which runs, and what upstream lacks."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.errors import BrokenShard
from tasks.selection import Gap
from tasks.shards import Shard
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Planned:
    """A shard of a backfill, as planned: ``day`` (YYYY-MM-DD) is that in its archive's name, empty where there is none."""

    source: str
    name: str
    day: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One run's entry: its order, the days that it covers, and the shards and gaps that it adds to what was known."""

    name: str
    run_id: str
    order: dict[str, Any]
    recipe: str
    since: str
    until: str
    shards: tuple[Planned, ...]
    gaps: tuple[Gap, ...]

    @property
    def key(self) -> str:
        """Where it lies, below the root."""
        return f"state/backfills/{self.name}/{self.run_id}.json.gz"

    def covers(self, when: str) -> bool:
        """Whether a day or month lies in the range of this run, or a crawl is the one that it was about."""
        if not self.since:
            return when == self.order.get("crawl")
        return self.since[: len(when)] <= when < self.until


@dataclass(slots=True)
class Backfill:
    """All runs of one name together: the last order and recipe, the shards of all plans, the gaps that still stand."""

    name: str
    order: dict[str, Any] = field(default_factory=dict)
    recipe: str = ""
    runs: list[str] = field(default_factory=list)
    shards: dict[tuple[str, str], Planned] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, entry: Enrolment) -> None:
        """Take in a run, the runs in their order."""
        self.order, self.recipe = entry.order, entry.recipe
        self.runs.append(entry.run_id)
        self.shards |= {(one.source, one.name): one for one in entry.shards}
        self.gaps = [gap for gap in self.gaps if not entry.covers(gap.when)] + list(entry.gaps)


def enrol(store: Store, entry: Enrolment, shards: Iterable[Shard]) -> None:
    """Write a run's entry with those of the shards that no earlier entry of this backfill has."""
    known = read_backfill(store, entry.name).shards
    planned = (Planned(shard.source, shard.name, shard.day, shard.pressed_bytes) for shard in shards)
    new = tuple(one for one in planned if known.get((one.source, one.name)) != one)
    data = json.dumps({**asdict(entry), "shards": [asdict(one) for one in new]}, ensure_ascii=False).encode()
    store.write(entry.key, gzip.compress(data, mtime=0))


def read_backfill(store: Store, name: str) -> Backfill:
    """A backfill by its name; one that nobody has started is empty."""
    found = Backfill(name)
    for entry in _entries(store, f"state/backfills/{name}/"):
        found.add(entry)
    return found


def all_backfills(store: Store) -> list[Backfill]:
    """Every backfill on the store, by name."""
    found: dict[str, Backfill] = {}
    for entry in _entries(store, "state/backfills/"):
        found.setdefault(entry.name, Backfill(entry.name)).add(entry)
    return list(found.values())


def _entries(store: Store, prefix: str) -> Iterator[Enrolment]:
    for info in store.list(prefix):
        try:
            raw = json.loads(gzip.decompress(store.read(info.key)))
            shards, gaps = (Planned(**one) for one in raw["shards"]), (Gap(**one) for one in raw["gaps"])
            yield Enrolment(**{**raw, "shards": tuple(shards), "gaps": tuple(gaps)})
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise BrokenShard(f"{info.key} is no entry of a backfill of this version: {error!r}") from error
