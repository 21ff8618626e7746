"""How far backfills are: their plans against the receipts and failures on the store."""

import re
from collections import Counter
from dataclasses import dataclass, field

from tasks.backfills import Backfill, Planned, all_backfills, read_backfill
from tasks.errors import FixTheRun
from tasks.failures import failures_of
from tasks.forecasts import Cost, Forecast, add_costs, cost_of, forecast
from tasks.recipe import digest_of
from tasks.shards import all_receipts
from tasks.splits import OPTION
from tasks.storage import Store

SLICE = re.compile(r"\.\d+of(\d+)$")
Name = tuple[str, str]


@dataclass(slots=True)
class Progress:
    """A backfill and what has become of its shards, by source and name; the rest is to do."""

    backfill: Backfill
    is_running: bool
    done: set[Name] = field(default_factory=set)
    by_other_recipe: set[Name] = field(default_factory=set)
    failed: dict[Name, str] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)

    def state_of(self, planned: Planned) -> str:
        """Done | failed | to do."""
        name = (planned.source, planned.name)
        return "done" if name in self.done else "failed" if name in self.failed else "to do"

    @property
    def bytes_to_press(self) -> int:
        """Size of what is not done, bytes."""
        return sum(one.size_bytes for one in self.backfill.shards.values() if self.state_of(one) != "done")

    @property
    def outlook(self) -> Forecast:
        """What the rest is going to cost."""
        return forecast(self.cost, self.bytes_to_press)

    def days(self) -> dict[str, Counter[str]]:
        """Per day (YYYY-MM-DD; empty: archives whose name tells none) how many archives are planned, done, failed, to do."""
        found: dict[str, Counter[str]] = {}
        for one in self.backfill.shards.values():
            found.setdefault(one.day, Counter()).update(("planned", self.state_of(one)))
        return dict(sorted(found.items()))


def progress_of_all(store: Store, name: str = "") -> list[Progress]:
    """Progress of every backfill on the store, or of one; raises FixTheRun when there is none."""
    backfills = [read_backfill(store, name)] if name else all_backfills(store)
    if not any(one.runs for one in backfills):
        raise FixTheRun(f"no backfill{f' of the name {name}' if name else ''} was started at {store.url}")
    running = {found.key.rsplit("/", 1)[-1].removesuffix(".json") for found in store.list("state/running/")}
    return [_progress(store, one, not running.isdisjoint(one.runs)) for one in backfills]


def _progress(store: Store, backfill: Backfill, is_running: bool) -> Progress:
    progress, slices, costs = Progress(backfill, is_running), Counter[tuple[Name, int]](), []
    for source in sorted({source for source, _ in backfill.shards}):
        for receipt in all_receipts(store, source):
            whole = receipt.shard.option(OPTION)
            name = (source, whole or receipt.shard.name)
            if name not in backfill.shards:
                continue
            costs.append(cost_of(receipt))
            count = SLICE.search(receipt.shard.name) if whole else None
            slices[name, int(count[1]) if count else 1] += 1
            if digest_of(receipt.recipe) != backfill.recipe:
                progress.by_other_recipe.add(name)
        failures = {(source, SLICE.sub("", one.shard)): one.why for one in failures_of(store, source).values()}
        progress.failed |= {name: why for name, why in failures.items() if name in backfill.shards}
    progress.done = {name for (name, count), number in slices.items() if number == count}
    progress.cost = add_costs(costs)
    return progress
