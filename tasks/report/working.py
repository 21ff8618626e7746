"""What the work took, out of receipts."""

from collections.abc import Iterable
from datetime import datetime

from tasks.recipe import digest_of
from tasks.report.facts import Pressing, RecipeUse, Work
from tasks.shards import Counts, Receipt, add_counts


def add_work(work: Work, receipts: Iterable[Receipt]) -> list[str]:
    """Add these receipts to the sums; a line for each that does not tell what it took."""
    faults = []
    for receipt in receipts:
        work.shards += 1
        work.objects += len(receipt.objects)
        work.size_bytes += sum(stored.size_bytes for stored in receipt.objects)
        work.read_bytes += receipt.shard.pressed_bytes
        known = work.sources.get(receipt.shard.source, Counts())
        work.sources[receipt.shard.source] = add_counts([known, receipt.counts])
        if not receipt.counts.closes:
            faults.append(f"{receipt.key}: its captures are not its articles and rejections: `pressrun audit` says more")
        try:
            _add_run(work, receipt)
            _add_recipe(work, receipt)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            faults.append(f"{receipt.key} does not say how it was pressed: {error!r}")
    return faults


def _add_run(work: Work, receipt: Receipt) -> None:
    run = receipt.run
    started, finished = (datetime.fromisoformat(run[name]).timestamp() for name in ("started_at", "finished_at"))
    # Not every version of the receipt tells it.
    peak = run.get("peak_memory_bytes")
    work.pressings.append(Pressing(started, finished, receipt.counts.captures, int(peak) if peak else None))
    work.cpu_seconds += run["extraction_cpu_seconds"] + run["other_cpu_seconds"]
    work.workers.add(str(run["host"]))


def _add_recipe(work: Work, receipt: Receipt) -> None:
    recipe, name = receipt.recipe, digest_of(receipt.recipe)
    if name not in work.recipes:
        filters = ", ".join(f"{kind}={option}" for kind, option in recipe["filters"]) or "none"
        work.recipes[name] = RecipeUse(str(recipe["extractor"]), str(recipe["versions"].get("extractor", "")), filters)
    work.recipes[name].shards += 1
