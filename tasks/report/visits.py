"""What collect runs say: outcomes of addresses by site, and sources that are silent or in trouble."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasks.collecting.orders import VisitReceipt, outcomes_by_site, read_visit_receipt
from tasks.errors import PressError
from tasks.report.facts import Collected
from tasks.storage import Store

# Of an hourly schedule, a day.
LATEST_RUNS = 24
AT_ONCE = 8


def collected_by(store: Store, manifests: Sequence[dict[str, Any]]) -> tuple[Collected | None, list[str]]:
    """Outcomes of the latest runs of collect among these, the troubles of the very last; and visits that cannot be read."""
    runs = [manifest["visits"] for manifest in manifests if manifest.get("visits")][-LATEST_RUNS:]
    if not runs:
        return None, []
    faults: list[str] = []
    visits = [list(_read(store, keys, faults)) for keys in runs]
    receipts = [receipt for run in visits for receipt in run]
    requests = sum(int(receipt.run.get("requests", 0)) for receipt in receipts)
    # A source in trouble is noted by every run as long as it lasts.
    notes = tuple(note for receipt in visits[-1] for note in receipt.notes)
    return Collected(len(runs), requests, outcomes_by_site(receipts), notes), faults


def _read(store: Store, keys: Iterable[str], faults: list[str]) -> Iterable[VisitReceipt]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda key: _one(store, str(key)), keys):
            if isinstance(found, VisitReceipt):
                yield found
            else:
                faults.append(found)


def _one(store: Store, key: str) -> VisitReceipt | str:
    try:
        return read_visit_receipt(store.read(key), key)
    except PressError as error:
        return f"{key} is left out: {error}"
