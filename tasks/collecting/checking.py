"""Every source of an agenda, asked once, and what is known of it then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.collecting.looking import complaint
from tasks.collecting.orders import VisitOrder, agenda_key
from tasks.collecting.rounds import DISCOVER, MOST_ROUNDS, lanes_named, lanes_to_discover
from tasks.collecting.stages import visit_lanes
from tasks.collecting.visit import Surroundings
from tasks.fetching.robots import RobotsCopy, Rules, origin_of
from tasks.lanes.lane import lane_folder
from tasks.lanes.looks import Look, Looks
from tasks.lanes.rows import read_rows
from tasks.sites import Agenda
from tasks.storage import Store


@dataclass(frozen=True, slots=True)
class Checked:
    """A source as a person wants to see it. ``robots``: what robots.txt says of it; ``problem``: empty where all is well."""

    site: str
    kind: str
    url: str
    robots: str
    problem: str
    newest_at: datetime | None
    items_a_day: float
    seen_items: int


def check_sources(store: Store, agenda: Agenda, deadline: datetime) -> list[Checked]:
    """Ask the sources that are due, also those that home pages and sitemaps name; raises what the store raises."""
    run_id = f"check-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    store.write(agenda_key(run_id), agenda.to_json())
    lanes = lanes_to_discover(store, agenda)
    known = set(lanes)
    for number in range(MOST_ROUNDS):
        if not lanes:
            break
        order = VisitOrder(store.url, run_id, DISCOVER, number, tuple(sorted(lanes)), deadline, "check")
        visit_lanes(store, order, Surroundings())
        lanes = lanes_named(store)
        known |= set(lanes)
    sites = {site.name for site in agenda.sites}
    return [checked for lane in sorted(known) for checked in _checked(store, lane, agenda.agent.name, sites)]


def _checked(store: Store, lane: int, token: str, sites: set[str]) -> Iterator[Checked]:
    folder = lane_folder(lane)
    copies = {copy.origin: copy for copy in read_rows(store, f"{folder}robots.parquet", RobotsCopy)}
    for look in Looks(store, folder).by_url.values():
        if look.site in sites:
            yield _one(look, copies.get(origin_of(look.url)), token)


def _one(look: Look, copy: RobotsCopy | None, token: str) -> Checked:
    robots = "not asked yet"
    if copy:
        unreachable = f"not to be had ({copy.refusal})"
        robots = unreachable if copy.is_unreachable else "allowed" if Rules(copy, token).allows(look.url) else "disallowed"
    problem = complaint(look, datetime.now(UTC)) or ("" if look.asked_at else "not asked: the time was over")
    return Checked(look.site, look.kind, look.url, robots, problem, look.newest_at, look.items_a_day, look.seen_items)
