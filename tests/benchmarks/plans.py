"""What planning, splitting and selecting cost: each beside the work that it is for, or the bytes that it needs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.splits import split_archive
from tasks.storage import open_store
from tests.mirror import Page, write_crawl
from tests.servers.web import WebServer

RECIPE = Recipe()
START = datetime(2024, 1, 1, tzinfo=UTC)
PLAN = """
import json, resource, sys, time
from datetime import UTC, datetime
from tasks.plans import plan_archives
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
store, recipe = open_store(sys.argv[2]), Recipe()
asked = Selection(("ccnews",), base=sys.argv[1], since=datetime(2024, 1, 1, tzinfo=UTC), until=datetime.fromisoformat(sys.argv[3]))
recipe.id
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
plan = plan_archives(store, asked, recipe)
spent = time.perf_counter() - started
print(json.dumps([len(plan.orders), spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))
"""


def planning(folder: Path) -> Iterator[str]:
    """A month and a year of CC-NEWS names from a web server: listing, and one look-up each."""
    for files, days in ((450, 31), (5_000, 366)):
        mirror = folder / f"mirror-{files}"
        _write_names(mirror, files, days)
        until = f"{START + timedelta(days=days):%Y-%m-%dT00:00:00+00:00}"
        with WebServer(mirror) as web:
            command = [sys.executable, "-c", PLAN, web.url, folder / f"corpus-{files}", until]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            requests = len(web.log)
        found, seconds, megabytes = json.loads(done.stdout)
        yield f"planning {found:5,}   {seconds:8.2f} s, {requests / found:.3f} requests an archive, {megabytes:.0f} MB more memory"


def _write_names(mirror: Path, files: int, days: int) -> None:
    import gzip

    moments = [START + timedelta(days=days) * number / files for number in range(files)]
    by_month: dict[str, list[str]] = {}
    for number, moment in enumerate(moments):
        path = f"crawl-data/CC-NEWS/{moment:%Y/%m}/CC-NEWS-{moment:%Y%m%d%H%M%S}-{number:05d}.warc.gz"
        by_month.setdefault(f"{moment:%Y/%m}", []).append(path)
        (mirror / path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / path).write_bytes(b"x")
    for month, paths in by_month.items():
        (mirror / "crawl-data/CC-NEWS" / month / "warc.paths.gz").write_bytes(gzip.compress("\n".join(paths).encode()))


def splitting(archive: Path, folder: Path) -> Iterator[str]:
    """The reading that finds slices, beside the extraction of the same archive."""
    store = open_store(str(folder / "split"))
    selection = Selection((str(archive),), "bench", split_bytes=max(1, archive.stat().st_size // 4))
    (order,) = plan_archives(store, selection, RECIPE).orders
    before = time.process_time()
    split = split_archive(store, order.shard, RECIPE, order.slice_bytes, lambda: True)
    scan = time.process_time() - before
    receipts = [press_shard(store, each, Watch()) for each in plan_archives(store, selection, RECIPE).orders]
    pressed = sum(one.run["extraction_cpu_seconds"] + one.run["other_cpu_seconds"] for one in receipts)
    yield f"splitting        {scan:8.2f} CPU s to find {len(split.slices)} slices, {scan / pressed:.1%} of the CPU of pressing them"


def selecting(folder: Path) -> Iterator[str]:
    """Bytes of records fetched against bytes needed, and of the index, for one host of twenty in a made-up crawl."""
    pages = [Page(f"https://site-{host:02d}.example/{number}") for host in range(20) for number in range(300)]
    crawl = "CC-MAIN-2024-51"
    write_crawl(folder / "crawl", crawl, pages, parts=4, group_rows=500, block_lines=100)
    for index in ("columnar", "cdx"):
        with WebServer(folder / "crawl") as web:
            asked = Selection(("common-crawl",), base=web.url, crawl=crawl, hosts=("site-07.example",), index=index)
            store = open_store(str(folder / f"selected-{index}"))
            plan = plan_archives(store, asked, RECIPE)
            listed = web.bytes_sent().total()
            for key, data in plan.lists.items():
                store.write(key, data)
            for order in plan.orders:
                press_shard(store, order, Watch())
            records = sum(size for path, size in web.bytes_sent().items() if path.endswith(".warc.gz"))
        ratio = records / plan.bytes_to_press
        yield f"selecting        {listed / 1e3:8.0f} kB of the {index} index, records fetched / needed {ratio:.2f}"
