"""A search for near duplicates in a process of its own: writes what it found, and the CPU seconds of each of its steps.

``python tests/benchmarks/near_child.py pressrun|datatrove FOLDER`` in the environment of the one that is measured. FOLDER holds
``store/`` (articles as they were pressed) and ``articles/articles.jsonl`` (the same); ``NAME.json`` is written beside them.
"""

import json
import logging
import resource
import struct
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Clock:
    """CPU seconds of this process by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Count what is inside as this step, without what is counted inside as another one."""
        began = time.process_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            spent = time.process_time() - began
            self.seconds[step] += spent - self._inner.pop()
            self._inner[-1] += spent

    def timed(self, step: str, action: Callable[..., Any]) -> Callable[..., Any]:
        """The action, counted as this step."""

        def timing(*args: Any, **options: Any) -> Any:
            with self.of(step):
                return action(*args, **options)

        return timing


def peak() -> float:
    """Peak memory of this process, megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pressrun(folder: Path) -> dict[str, Any]:
    """An edition without Dask, step by step; what its first step does for other ends is counted apart."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tasks.curating import editing, signing
    from tasks.curating.batches import inputs_of
    from tasks.curating.grouping import clusters_key
    from tasks.curating.reading import read_articles
    from tasks.curating.recipe import EditionRecipe
    from tasks.curating.tables import keys_below, read_table, write_table
    from tasks.dedup.signatures import signatures
    from tasks.shards import all_receipts
    from tasks.storage import open_store

    clock, store = Clock(), open_store(str(folder / "store"))
    signing.line_rows = clock.timed("sign: lines of sites", signing.line_rows)
    signing._write_rows = clock.timed("sign: rows by month", signing._write_rows)
    write_lines = clock.timed("sign: lines of sites", write_table)
    signing.write_table = lambda store, key, table: (write_lines if "/lines/" in key else write_table)(store, key, table)

    def done(step: str, orders: Iterable[Any]) -> list[Any]:
        with clock.of(step):
            return [order.done(store, lambda: True) for order in orders]

    for one in inputs_of(all_receipts(store)):
        texts = read_articles(store, one).column("text").to_pylist()
        with clock.of("signatures"):
            signatures(texts)
    plan = editing.plan_edition(store, "main", EditionRecipe())
    done("sign: bands", editing.sign_orders(plan, store))
    join, orders = editing.join_orders(plan, store)
    done("join", orders)
    doubts = sum(done("doubts", editing.doubt_orders(plan, join)))
    done("doubts", editing.shingle_orders(plan, join, doubts))
    done("doubts", editing.compare_orders(plan, join, doubts))
    (groups,) = done("clusters", editing.group_orders(plan, store, join))
    searched = peak()
    tables = [read_table(store, key) for key in keys_below(store, clusters_key(plan.work, "x").rpartition("/")[0] + "/")]
    found = {row["node"]: row["cluster_id"].hex() for table in tables for row in table.to_pylist()}
    done("lines of sites", editing.cut_orders(plan))
    written = done("files", editing.write_orders(plan, groups))
    with clock.of("files"):
        files = [file for some in written for file in some]
        editing.finish_edition(store, plan, ("bench", datetime.now(UTC), {}), groups, files, lambda: None)
    return {"clusters": found, "seconds": clock.seconds, "peak": searched, "peak_whole": peak(), "doubts": doubts}


def datatrove(folder: Path) -> dict[str, Any]:
    """The four stages as datatrove's example has them, with its own defaults, in this process."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    clock, config = Clock(), MinhashConfig()
    kept = {name: str(folder / "datatrove" / name) for name in ("signatures", "buckets", "clusters", "out", "removed")}
    reader = JsonlReader(str(folder / "articles"))
    clusters = {"save_cluster_id": True, "save_cluster_size": True}
    stages = {
        "signatures": ([reader, MinhashDedupSignature(kept["signatures"], config)], 1),
        "buckets": ([MinhashDedupBuckets(kept["signatures"], kept["buckets"], config=config)], config.num_buckets),
        "clusters": ([MinhashDedupCluster(kept["buckets"], kept["clusters"], config, **clusters)], 1),
        "files": (
            [
                reader,
                MinhashDedupFilter(kept["clusters"], JsonlWriter(kept["removed"]), load_cluster_ids=True, load_cluster_sizes=True),
                JsonlWriter(kept["out"]),
            ],
            1,
        ),
    }
    peaks = {}
    for stage, (steps, tasks) in stages.items():
        with clock.of(stage):
            LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(folder / "datatrove/logs" / stage)).run()
        peaks[stage] = peak()
    pairs = struct.iter_unpack("<2I", (folder / "datatrove/clusters/000000.clusters").read_bytes())
    return {"clusters": dict(pairs), "seconds": clock.seconds, "peak": peaks["clusters"], "peak_whole": peaks["files"]}


def main(name: str, folder: Path) -> None:
    logging.disable(logging.CRITICAL)
    found = {"pressrun": pressrun, "datatrove": datatrove}[name](folder)
    (folder / f"{name}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
