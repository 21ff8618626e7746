"""What a run would do, before anything is started: shards to press, shards that are done, files that are no archives."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.press import Order
from tasks.recipe import Recipe
from tasks.shards import Shard, all_receipts
from tasks.sources.warc_files import find_shards
from tasks.storage import Store, check_writable


@dataclass(frozen=True, slots=True)
class Plan:
    """Orders for the shards that are to be pressed, and what needs no work."""

    orders: tuple[Order, ...]
    done: tuple[Shard, ...]
    no_archives: tuple[str, ...]

    @property
    def bytes_to_press(self) -> int:
        """Size of the archives that are to be pressed, bytes."""
        return sum(order.shard.size_bytes for order in self.orders)


def plan_archives(store: Store, patterns: Iterable[str], source: str, recipe: Recipe) -> Plan:
    """Find the archives and split them by their receipts: the same fingerprint is done; raises FixTheRun."""
    shards, no_archives = find_shards(patterns, source)
    receipts = {receipt.shard.name: receipt for receipt in all_receipts(store, source)}
    orders, done = [], []
    for shard in shards:
        receipt = receipts.get(shard.name)
        if receipt and receipt.fingerprint == shard.fingerprint(recipe):
            done.append(shard)
        else:
            orders.append(Order(store.url, shard, recipe, receipt.key if receipt else None))
    if orders:
        check_writable(store)
    return Plan(tuple(orders), tuple(done), tuple(no_archives))
