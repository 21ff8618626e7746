"""What a run would do, before anything is started: shards to press, shards that are done, files that are no archives."""

from dataclasses import dataclass

from tasks.failures import Failure, given_up
from tasks.press import Order
from tasks.recipe import Recipe
from tasks.shards import Receipt, Shard, all_receipts
from tasks.sources.warc_files import find_shards
from tasks.storage import Store, check_writable


@dataclass(frozen=True, slots=True)
class Plan:
    """Orders for the shards that are to be pressed, and what is left alone: done, given up earlier, or no archive."""

    orders: tuple[Order, ...]
    done: tuple[Shard, ...]
    given_up: tuple[Failure, ...]
    no_archives: tuple[str, ...]

    @property
    def bytes_to_press(self) -> int:
        """Size of the archives that are to be pressed, bytes."""
        return sum(order.shard.size_bytes for order in self.orders)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which archives a run is about. ``reprocess`` is none or failed: failed takes up those, and only those, given up earlier."""

    patterns: tuple[str, ...]
    source: str
    reprocess: str = "none"


def plan_archives(store: Store, selection: Selection, recipe: Recipe) -> Plan:
    """Find the archives and split them by their receipts: the same fingerprint is done; raises FixTheRun."""
    shards, no_archives = find_shards(selection.patterns, selection.source)
    receipts = {receipt.shard.name: receipt for receipt in all_receipts(store, selection.source)}
    failures = given_up(store, selection.source)
    orders, done, left = [], [], []
    for shard in shards:
        fingerprint = shard.fingerprint(recipe)
        receipt, failure = receipts.get(shard.name), failures.get(shard.name)
        if receipt and receipt.fingerprint == fingerprint:
            done.append(shard)
        elif (failure is not None and failure.fingerprint == fingerprint) == (selection.reprocess == "failed"):
            orders.append(_order(store, shard, recipe, receipt))
        elif failure and selection.reprocess == "none":
            left.append(failure)
    if orders:
        check_writable(store)
    return Plan(tuple(orders), tuple(done), tuple(left), tuple(no_archives))


def _order(store: Store, shard: Shard, recipe: Recipe, outdated: Receipt | None) -> Order:
    return Order(store.url, shard, recipe, outdated.key if outdated else None)
