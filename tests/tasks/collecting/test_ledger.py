"""Counts for good, a line for each address, taken once."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq

from tasks.collecting.ledger import SCHEMA, Fate, Ledger, Line
from tasks.lanes.queue import Queue, Target, leave_found
from tasks.lanes.rows import unpack
from tasks.storage import open_store

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def target(key: int, site: str = "A") -> Target:
    return Target(key, f"https://a.example/{key}", "a.example", site, "https://a.example/rss", "feed", NOW)


def line(one: Target, fate: Fate = Fate.FETCHED) -> Line:
    return Line(one.url, one.domain, one.site, one.found_in, fate.value, "", NOW, None, 200, "captures/x.warc.gz", 7)


def test_lines_are_taken_once_and_counts_stay():
    ledger = Ledger()
    assert ledger.take() is None
    ledger.note(target(1), line(target(1)))
    ledger.count("A", Fate.SEEN, 3)
    taken = ledger.take()
    assert taken is not None
    assert unpack(Line, taken, "lines") == [line(target(1))]
    assert ledger.take() is None
    assert ledger.counts == {"A": {"fetched": 1, "seen": 3}}
    assert {type(name) for name in ledger.counts["A"]} == {str}


def test_many_that_are_put_off_at_once_are_a_line_each(tmp_path):
    store = open_store(str(tmp_path))
    leave_found(store, "lane/", "one", [target(1), target(2, "B"), target(3)])
    queue, ledger = Queue(store, "lane/"), Ledger()
    until = NOW + timedelta(hours=1)
    ledger.note(target(9), line(target(9)))
    ledger.defer(queue, np.arange(3), until, "no time", NOW)
    assert ledger.counts == {"A": {"fetched": 1, "deferred": 2}, "B": {"deferred": 1}}
    taken = ledger.take()
    assert taken is not None
    assert pq.read_schema(io.BytesIO(taken)).equals(SCHEMA)
    first, *others = unpack(Line, taken, "lines")
    assert first == line(target(9))
    expected = [
        Line(one.url, one.domain, one.site, one.found_in, "deferred", "no time", NOW, until) for one in queue.targets(np.arange(3))
    ]
    assert others == expected
