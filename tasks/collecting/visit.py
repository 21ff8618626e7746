"""What both stages of a collect run have in common: lanes are taken, kept and given back, and what came is committed."""

import asyncio
import contextlib
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from tasks.archive.writing import Earlier, Written
from tasks.collecting.guest import Guest
from tasks.collecting.ledger import Ledger
from tasks.collecting.orders import Archived, SourceNote, VisitOrder, VisitReceipt
from tasks.collecting.tapes import SIGNS, Taken, Tapes, write_tapes
from tasks.errors import PressError, RetryLater
from tasks.fetching.answers import Answer
from tasks.fetching.client import utc_now
from tasks.lanes.lane import Lane, lane_folder
from tasks.lanes.looks import Look, leave_named
from tasks.lanes.queue import Target, leave_found
from tasks.lanes.seen import Seen
from tasks.removals import Removed
from tasks.sites import Agenda
from tasks.storage import Store
from tasks.urls import domain_of, lane_of

LOOK_SECONDS = 2.0
KEEP_SECONDS = 1.0
# A sitemap may announce 50,000 addresses: so many are written before more are read.
MOST_FOUND = 20_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock, sleep, and whom to tell and ask whether the visit is still wanted."""

    tell: Callable[[dict[str, Any]], None] = lambda facts: None  # noqa: ARG005
    is_wanted: Callable[[], bool] = lambda: True
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class Visit:
    """One order at work. ``found`` and ``named``: addresses and sources for whichever lanes; ``done``: hashes of addresses, by
    lane, that are dealt with. All of it is written by ``commit``, in this order.
    """

    store: Store
    order: VisitOrder
    agenda: Agenda
    around: Surroundings
    guest: Guest
    tapes: Tapes
    removed: Removed = field(default_factory=lambda: Removed(()))
    ledger: Ledger = field(default_factory=Ledger)
    archived: list[Archived] = field(default_factory=list)
    seen: dict[int, Seen] = field(default_factory=dict)
    found: list[Target] = field(default_factory=list)
    named: list[Look] = field(default_factory=list)
    done: dict[int, list[int]] = field(default_factory=dict)
    busy: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    notes: list[SourceNote] = field(default_factory=list)
    # What is written for a lane when all that it speaks of lies on the store.
    closing: dict[int, Callable[[], None]] = field(default_factory=dict)
    bytes_received: int = 0
    # Addresses that have to have an outcome when this is over.
    taken: int = 0
    # Lanes that somebody is busy with.
    at_work: int = 0
    _commits: int = 0
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _lending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take_lane(self, number: int) -> Lane | None:
        """The lane, once nobody else visits it; None when the time, or the work with all others, is over before."""
        lane = Lane(self.store, number, self.order.run_id)
        while not await asyncio.to_thread(lane.take, self.around.now()):
            # Two visits that hold what the other waits for would wait for ever: who has nothing else to do gives back what it has.
            is_idle = bool(self.guest.lanes) and not self.at_work
            if is_idle or self.around.now() >= self.order.deadline or not self.around.is_wanted():
                self.busy.append(number)
                return None
            await self.around.sleep(LOOK_SECONDS)
        self.guest.lanes[number] = lane
        return lane

    @contextlib.asynccontextmanager
    async def lend(self, number: int) -> AsyncIterator[bool]:
        """A lane that is not of this order, for one question; False where somebody visits it."""
        async with self._lending:
            lane = Lane(self.store, number, self.order.run_id)
            if number in self.order.lanes or not await asyncio.to_thread(lane.take, self.around.now()):
                yield False
                return
            self.guest.lanes[number] = lane
            try:
                yield True
            finally:
                del self.guest.lanes[number]
                await self.give_back(lane)

    def keep(
        self, answer: Answer, kind: str = SIGNS, fields: Mapping[str, str] | None = None, notes: Mapping[str, str] | None = None
    ) -> Written:
        """Put an answer on a tape; gives its place there."""
        self.tapes.captures[kind] += 1
        self.bytes_received += len(answer.body)
        took = {"fetchTimeMs": f"{answer.seconds * 1000:.0f}", **(notes or {})}
        return self.tapes.tapes[kind].add(answer, fields or {}, took)

    def note_robots(self, answer: Answer) -> None:
        """Put a robots.txt answer on its tape."""
        self.keep(answer)

    def keep_again(self, answer: Answer, earlier: Earlier) -> None:
        """Put a revisit record on the tape of feeds and sitemaps, in place of an answer that is as it was."""
        self.tapes.captures[SIGNS] += 1
        self.bytes_received += len(answer.body)
        self.tapes.tapes[SIGNS].add_revisit(answer, earlier)

    async def commit(self) -> None:
        """Write the tapes, and only then remember what is on them: a crash in between fetches again and loses nothing."""
        async with self._writing:
            taken, lines, done, found, named = self.tapes.take(), self.ledger.take(), self.done, self.found, self.named
            self.done, self.found, self.named = {}, [], []
            self._commits += 1
            await asyncio.to_thread(self._write, taken, lines, found, named, done)

    @property
    def _commit_name(self) -> str:
        return f"{self.order.name}-{self.tapes.token}-{self._commits:04d}"

    def _write(
        self, taken: list[Taken], lines: bytes | None, found: list[Target], named: list[Look], done: dict[int, list[int]]
    ) -> None:
        self.archived += write_tapes(self.store, self.order.source, taken)
        if lines:
            self.store.write(f"runs/{self.order.run_id}/addresses/{self._commit_name}.parquet", lines)
        name = f"{self.order.run_id}-{self._commit_name}"
        for number, targets in _by_lane(found).items():
            leave_found(self.store, lane_folder(number), name, targets)
        for number, looks in _by_lane(named).items():
            leave_named(self.store, lane_folder(number), name, looks)
        for number, hashes in done.items():
            if self.guest.lanes[number].is_surely_ours:
                self.seen[number].add(hashes)

    async def watch(self) -> None:
        """While the visit goes on: keep the lanes, save clocks that have news, write full tapes, tell how far it is."""
        while True:
            await self.around.sleep(KEEP_SECONDS)
            await asyncio.to_thread(self._beat)
            urgent, self.guest.urgent = self.guest.urgent, set()
            for number in urgent & self.guest.lanes.keys():
                await asyncio.to_thread(self.guest.lanes[number].save_hosts, self.around.now())
            if self.tapes.is_full or len(self.found) >= MOST_FOUND:
                await self.commit()
            self.around.tell(self.facts())

    def _beat(self) -> None:
        for lane in list(self.guest.lanes.values()):
            with contextlib.suppress(RetryLater):  # without beats it is not surely ours, and left alone
                lane.beat()

    def facts(self) -> dict[str, Any]:
        """How far it is, for people."""
        told: Counter[str] = Counter()
        for counts in self.ledger.counts.values():
            told.update(counts)
        return {"shard": self.order.name, "requests": self.guest.requests, "bytes": self.bytes_received, **told}

    async def close(self) -> None:
        """Commit, and then write the lanes' own state."""
        await self.commit()
        ours = [number for number in self.closing if self.guest.lanes[number].is_surely_ours]
        await asyncio.gather(*(asyncio.to_thread(self.closing[number]) for number in ours))

    async def give_back(self, lane: Lane) -> None:
        """Save the lane's hosts and release it; where that fails it goes stale, and who follows knows nothing of our visits."""
        with contextlib.suppress(PressError):
            await asyncio.to_thread(lane.beat)
            if lane.is_surely_ours:
                await asyncio.to_thread(lane.save_hosts, self.around.now())
                await asyncio.to_thread(lane.release)

    def receipt(self, started: datetime) -> VisitReceipt:
        """The proof of what was done, written last."""
        run = {
            "started_at": started.isoformat(timespec="seconds"),
            "finished_at": self.around.now().isoformat(timespec="seconds"),
            "host": f"{socket.gethostname()}:{os.getpid()}",
            "taken": self.taken,
            "requests": self.guest.requests,
            "bytes_received": self.bytes_received,
            "honours_opt_outs": self.agenda.honours_opt_outs,
        }
        outcomes = {site: dict(sorted(counts.items())) for site, counts in sorted(self.ledger.counts.items())}
        receipt = VisitReceipt(self.order, outcomes, tuple(self.archived), tuple(sorted(self.busy)), tuple(self.notes), run)
        self.store.write(self.order.receipt_key, receipt.to_json())
        return receipt


Placed = TypeVar("Placed", Target, Look)


def _by_lane(placed: list[Placed]) -> dict[int, list[Placed]]:
    lanes: dict[int, list[Placed]] = {}
    for each in placed:
        lanes.setdefault(lane_of(domain_of(each.url)), []).append(each)
    return lanes
