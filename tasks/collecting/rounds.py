"""Which lanes have something to do, and how they are spread over workers; what waits to be pressed when they are done."""

import hashlib
from dataclasses import replace
from datetime import datetime

from tasks.collecting.looking import roots_of
from tasks.collecting.orders import VisitOrder
from tasks.lanes.lane import lane_folder
from tasks.lanes.queue import Target, leave_found
from tasks.shards import Shard, shard_name
from tasks.sites import Agenda
from tasks.storage import NotFound, Store
from tasks.urls import domain_of, key_hash, lane_of, url_key

DISCOVER, FETCH, LIST = "discover", "fetch", "list"
# Redirects to other domains, and sources that are named there, take a round each.
MOST_ROUNDS = 4
# A lane with a few sources is about as much work as this many bytes of addresses.
SOURCE_WEIGHT = 1_000


def lanes_to_discover(store: Store, agenda: Agenda) -> dict[int, int]:
    """Lanes with sources, those too that other sources named, and about how much work each is."""
    found: dict[int, int] = {}
    for root in roots_of(agenda):
        lane = lane_of(domain_of(root.url))
        found[lane] = found.get(lane, 0) + SOURCE_WEIGHT
    for lane, size in _objects(store, ("looks.parquet", "named/")).items():
        found[lane] = found.get(lane, 0) + size
    return found


def lanes_to_fetch(store: Store) -> dict[int, int]:
    """Lanes with addresses that wait or were found, and about how much work each is."""
    return _objects(store, ("queue.parquet", "found/"))


def lanes_named(store: Store) -> dict[int, int]:
    """Lanes that were left sources which nobody has looked at."""
    return _objects(store, ("named/",))


def lanes_found(store: Store) -> dict[int, int]:
    """Lanes that were left addresses which nobody has taken in."""
    return _objects(store, ("found/",))


def _objects(store: Store, kinds: tuple[str, ...]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for info in store.list("state/lanes/"):
        lane, _, rest = info.key.removeprefix("state/lanes/").partition("/")
        if rest.startswith(kinds):
            sizes[int(lane)] = sizes.get(int(lane), 0) + info.size_bytes
    return sizes


def spread(lanes: dict[int, int], workers: int) -> list[tuple[int, ...]]:
    """Lanes in as many groups as there are workers, about equal in work: the largest first, each to the least laden group."""
    groups: list[tuple[int, list[int]]] = [(0, []) for _ in range(min(workers, len(lanes)))]
    for lane in sorted(lanes, key=lambda lane: (-lanes[lane], lane)):
        place = min(range(len(groups)), key=lambda one: groups[one][0])
        groups[place] = (groups[place][0] + max(1, lanes[lane]), [*groups[place][1], lane])
    return [tuple(sorted(members)) for _, members in groups]


def orders_for(template: VisitOrder, lanes: dict[int, int], workers: int) -> list[VisitOrder]:
    """An order for each group of lanes, numbered on from the template's number."""
    groups = spread(lanes, workers)
    return [replace(template, number=template.number + place, lanes=group) for place, group in enumerate(groups)]


def leave_listed(store: Store, agenda: Agenda, run_id: str, now: datetime) -> dict[str, int]:
    """Leave the addresses that the sites list for their lanes, each list once; says how many of each site that were."""
    left: dict[str, int] = {}
    for site in agenda.sites:
        digest = hashlib.sha256("\n".join((site.name, *site.urls)).encode()).hexdigest()[:16]
        mark = f"state/listed/{digest}"
        if not site.urls or store.exists(mark):
            continue
        lanes: dict[int, list[Target]] = {}
        for url in site.urls:
            domain = domain_of(url)
            target = Target(key_hash(url_key(url)), url, domain, site.name, LIST, LIST, now)
            lanes.setdefault(lane_of(domain), []).append(target)
        for lane, targets in lanes.items():
            leave_found(store, lane_folder(lane), f"{run_id}-{digest}", targets)
        store.write(mark, run_id.encode())
        left[site.name] = len(site.urls)
    return left


def waiting_shards(store: Store, source: str) -> dict[str, Shard]:
    """WARC files of collect runs that are not pressed yet, by the key of the note that says so."""
    waiting = {}
    for note in store.list(f"state/to-press/{source}/"):
        try:
            key = store.read(note.key).decode()
            info = store.info(key)
        except NotFound:
            continue  # pressed by another run just now, or somebody took the captures away: nothing is left to press
        url = f"{store.url}/{key}"
        waiting[note.key] = Shard(shard_name(url), source, url, info.size_bytes, info.etag)
    return waiting
