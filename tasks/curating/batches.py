"""Batches: what of the corpus is looked at in one go, once; named by what is in it, so that nothing is done twice."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from tasks.errors import BrokenShard
from tasks.recipe import digest_of
from tasks.shards import Receipt
from tasks.storage import Store

BATCH_ROWS = 50_000
# Few articles are parted for a handful of workers, too.
LEAST_ROWS, SHARES = 10_000, 16
# More small batches than this are looked at again as fewer large ones: each is an object in every band.
SMALL_BATCHES = 48
FOLDER = "state/curated/batches/"
# Raised when what is kept of an article changes: all is looked at again.
STATE_REVISION = 2


@dataclass(frozen=True, slots=True)
class Input:
    """An object with articles that a receipt vouches for."""

    key: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects whose articles are looked at together, by a revision of our code."""

    inputs: tuple[Input, ...]
    revision: int = STATE_REVISION

    @property
    def name(self) -> str:
        """16 hex digits that follow from what is in it."""
        return digest_of([self.revision, *((one.key, one.sha256) for one in self.inputs)])

    @property
    def rows(self) -> int:
        """Articles in it."""
        return sum(one.rows for one in self.inputs)

    @property
    def key(self) -> str:
        """Where its note lies, written when all that is kept of it is."""
        return f"{FOLDER}{self.name}.json"

    def write(self, store: Store) -> None:
        """Note that all that is kept of it is on the store."""
        store.write(self.key, json.dumps(asdict(self), sort_keys=True).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """Batches that stand, batches to look at, and names of those whose articles are not what they were."""

    known: tuple[Batch, ...]
    new: tuple[Batch, ...]
    outdated: tuple[str, ...]

    @property
    def all(self) -> tuple[Batch, ...]:
        """Those that stand, and the new ones."""
        return (*self.known, *self.new)


def inputs_of(receipts: Iterable[Receipt]) -> list[Input]:
    """All objects with articles that receipts vouch for, by key."""
    stored = (one for receipt in receipts for one in receipt.objects if one.rows and one.key.startswith("articles/"))
    return sorted((Input(one.key, one.rows, one.sha256) for one in stored), key=lambda one: one.key)


def plan_batches(inputs: list[Input], known: list[Batch]) -> BatchPlan:
    """Keep batches whose every object is still the same, and put all other objects into new ones."""
    current = set(inputs)
    standing = [batch for batch in known if batch.revision == STATE_REVISION and current.issuperset(batch.inputs)]
    small = [batch for batch in standing if batch.rows < BATCH_ROWS // 2]
    is_merging = len(small) > SMALL_BATCHES
    if is_merging:
        standing = [batch for batch in standing if batch.rows >= BATCH_ROWS // 2]
    taken = {one for batch in standing for one in batch.inputs}
    left = [one for one in inputs if one not in taken]
    share = max(LEAST_ROWS, sum(one.rows for one in left) // SHARES)
    new = _packed(left, BATCH_ROWS if is_merging else min(BATCH_ROWS, share))
    outdated = sorted({batch.name for batch in known} - {batch.name for batch in (*standing, *new)})
    return BatchPlan(tuple(sorted(standing, key=lambda batch: batch.name)), tuple(new), tuple(outdated))


def _packed(inputs: list[Input], most: int) -> list[Batch]:
    batches: list[Batch] = []
    some: list[Input] = []
    rows = 0
    for one in inputs:
        if some and rows + one.rows > most:
            batches.append(Batch(tuple(some)))
            some, rows = [], 0
        some.append(one)
        rows += one.rows
    return [*batches, Batch(tuple(some))] if some else batches


def known_batches(store: Store) -> list[Batch]:
    """Every batch that was looked at whole."""
    return [read_batch(store, found.key) for found in store.list(FOLDER) if found.key.endswith(".json")]


def read_batch(store: Store, key: str) -> Batch:
    """A batch out of its note; raises BrokenShard when it is none."""
    try:
        raw = json.loads(store.read(key))
        return Batch(tuple(Input(**one) for one in raw["inputs"]), raw.get("revision", 1))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenShard(f"{key} is no note of a batch: delete state/curated/ and start again: {error!r}") from error
