"""`python -m tests.faults.soak --minutes 60`: presses the same archives again and again while everything is killed at random.

Real Prefect server, real S3 server behind a proxy that spoils answers, Dask workers in processes of their own. Every round has to
end with the bytes of a run to which nothing happened. Prints what was killed, what was pressed twice, and memory.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tasks.audit import audit
from tasks.shards import all_receipts
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.faults.processes import Run, kill
from tests.flows.command_line import objects, run, write_archive
from tests.servers.prefect_server import PrefectServer
from tests.servers.s3 import S3Server
from tests.servers.s3_faults import FaultProxy, Rule

ARCHIVES, PAGES = 4, 1_500
OPTIONS = ("--workers", 2, "--part-articles", 50)
TROUBLE = (
    ("status", 503, "SlowDown"),
    ("status", 500, "InternalError"),
    ("reset", 0, ""),
    ("cut", 0, ""),
    ("after", 500, "InternalError"),
)


def memory_mb(pid: int) -> float:
    """Resident memory of a process, MB; 0 when it is gone."""
    try:
        return psutil.Process(pid).memory_info().rss / 1e6
    except psutil.Error:
        return 0.0


def spoil(proxy: FaultProxy, draw: random.Random) -> None:
    """A short burst of one kind of trouble."""
    action, status, code = draw.choice(TROUBLE)
    proxy.rules.append(Rule(action=action, status=status, code=code, times=draw.randrange(1, 6)))


def disturbances(
    going: Run, prefect: PrefectServer, s3: S3Server, proxy: FaultProxy, draw: random.Random
) -> dict[str, Callable[[], None]]:
    """What can happen, by name."""

    def crash_store() -> None:
        s3.crash()
        time.sleep(draw.uniform(0.5, 4))
        s3.start()

    def crash_prefect() -> None:
        prefect.process.kill()
        prefect.process.wait()
        time.sleep(draw.uniform(0.5, 4))
        prefect.start()

    return {
        "worker": lambda: kill(draw.choice(going.workers)),
        "page process": lambda: kill(draw.choice(going.page_processes)),
        "flow": lambda: kill(going.flow),
        "command": going.process.kill,
        "store": crash_store,
        "Prefect server": crash_prefect,
        "store answers": lambda: spoil(proxy, draw),
    }


def disturb(going: Run, choices: dict[str, Callable[[], None]], draw: random.Random, happened: Counter[str]) -> None:
    """Do one of them, where there is still something to do it to."""
    name = draw.choice(list(choices))
    try:
        choices[name]()
    except (IndexError, psutil.Error):
        return
    happened[name] += 1


@dataclass
class Arena:
    """All that a round needs, and what has happened so far."""

    folder: Path
    prefect: PrefectServer
    s3: S3Server
    proxy: FaultProxy
    each_seconds: float
    draw: random.Random
    happened: Counter[str] = field(default_factory=Counter)
    starts: int = 0

    def press(self, root: str) -> None:
        """Start the backfill, disturbed, until it is through."""
        while True:
            self.starts += 1
            going = Run(self.folder / "soak.log", self.folder / "crawl", "--into", root, *OPTIONS)
            choices = disturbances(going, self.prefect, self.s3, self.proxy, self.draw)
            while going.process.poll() is None:
                self.pause(going)
                if going.process.poll() is None:
                    disturb(going, choices, self.draw, self.happened)
            if going.process.returncode == 0:
                return
            time.sleep(2)

    def pause(self, going: Run) -> None:
        """Wait for about as long as was said, and no longer than the run."""
        deadline = time.monotonic() + self.draw.uniform(0.3, 1.7) * self.each_seconds
        while time.monotonic() < deadline and going.process.poll() is None:
            time.sleep(0.2)


def stored(store: Store) -> dict[str, bytes]:
    """Articles and rejections on the store."""
    return {found.key: store.read(found.key) for kind in ("articles/", "rejections/") for found in store.list(kind)}


def main() -> None:
    """Run rounds until the time is up."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--each-seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rounds = lost = 0
    with tempfile.TemporaryDirectory() as name, S3Server() as s3, FaultProxy(s3.endpoint) as proxy:
        folder = Path(name)
        crawl = folder / "crawl"
        for number in range(ARCHIVES):
            write_archive(crawl / f"soak-{number}.warc.gz", PAGES, first=1_000 * number)
        (folder / "prefect").mkdir()
        os.environ.update({**s3.environ, "AWS_ENDPOINT_URL": proxy.endpoint})
        with PrefectServer(folder / "prefect") as prefect:
            os.environ.update(prefect.environ)
            assert run("backfill", crawl, "--into", folder / "calm", *OPTIONS).returncode == 0
            calm = objects(folder / "calm")
            arena = Arena(folder, prefect, s3, proxy, options.each_seconds, random.Random(options.seed))
            memory = [memory_mb(prefect.process.pid)]
            end = time.monotonic() + 60 * options.minutes
            while time.monotonic() < end:
                bucket = f"soak-{rounds}"
                s3.make_bucket(bucket)
                root = f"s3://{bucket}/corpus"
                arena.press(root)
                rounds += 1
                proxy.rules.clear()
                store = open_store(root)
                same, report = stored(store) == calm, audit(store)
                lost += ARCHIVES * PAGES - report.counts.captures
                resumed = sum(receipt.run["resumed_parts"] for receipt in all_receipts(store))
                print(
                    f"round {rounds}: same bytes {same}, audit closes {report.closes}, {resumed} parts resumed, {dict(arena.happened)}",
                    flush=True,
                )
                memory.append(memory_mb(prefect.process.pid))
                if not (same and report.closes):
                    sys.exit((folder / "soak.log").read_text()[-5000:])
            print(f"{rounds} rounds, {arena.starts} starts, {sum(arena.happened.values())} disturbances, {lost} captures lost")
            print(f"Prefect server {memory[0]:.0f} MB at the start, {memory[-1]:.0f} MB at the end")


if __name__ == "__main__":
    main()
