"""Common Crawl by its index: the pages of some hosts, each fetched by one ranged read. A shard is a list of a host's pages."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.common_crawl.cdx import select_cdx
from tasks.common_crawl.columnar import select_columnar
from tasks.common_crawl.selection import IndexRow, Tally
from tasks.errors import FixTheRun
from tasks.host_names import Hosts
from tasks.lists import FileOffset, Listed, make_list, places_in, read_list
from tasks.memory import Memory
from tasks.pages.unpacking import host_of
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Rejection
from tasks.selection import Found, Gap, Selection
from tasks.shards import Shard
from tasks.storage import NotFound, Store, open_object, open_store

ABOUT = "records of Common Crawl"
READER = "common_crawl"
INDEXES = {"columnar": select_columnar, "cdx": select_cdx}
RECORDS_PER_LIST = 1_000
# Records that are fetched ahead while one is pressed: each is a request of its own, and a distant bucket takes 0.1 s to answer.
READS_AHEAD = 8
LOOKS_AT_ONCE = 8


def find(memory: Memory, selection: Selection) -> Found:  # noqa: ARG001  (an index never changes: its lists come out alike)
    """Lists of all HTML pages that a crawl has of some hosts; raises FixTheRun where the crawl or the hosts are not named.

    Memory: some 500 bytes a page that was found.
    """
    if not selection.crawl or not selection.hosts:
        raise FixTheRun("common-crawl needs --crawl CC-MAIN-YYYY-WW and --hosts FILE, a file with one host or domain a line")
    if selection.since:
        raise FixTheRun("--since is for ccnews: a crawl is one span of two weeks; see --published-since")
    base, found = open_store(selection.base, selection.access), Found()
    by_host: dict[str, list[Listed]] = {}
    rows_read, tally = _select(base, selection)
    for row in rows_read:
        listed = Listed(row.url, f"{base.url}/{row.warc_file}", row.offset, row.length)
        by_host.setdefault(host_of(row.url) or "", []).append(listed)
    source = selection.source or READER
    for host, rows in sorted(by_host.items()):
        rows.sort(key=lambda row: (row.file, row.offset))
        for number, first in enumerate(range(0, len(rows), RECORDS_PER_LIST)):
            part = rows[first : first + RECORDS_PER_LIST]
            shard, data = make_list(f"{selection.crawl}-{host}-{number:03d}", source, READER, part, selection.access)
            found.shards.append(shard)
            found.lists[shard.url] = data
    found.gaps = [Gap(selection.crawl, key, "the index names it, and it is not there") for key in tally.gaps]
    found.notes.append(
        f"{tally.rows_matched:,} pages of {len(by_host):,} hosts, {tally.bytes_fetched / 1e6:,.1f} MB of the index read"
    )
    if not found.shards and not found.gaps:
        raise FixTheRun(f"{selection.crawl} has no page of these hosts")
    return found


def _select(base: Store, selection: Selection) -> tuple[list[IndexRow], Tally]:
    """What the index has of the hosts, and what reading it took."""
    every = Hosts(selection.hosts)
    names = [name for name in every.names if not every.takes(name.partition(".")[2])]
    # A host takes a dozen requests to the one index, one after the other; the other index is read whole anyway.
    groups = LOOKS_AT_ONCE if selection.index == "cdx" else 1
    size = -(-len(names) // groups)
    parts = [names[first : first + size] for first in range(0, len(names), size)]
    with ThreadPoolExecutor(groups) as pool:
        chosen = list(pool.map(lambda part: _rows_of(base, selection, part), parts))
    total = Tally()
    for _, tally in chosen:
        total.rows_matched += tally.rows_matched
        total.bytes_fetched += tally.bytes_fetched
        total.gaps = list(dict.fromkeys([*total.gaps, *tally.gaps]))
    return [row for rows, _ in chosen for row in rows], total


def _rows_of(base: Store, selection: Selection, names: list[str]) -> tuple[list[IndexRow], Tally]:
    chosen = INDEXES[selection.index](base, selection.crawl, Hosts(names))
    return list(chosen), chosen.tally


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:
    """The listed records in turn, fetched ahead; a position is a place in the list."""
    rows, access = read_list(store, shard)[start:], shard.option("access")
    ahead: deque[Future[bytes | None]] = deque()
    with ThreadPoolExecutor(READS_AHEAD) as pool:
        for at, row in enumerate(rows):
            # The first is fetched alone: who asks for a shard's month wants no more than that.
            while len(ahead) < min(READS_AHEAD if at else 1, len(rows) - at):
                ahead.append(pool.submit(_fetch, rows[at + len(ahead)], limits, access))
            yield Reading("response", _found(row, ahead.popleft().result(), limits), start + at + 1)


def places(store: Store, shard: Shard) -> dict[FileOffset, int]:
    """Where in the list each record stands."""
    return places_in(read_list(store, shard))


def _fetch(row: Listed, limits: ReadLimits, access: str) -> bytes | None:
    """The record as packed; None where its file is gone; nothing is fetched of one that is too large.

    A refusal is no proof that it is gone: whoever asks too fast is refused, too. It fails the shard, which is tried again.
    """
    if row.length > limits.max_record_bytes:
        return b""
    source, key = open_object(row.file, access)
    try:
        return source.read_range(key, row.offset, row.length)
    except NotFound:
        return None


def _found(row: Listed, data: bytes | None, limits: ReadLimits) -> Capture | Rejection:
    at = Coordinates(row.file, row.offset, row.length, None)
    if data is None:
        return Rejection(row.url, None, Stage.READ, Reason.MISSING_UPSTREAM, row.file, at)
    if row.length > limits.max_record_bytes:
        return Rejection(row.url, None, Stage.READ, Reason.PAYLOAD_TOO_BIG, f"a record of {row.length} bytes, as packed", at)
    readings = read_archive(BytesIO(data), row.file, limits)
    found = next((reading.found for reading in readings if reading.found is not None), None)
    if found is None:
        return Rejection(row.url, None, Stage.READ, Reason.DAMAGED_RECORD, "the index points at no record", at)
    return replace(found, at=replace(at, warc_record_id=found.at.warc_record_id), url=found.url or row.url)
