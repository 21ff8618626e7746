"""What a run would do, before anything is started: shards to press, shards that are done, gaps, files that are left alone."""

from dataclasses import dataclass, field, replace

from tasks.failures import Failure
from tasks.finding import find
from tasks.forecasts import Cost, add_costs
from tasks.memory import Done, Memory
from tasks.press import Order
from tasks.recipe import Recipe
from tasks.selection import Found, Gap, Selection
from tasks.shards import Shard
from tasks.splits import read_split, slices_of, split_names
from tasks.storage import Store

# Fewer slices than that are not worth an archive's being read twice.
SLICES_AT_LEAST = 4


@dataclass(slots=True)
class Plan:
    """Orders for the shards that are to be pressed, and what is left alone: done, given up earlier, of no kind that can be read.

    ``archives`` are all shards of the selection, in its order, before any of them is split. ``lists`` (bytes by key) are to be
    written before the orders are pressed. ``failing``: names of shards that failed last. ``known``: what the same sources cost so
    far, by the same recipe where it has pressed any.
    """

    archives: list[Shard] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    given_up: list[Failure] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lists: dict[str, bytes] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    known: Cost = field(default_factory=Cost)

    @property
    def bytes_to_press(self) -> int:
        """Size of what is to be pressed, bytes."""
        return sum(order.shard.pressed_bytes for order in self.orders)


def plan_archives(store: Store, selection: Selection, recipe: Recipe) -> Plan:
    """Find the shards and split them by their receipts: the same fingerprint is done; writes nothing; raises FixTheRun."""
    memory = Memory(store)
    found = find(memory, replace(selection, recipe_id=recipe.id))
    sorter = _Sorter(memory, selection, recipe, found)
    plan = sorter.plan
    plan.archives = sorted(found.shards, key=_by_time, reverse=selection.newest_first)
    for shard in plan.archives:
        sorter.take(shard)
    if selection.limit and len(plan.orders) > selection.limit:
        plan.notes.append(f"{len(plan.orders) - selection.limit} more shards lie beyond --limit {selection.limit}")
        plan.orders = plan.orders[: selection.limit]
    return plan


def _by_time(shard: Shard) -> tuple[str, str, tuple[int, int]]:
    return shard.day, shard.url, shard.span or (0, 0)


class _Sorter:
    """Sorts shards into what is done, given up and to be pressed."""

    def __init__(self, memory: Memory, selection: Selection, recipe: Recipe, found: Found) -> None:
        self.store, self.selection, self.recipe, self.recipe_id = memory.store, selection, recipe, recipe.id
        self.plan = Plan(left_alone=found.left_alone, gaps=found.gaps, notes=found.notes, lists=found.lists)
        self.done: dict[str, Done] = {}
        self.by_url: dict[str, list[Done]] = {}
        self.failures: dict[str, Failure] = {}
        self.splits: set[str] = set()
        self.names: dict[str, set[str]] = {}
        for source in sorted({shard.source for shard in found.shards}):
            self._load(memory, source)
        for shard in found.shards:
            self.names.setdefault(shard.url, set()).add(shard.name)
        self.outdated = [done.key for done in self.done.values() if done.shard.name in found.outdated]
        alike = [done.cost for done in self.done.values() if done.recipe == self.recipe_id]
        self.plan.known = add_costs(alike or [done.cost for done in self.done.values()])

    def _load(self, memory: Memory, source: str) -> None:
        """What the store knows of a source."""
        self.failures |= {f"{source}/{name}": failure for name, failure in memory.failures(source).items()}
        self.plan.failing |= set(memory.failures(source))
        self.splits |= {f"{source}/{name}" for name in split_names(self.store, source)}
        for done in memory.done(source):
            self.done[_name(done.shard)] = done
            self.by_url.setdefault(done.shard.url, []).append(done)

    def take(self, shard: Shard) -> None:
        """Sort one shard in, or the slices that it was split into earlier."""
        split = None
        if _name(shard) in self.splits and not self._is_done(shard):
            split = read_split(self.store, shard.source, shard.name)
        if split and split.fingerprint == shard.fingerprint(self.recipe_id):
            slices = slices_of(shard, split)
            self.names[shard.url] |= {one.name for one in slices}
            for one in slices:
                self._sort(one, 0)
        else:
            self._sort(shard, self.selection.split_bytes)

    def _is_done(self, shard: Shard) -> bool:
        done = self.done.get(_name(shard))
        return done is not None and done.fingerprint == shard.fingerprint(self.recipe_id)

    def _sort(self, shard: Shard, split_bytes: int) -> None:
        plan, reprocess = self.plan, self.selection.reprocess
        failure = self.failures.get(_name(shard))
        if failure and failure.fingerprint != shard.fingerprint(self.recipe_id):
            failure = None
        if self._is_done(shard) and reprocess != "all":
            plan.done.append(self.done[_name(shard)])
        elif failure and failure.is_final and reprocess == "none":
            plan.given_up.append(failure)
        elif failure or reprocess != "failed":
            plan.orders.append(self._order(shard, split_bytes))

    def _order(self, shard: Shard, split_bytes: int) -> Order:
        """An order that withdraws what the same captures became by another recipe, input or split."""
        others = (one for one in self.by_url.pop(shard.url, []) if one.shard.source == shard.source)
        outdated = {one.key for one in others if one.shard.name not in self.names[shard.url]}
        if own := self.done.get(_name(shard)):
            outdated.add(own.key)
        outdated.update(self.outdated)
        self.outdated = []
        is_big = shard.span is None and shard.reader == "warc_files" and 0 < SLICES_AT_LEAST * split_bytes <= shard.size_bytes
        return Order(self.store.url, shard, self.recipe, tuple(sorted(outdated)), split_bytes if is_big else 0)


def _name(shard: Shard) -> str:
    return f"{shard.source}/{shard.name}"
