"""What is measured, each as lines to print."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from tasks.archive.reading import ReadLimits, read_archive
from tasks.isolation import PageProcess
from tasks.page_child import press_guarded
from tasks.pages.unpacking import unpack
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.pressing import Press
from tasks.recipe import Recipe
from tasks.records import Capture, Page
from tasks.selection import Selection
from tasks.storage import open_store

RECIPE = Recipe()
PAGES = 300


def cpu_of(action: Callable[[], object]) -> float:
    """CPU seconds of this process, the least of three."""
    times = []
    for _ in range(3):
        before = time.process_time()
        action()
        times.append(time.process_time() - before)
    return min(times)


def reading(archive: Path) -> Iterator[str]:
    """Our reader against a bare FastWARC loop that reads the same bytes."""

    def ours() -> None:
        with archive.open("rb") as stream:
            for _ in read_archive(stream, str(archive), ReadLimits(RECIPE.max_record_bytes)):
                pass

    def bare() -> None:
        with archive.open("rb") as stream:
            for found in ArchiveIterator(stream, parse_http=False):
                found.reader.read()

    mine, limit = cpu_of(ours), cpu_of(bare)
    yield f"reading          {mine:8.2f} CPU s, {mine / limit:5.2f} x a bare FastWARC loop"


def pages_of(archive: Path) -> list[Page]:
    """The first pages of an archive, unpacked."""
    seen: set[str] = set()
    with archive.open("rb") as stream:
        found = (reading.found for reading in read_archive(stream, str(archive), ReadLimits(RECIPE.max_record_bytes)))
        unpacked = (unpack(each, "bench", seen, RECIPE) for each in found if isinstance(each, Capture))
        return list(islice((page for page in unpacked if isinstance(page, Page)), PAGES))


def isolation(archive: Path) -> Iterator[str]:
    """Pages in a process of their own against the same pages in this process: both warm, by turns, each first every other time."""
    pages, press, process = pages_of(archive), Press(RECIPE), PageProcess(RECIPE)
    spent = {"inside": 0.0, "child": 0.0, "parent": 0.0}

    def inside(batch: list[Page]) -> None:
        before = time.process_time()
        for page in batch:
            press_guarded(press.press, page, RECIPE.max_cpu_seconds)
        spent["inside"] += time.process_time() - before

    def isolated(batch: list[Page]) -> None:
        before, child = time.process_time(), process.cpu_seconds
        process.press(batch)
        spent["parent"] += time.process_time() - before
        spent["child"] += process.cpu_seconds - child

    batches = [pages[at : at + 16] for at in range(0, len(pages), 16)]
    for each in batches[:3]:
        inside(each)
        isolated(each)
    spent = dict.fromkeys(spent, 0.0)
    for number, batch in enumerate(batches):
        for side in (inside, isolated) if number % 2 else (isolated, inside):
            side(batch)
    process.close()
    parent, whole = 1000 * spent["parent"] / len(pages), (spent["parent"] + spent["child"]) / spent["inside"] - 1
    yield f"isolation        {parent:8.2f} CPU ms a page in the worker; {whole:+.1%} of the CPU of extraction in the worker itself"


def whole_shard(archive: Path, folder: Path) -> Iterator[str]:
    """One shard from archive to receipt, without Prefect and Dask."""
    store = open_store(str(folder / "whole"))
    receipt = press_shard(store, plan_archives(store, Selection((str(archive),), "bench"), RECIPE).orders[0], Watch())
    extraction, other = receipt.run["extraction_cpu_seconds"], receipt.run["other_cpu_seconds"]
    articles = receipt.counts.articles
    yield f"whole shard      {articles / (extraction + other):8.1f} articles per CPU s; extraction alone {articles / extraction:.1f}"
    yield f"not extraction   {other / (extraction + other):8.1%} of all CPU"


ONE_SHARD = """
import json, resource, sys
from tasks.isolation import warm_page_process
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
store = open_store(sys.argv[2])
recipe = Recipe(part_articles=200)
receipt = press_shard(store, plan_archives(store, Selection((sys.argv[1],), "bench"), recipe).orders[0], Watch())
warm_page_process(recipe).close()
peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([receipt.counts.captures, *peaks]))
"""


def memory(archive: Path, folder: Path) -> Iterator[str]:
    """Peak memory of a worker and of its page process, for the archive given once and ten times as one."""
    for times in (1, 10):
        path = folder / f"times-{times}.warc.gz"
        with path.open("wb") as stream:
            for copy in range(times):
                stream.write(archive.read_bytes() if copy == 0 else made_different(archive, copy))
        done = subprocess.run(
            [sys.executable, "-c", ONE_SHARD, path, folder / f"memory-{times}"], capture_output=True, text=True, check=True
        )
        captures, worker, child = json.loads(done.stdout)
        yield f"memory, x{times:<2}      {worker:8.0f} MB worker, {child:.0f} MB page process, {captures:,} captures"


def made_different(archive: Path, copy: int) -> bytes:
    """The archive with a comment behind every HTML body, so that no page is a duplicate of one in another copy."""
    import io

    from fastwarc.stream_io import GzipWriter

    out = io.BytesIO()
    with archive.open("rb") as stream:
        for found in ArchiveIterator(stream, parse_http=False):
            block = found.reader.read()
            found.set_bytes_content(block + b"<!-- copy %d -->" % copy if b"</html>" in block[-200:] else block)
            writer = GzipWriter(out, compression_level=1)
            found.write(writer)
            writer.finish()
    return out.getvalue()
