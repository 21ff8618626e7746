"""Runs of collect without Prefect and Dask: both stages, in rounds, against the news web, and what they left on the store."""

import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from tasks.archive.reading import ReadLimits, read_archive
from tasks.collecting import rounds
from tasks.collecting.ledger import Fate, Line
from tasks.collecting.orders import VisitOrder, VisitReceipt, add_outcomes, agenda_key
from tasks.collecting.stages import visit_lanes
from tasks.collecting.visit import Surroundings
from tasks.lanes.lane import lane_folder
from tasks.lanes.looks import Look, Looks
from tasks.lanes.queue import Queue, Target
from tasks.lanes.rows import unpack
from tasks.lanes.seen import Seen
from tasks.records import Capture, Rejection
from tasks.sites import Agenda, Agent, Limits
from tasks.sites import Site as Listed
from tasks.storage.base import Store
from tests.servers.guests import Rules, violations
from tests.servers.news_sites import Site
from tests.servers.news_web import NewsWeb

DELAY_SECONDS = 0.05
AGENT = Agent("pressrun", "https://pressrun.example/bot")
NETWORKS = ("127.0.0.0/8",)
NUMBERS = count(1)


def listed(site: Site, **changes: object) -> Listed:
    """A site of the news web as the list of sources has it: its RSS feed, where nothing else is said."""
    facts = {"feeds": (site.feed_url,)} | changes
    return Listed(f"site {site.number}", **facts)  # type: ignore[arg-type]


def agenda_of(*sites: Listed, **changes: object) -> Agenda:
    """An agenda with limits that suit a test."""
    limits = {"delay_seconds": DELAY_SECONDS, "allow_networks": NETWORKS} | changes
    return Agenda(AGENT, Limits(**limits), sites)  # type: ignore[arg-type]


@dataclass
class Runs:
    """Runs with one store. ``later``: how far ahead of the real time they believe to be."""

    store: Store
    agenda: Agenda
    later: timedelta = timedelta()
    source: str = "live"
    seconds: float = 60.0
    receipts: list[VisitReceipt] = field(default_factory=list)
    is_wanted: Callable[[], bool] = lambda: True

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def run(self) -> dict[str, int]:
        """One whole run; gives the outcomes of all its stages."""
        return add_outcomes([*self.discover(), *self.fetch()])

    def begin(self) -> str:
        # Who believes that hours went by asks at once; the sites know better.
        time.sleep(DELAY_SECONDS if self.later else 0)
        run_id = f"run-{next(NUMBERS):04d}"
        self.store.write(agenda_key(run_id), self.agenda.to_json())
        return run_id

    def discover(self) -> list[VisitReceipt]:
        run_id = self.begin()
        rounds.leave_listed(self.store, self.agenda, run_id, self.now())
        lanes, again = rounds.lanes_to_discover(self.store, self.agenda), rounds.lanes_named
        return list(self._rounds(run_id, rounds.DISCOVER, lanes, again))

    def fetch(self) -> list[VisitReceipt]:
        return list(self._rounds(self.begin(), rounds.FETCH, rounds.lanes_to_fetch(self.store), rounds.lanes_found))

    def _rounds(
        self, run_id: str, stage: str, lanes: dict[int, int], again: Callable[[Store], dict[int, int]]
    ) -> Iterator[VisitReceipt]:
        for number in range(rounds.MOST_ROUNDS):
            if lanes:
                self.receipts.append(self.visit(run_id, stage, number, tuple(sorted(lanes))))
                yield self.receipts[-1]
            lanes = again(self.store)

    def visit(self, run_id: str, stage: str, number: int, lanes: tuple[int, ...]) -> VisitReceipt:
        deadline = self.now() + timedelta(seconds=self.seconds)
        order = VisitOrder(self.store.url, run_id, stage, number, lanes, deadline, self.source)
        return visit_lanes(self.store, order, Surroundings(now=self.now, is_wanted=self._asked_whether_wanted))

    def _asked_whether_wanted(self) -> bool:
        return self.is_wanted()  # a test may change it meanwhile

    def change(self, **changes: object) -> None:
        """Change the agenda."""
        self.agenda = replace(self.agenda, **changes)  # type: ignore[arg-type]


def feed_runs(store: Store, *sites: Site, **changes: object) -> Runs:
    """Runs with the feeds of some sites."""
    return Runs(store, agenda_of(*(listed(site) for site in sites), **changes))


def looks_in(store: Store) -> dict[str, Look]:
    """All sources, by address."""
    return {url: look for lane in range(64) for url, look in Looks(store, lane_folder(lane)).by_url.items()}


def waiting_in(store: Store) -> dict[str, Target]:
    """All queues, by address."""
    queues = [Queue(store, lane_folder(lane)) for lane in range(64)]
    return {target.url: target for queue in queues for target in queue.targets(np.arange(len(queue)))}


def lines_in(store: Store) -> list[Line]:
    """What all runs wrote of addresses, by time."""
    keys = [info.key for info in store.list("runs/") if "/addresses/" in info.key]
    return sorted((line for key in keys for line in unpack(Line, store.read(key), key)), key=lambda line: line.at)


def fates_in(store: Store) -> dict[str, str]:
    """The last outcome of each address."""
    return {line.url: line.fate for line in lines_in(store)}


def captures_in(store: Store, kind: str = "pages") -> list[Capture | Rejection]:
    """All captures of all WARC files of pages or of signs, by the file."""
    keys = [info.key for info in store.list("captures/") if info.key.endswith("-signs.warc.gz") == (kind == "signs")]
    readings = (reading for key in keys for reading in read_archive(io.BytesIO(store.read(key)), key, ReadLimits(50_000_000)))
    return [reading.found for reading in readings if reading.found is not None]


def pages_in(store: Store) -> Counter[str]:
    """How often each address was captured with status 200 and a body."""
    found = (one for one in captures_in(store) if isinstance(one, Capture))
    return Counter(one.url for one in found if one.http_status == 200 and one.payload)


def seen_in(store: Store) -> int:
    """How many addresses are dealt with for good."""
    return sum(len(Seen(store, f"{lane_folder(lane)}seen/")) for lane in range(64))


def check_notes(store: Store) -> None:
    """Every page is in a file that waits to be pressed; in others it may be besides."""
    waiting = {store.read(info.key).decode() for info in store.list("state/to-press/live/")}
    noted = {one.url for one in captures_in(store) if isinstance(one, Capture) and one.at.warc_file in waiting}
    assert noted == set(pages_in(store))


def check(web: NewsWeb, runs: Runs, *allowed: str) -> None:
    """The books close, and nobody was bothered; ``allowed``: kinds of breaches that a test asks for."""
    for receipt in runs.receipts:
        if receipt.order.stage == rounds.FETCH:
            total = add_outcomes([receipt])
            assert receipt.run["taken"] == sum(total.get(fate, 0) for fate in Fate)
    found = violations(web.log, Rules(agent=AGENT.name, delay_seconds=DELAY_SECONDS))
    assert [each for each in found if not each.startswith(allowed)] == [] if allowed else found == []
