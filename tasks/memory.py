"""What the store remembers of a source: receipts, without their lists of objects, and failures. Read once a plan."""

from dataclasses import dataclass, field

from tasks.failures import Failure, failures_of
from tasks.forecasts import Cost, cost_of
from tasks.recipe import digest_of
from tasks.shards import Shard, all_receipts
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Done:
    """What is kept of a receipt: tens of thousands of whole ones would fill the memory."""

    shard: Shard
    key: str
    fingerprint: str
    recipe: str
    cost: Cost

    def is_by(self, recipe_id: str) -> bool:
        """Whether it was this recipe that pressed this very input."""
        return self.fingerprint == self.shard.fingerprint(recipe_id)


@dataclass(slots=True)
class Memory:
    """Done shards and failures of any source, each source read when it is first asked for."""

    store: Store
    _done: dict[str, list[Done]] = field(default_factory=dict)
    _failures: dict[str, dict[str, Failure]] = field(default_factory=dict)

    def done(self, source: str) -> list[Done]:
        """Every receipt of a source."""
        if source not in self._done:
            receipts = all_receipts(self.store, source)
            self._done[source] = [
                Done(one.shard, one.key, one.fingerprint, digest_of(one.recipe), cost_of(one)) for one in receipts
            ]
        return self._done[source]

    def failures(self, source: str) -> dict[str, Failure]:
        """Shards of a source that failed last, by name."""
        if source not in self._failures:
            self._failures[source] = failures_of(self.store, source)
        return self._failures[source]
