"""The two stages of a run: every lane of an order is worked on side by side, and what came of it is committed."""

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasks.collecting.discover import discover_lane
from tasks.collecting.fetch import fetch_lane
from tasks.collecting.guest import Guest
from tasks.collecting.orders import VisitOrder, VisitReceipt
from tasks.collecting.rounds import DISCOVER, FETCH
from tasks.collecting.side_by_side import all_of
from tasks.collecting.tapes import Tapes
from tasks.collecting.visit import Surroundings, Visit
from tasks.errors import BrokenShard
from tasks.fetching.client import Client, FetchLimits
from tasks.fetching.guard import Guard
from tasks.lanes.lane import Lane
from tasks.removals import removed_on
from tasks.sites import Agenda
from tasks.storage import Store

LaneWork = Callable[[Visit, Lane], Coroutine[Any, Any, None]]
WORK: dict[str, LaneWork] = {DISCOVER: discover_lane, FETCH: fetch_lane}
# Lanes are read side by side, to wait for the store; more at once take more memory at once.
STORE_THREADS = 8


def visit_lanes(store: Store, order: VisitOrder, around: Surroundings) -> VisitReceipt:
    """Do a stage's work with the lanes of an order; raises what the store raises, and BrokenShard for a lane that is damaged."""
    return asyncio.run(_visit_lanes(store, order, around))


async def _visit_lanes(store: Store, order: VisitOrder, around: Surroundings) -> VisitReceipt:
    started, work = around.now(), WORK[order.stage]
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(STORE_THREADS))
    agenda = Agenda.from_json(store.read(order.agenda_key))
    limits = FetchLimits(max_body_bytes=round(agenda.limits.max_page_mb * 1e6))
    async with Client(agenda.agent.user_agent, Guard(agenda.limits.allow_networks), limits, now=around.now) as client:
        tapes = Tapes(order.source, os.urandom(4).hex(), agenda.agent, around.now)
        guest = Guest(client, agenda.agent.name, {}, order.deadline, around.now, around.sleep, around.is_wanted, lambda _: None)
        visit = Visit(store, order, agenda, around, guest, tapes, removed_on(store))
        guest.saw, guest.lend = visit.note_robots, visit.lend
        watching = asyncio.create_task(visit.watch())
        working = asyncio.create_task(all_of(_work_lane(visit, number, work) for number in order.lanes))
        try:
            await _until_done(working, watching)
            await visit.close()
        finally:
            watching.cancel()
            await asyncio.gather(watching, working, return_exceptions=True)
            await asyncio.gather(*(visit.give_back(lane) for lane in guest.lanes.values()))
    receipt = visit.receipt(started)
    if visit.broken:
        raise BrokenShard(visit.broken[0])
    return receipt


async def _work_lane(visit: Visit, number: int, work: LaneWork) -> None:
    """A lane whose state is damaged costs that lane, and fails the visit when all others are done."""
    try:
        if lane := await visit.take_lane(number):
            visit.at_work += 1
            try:
                await work(visit, lane)
            finally:
                visit.at_work -= 1
    except BrokenShard as error:
        visit.broken.append(str(error))


async def _until_done(working: "asyncio.Future[Any]", watching: "asyncio.Task[None]") -> None:
    """Wait for the work; where the watch fails (the store), so does the visit."""
    await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        await watching
    await working
