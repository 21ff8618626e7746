"""Captures out of the URL index (ZipNum CDX): the blocks that hold a host, found by its table of contents, and no others."""

import json
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from tasks.common_crawl.cluster import CONTENTS, Block, Cluster
from tasks.common_crawl.listing import list_index
from tasks.common_crawl.members import runs_of, unpack
from tasks.common_crawl.selection import IndexRow, Selection, Tally, Wanted, is_html, wanted, warc_key
from tasks.common_crawl.surts import KeyRanges
from tasks.errors import BrokenShard
from tasks.host_names import Hosts
from tasks.storage import NotFound, Refused, Store

LISTING = "cc-index.paths.gz"
# The columnar index has these in subsets of their own, which are not asked for.
OTHER_SUBSETS = ("/robotstxt/", "/crawldiagnostics/")


def select_cdx(base: Store, crawl: str, hosts: Hosts, since: date | None = None, until: date | None = None) -> Selection:
    """Pages of these hosts in a crawl's URL index, from ``since`` up to, but not with, ``until`` (days in UTC).

    ``base`` holds ``crawl-data`` and ``cc-index``. No more than 4 MiB of packed lines are in memory. Raises FixTheRun for a crawl
    that is not there, and later as ``Selection`` does.
    """
    tally, these = Tally(), wanted(hosts, since, until)
    keys = [key for key in list_index(base, crawl, LISTING, tally) if key.endswith(f"/{CONTENTS}")]
    return Selection((row for key in keys for row in _index_rows(base, key, these, tally)), tally)


def _index_rows(base: Store, key: str, these: Wanted, tally: Tally) -> Iterator[IndexRow]:
    with ExitStack() as stack:
        contents = _open(base, key, tally, stack)
        if not contents:
            return
        blocks = _blocks(Cluster(contents, f"{base.url}/{key}"), these.ranges)
        streams: dict[str, BinaryIO | None] = {}
        for run in runs_of(blocks):
            part = f"{key.removesuffix(CONTENTS)}{run[0].file}"
            if part not in streams:
                streams[part] = _open(base, part, tally, stack)
            stream = streams[part]
            if stream:
                yield from _run_rows(stream, run, f"{base.url}/{part}", these, tally)


def _open(base: Store, key: str, tally: Tally, stack: ExitStack) -> BinaryIO | None:
    try:
        return stack.enter_context(base.open_exact(key, tally.fetched))
    except (NotFound, Refused):
        tally.gaps.append(key)
        return None


def _blocks(cluster: Cluster, ranges: KeyRanges) -> Iterator[Block]:
    """Each block once, though several hosts may lie in it."""
    last = -1
    for keys in ranges.all:
        for block in cluster.blocks(keys):
            if block.place > last:
                last = block.place
                yield block


def _run_rows(stream: BinaryIO, run: list[Block], address: str, these: Wanted, tally: Tally) -> Iterator[IndexRow]:
    for lines in unpack(stream, run, address):
        tally.rows_seen += len(lines)
        for line in _candidates(lines, these.ranges):
            row = _wanted_row(line, address, these)
            if row:
                tally.rows_matched += 1
                yield row


def _candidates(lines: list[bytes], ranges: KeyRanges) -> Iterator[bytes]:
    """Lines of a block whose keys are in a range: only these are parsed."""
    for keys in ranges.between(lines[0], lines[-1]) if lines else ():
        yield from lines[bisect_left(lines, keys.start) : bisect_left(lines, keys.end)]


def _wanted_row(line: bytes, address: str, these: Wanted) -> IndexRow | None:
    try:
        _, moment, text = line.decode().split(" ", 2)
        captured_at, facts = _read_time(moment), json.loads(text)
        if not these.takes_time(captured_at) or not _is_page(facts) or not these.hosts.takes(_host(facts["url"])):
            return None
        place = warc_key(facts["filename"]), int(facts["offset"]), int(facts["length"])
        return IndexRow(facts["url"], captured_at, *place, facts.get("digest", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenShard(f"{address} holds a line that is none of an index: {line[:80]!r}") from error


def _read_time(digits: str) -> datetime:
    if len(digits) != 14:
        raise ValueError(digits)
    month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(4, 14, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC)


def _is_page(facts: dict[str, Any]) -> bool:
    served = str(facts.get("status", "")) == "200" and not any(subset in facts["filename"] for subset in OTHER_SUBSETS)
    return served and is_html(facts.get("mime-detected"), facts.get("mime"))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # brackets that hold no address
        return ""
