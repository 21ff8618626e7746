"""`python -m tests.benchmarks.collecting [--only throughput|waiting|seen|sources] [--turns N]`: what collecting costs.

Throughput beside bare aiohttp that reads the same pages in the same process, by turns; memory and seconds with a million addresses
that wait; the size and speed of what is known; a large sitemap and a large feed.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from statistics import median

import aiohttp
import numpy as np
import pyarrow as pa

from tasks.collecting.orders import VisitOrder, VisitReceipt, agenda_key
from tasks.collecting.rounds import FETCH, lanes_to_fetch
from tasks.collecting.stages import visit_lanes
from tasks.collecting.visit import Surroundings
from tasks.lanes.lane import lane_folder
from tasks.lanes.queue import SCHEMA
from tasks.lanes.rows import parquet
from tasks.lanes.seen import MOST_OBJECTS, Seen
from tasks.sites import Agenda, Agent, Limits, Site
from tasks.storage import Store, open_store
from tasks.urls import LANES, domain_of, lane_of
from tests.benchmarks.page_server import page_server
from tests.benchmarks.sources import sources

SITES, PAGES_A_SITE, TURNS = 200, 60, 3
AGENDA = Agenda(
    Agent("BenchBot", "https://made.example/bot"), Limits(delay_seconds=0.0, allow_networks=("127.0.0.0/8",)), (Site("made"),)
)
MANY_DOMAINS, WAITING_EACH, SECONDS = 10_000, 100, 20.0
KNOWN, ASKED = 10_000_000, 200_000

Pages = list[list[str]]


def addresses(port: int, sites: int, pages: int) -> Pages:
    """Pages of each site, each site at a loopback address of its own."""
    hosts = [f"http://127.1.{site // 250}.{site % 250 + 1}:{port}" for site in range(sites)]
    return [[f"{host}/news/2026/page-{page}" for page in range(pages)] for host in hosts]


def leave(store: Store, sites: Pages) -> None:
    """Queue addresses, as a source leaves them."""
    lanes: dict[int, list[tuple[str, str]]] = {}
    for urls in sites:
        domain = domain_of(urls[0])
        lanes.setdefault(lane_of(domain), []).extend((domain, url) for url in urls)
    now = datetime.now(UTC)
    for lane, pairs in lanes.items():
        keys = np.random.default_rng(lane).integers(0, 2**64, len(pairs), np.uint64)
        facts = {
            "site": "made",
            "found_in": "https://made.example/feed.xml",
            "found_as": "feed",
            "found_at": now,
            "published_at": now,
        }
        columns = {"key": keys, "url": [url for _, url in pairs], "domain": [domain for domain, _ in pairs]}
        rest = {field.name: [({"tries": 0, "why": ""} | facts).get(field.name)] * len(pairs) for field in SCHEMA}
        store.write(f"{lane_folder(lane)}found/made.parquet", parquet(pa.table(rest | columns, schema=SCHEMA)))


def fetch_all(store: Store, run_id: str, seconds: float) -> VisitReceipt:
    """One worker's fetch stage with all lanes: WARC, ledger and state included."""
    store.write(agenda_key(run_id), AGENDA.to_json())
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    order = VisitOrder(store.url, run_id, FETCH, 1, tuple(sorted(lanes_to_fetch(store))), deadline, "made")
    return visit_lanes(store, order, Surroundings())


async def read_bare(sites: Pages, keep: Callable[[bytes], object]) -> None:
    """The same pages by aiohttp alone, one connection a site."""
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=1)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:

        async def read_site(urls: list[str]) -> None:
            for url in urls:
                async with session.get(url) as response:
                    keep(await response.read())

        await asyncio.gather(*map(read_site, sites))


def read_and_keep(sites: Pages, store: Store) -> None:
    """What nobody can do without: a digest and a gzip member of each body, a file of them and its digest."""
    members: list[bytes] = []

    def keep(body: bytes) -> None:
        sha1(body, usedforsecurity=False).digest()
        packer = zlib.compressobj(0, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        members.append(packer.compress(body) + packer.flush())

    asyncio.run(read_bare(sites, keep))
    whole = b"".join(members)
    sha256(whole).digest()
    store.write("kept.gz", whole)


def throughput(folder: Path, turns: int = TURNS) -> Iterator[str]:
    """Pages a CPU second of this process, by turns with both limits."""
    rates: dict[str, list[float]] = {"bare": [], "kept": [], "ours": []}
    with page_server() as port:
        sites = addresses(port, SITES, PAGES_A_SITE)
        for turn in range(turns):
            store = open_store(str(folder / f"turn-{turn}"))
            leave(store, sites)
            contenders: list[tuple[str, Callable[[], object]]] = [
                ("bare", lambda: asyncio.run(read_bare(sites, len))),
                ("kept", lambda store=store: read_and_keep(sites, store)),  # type: ignore[misc]
                ("ours", lambda store=store: fetch_all(store, "made", 600.0)),  # type: ignore[misc]
            ]
            for name, action in contenders[turn % 3 :] + contenders[: turn % 3]:
                before = time.process_time()
                action()
                rates[name].append(SITES * PAGES_A_SITE / (time.process_time() - before))
    yield f"fetching         {median(rates['ours']):8.0f} pages a CPU s (best {max(rates['ours']):.0f}), 64 KB as gzip of 29 KB"
    for name, what in (("bare", "bare aiohttp"), ("kept", "bare aiohttp with digests, gzip and a file")):
        ratios = [mine / theirs for mine, theirs in zip(rates["ours"], rates[name], strict=True)]
        yield f"                 {median(ratios):8.0%} (best {max(ratios):.0%}) of {what}, {median(rates[name]):.0f} pages a CPU s"


WAITING = """
import json, sys, time
from tasks.storage import open_store
from tests.benchmarks.collecting import fetch_all
from tests.benchmarks.peer_child import peak_megabytes
before, wall = peak_megabytes(), time.perf_counter()
told = fetch_all(open_store(sys.argv[1]), "made", float(sys.argv[2])).outcomes["made"]
facts = told.get("fetched", 0), told["deferred"], time.process_time(), time.perf_counter() - wall, before, peak_megabytes()
print(json.dumps(facts))
"""


def waiting(folder: Path) -> Iterator[str]:
    """A worker with a million addresses of ten thousand domains: all put off at once, and after a few seconds of fetching."""
    with page_server() as port:
        sites = addresses(port, MANY_DOMAINS, WAITING_EACH)
        for seconds in (0.0, SECONDS):
            place = folder / f"waiting-{seconds:.0f}"
            leave(open_store(str(place)), sites)
            done = subprocess.run([sys.executable, "-c", WAITING, place, str(seconds)], capture_output=True, text=True, check=True)
            fetched, deferred, cpu, wall, before, peak = json.loads(done.stdout)
            yield (
                f"waiting, {seconds:3.0f} s   {peak - before:8.0f} MB beside {before:.0f}, {cpu:.1f} CPU s, {wall - seconds:.1f} s over time,"
                f" {fetched:,} fetched, {deferred:,} deferred"
            )


def seen(folder: Path) -> Iterator[str]:
    """Ten million addresses that are known, in all lanes: with as many objects as a lane may have, and compacted."""
    chance = np.random.default_rng(7)
    known = chance.integers(0, 2**64, KNOWN, np.uint64).reshape(LANES, -1)
    for deltas in (MOST_OBJECTS - 1, MOST_OBJECTS):
        store = open_store(str(folder / f"seen-{deltas}"))
        before = time.process_time()
        for number in range(LANES):
            whole, rest = np.split(known[number], [known.shape[1] * 9 // 10])
            lane = Seen(store, f"{lane_folder(number)}seen/")
            for part in (whole, *np.array_split(rest, deltas)):
                lane.add(part)
        written = time.process_time()
        lanes = [Seen(store, f"{lane_folder(number)}seen/") for number in range(LANES)]
        loaded = time.process_time()
        asked = np.concatenate([chance.choice(known[0], ASKED // 2), chance.integers(0, 2**64, ASKED // 2, np.uint64)])
        found = lanes[0].holds(asked)
        looked_up = time.process_time()
        assert (found == np.isin(asked, known[0])).all()
        assert all(lane.holds(hashes).all() and len(lane) == len(hashes) for lane, hashes in zip(lanes, known, strict=True))
        infos = list(store.list("state/"))
        yield (
            f"seen             {sum(info.size_bytes for info in infos) / 1e6:8.0f} MB in {len(infos):,} objects, {8 * KNOWN / 1e6:.0f} MB"
            f" of memory; written {written - before:.1f}, read {loaded - written:.1f},"
            f" {ASKED:,} looked up {looked_up - loaded:.2f} CPU s"
        )


def lines(folder: Path, only: str = "", turns: int = TURNS) -> Iterator[str]:
    """All measures, or one."""
    measures: dict[str, Callable[[], Iterator[str]]] = {
        "throughput": lambda: throughput(folder, turns),
        "waiting": lambda: waiting(folder),
        "seen": lambda: seen(folder),
        "sources": sources,
    }
    for name, measure in measures.items():
        if only in ("", name):
            yield from measure()


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.collecting")
    parser.add_argument("--only", choices=("throughput", "waiting", "seen", "sources"), default="")
    parser.add_argument("--turns", type=int, default=TURNS)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for line in lines(Path(name), wanted.only, wanted.turns):
            print(line, flush=True)


if __name__ == "__main__":
    main()
