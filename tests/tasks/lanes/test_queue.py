"""A queue gives out each address once, the newest first, keeps what is put off, and takes found addresses in for good."""

import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import RetryLater
from tasks.lanes.queue import Queue, Target, leave_found
from tasks.lanes.rows import parquet
from tasks.lanes.seen import Seen
from tasks.storage import open_store

FOLDER = "state/lanes/05/"
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITES = ("A", "B")


def target(key: int, hours_ago: float | None = None, **changes: object) -> Target:
    published = None if hours_ago is None else NOW - hours_ago * HOUR
    plain = Target(key, f"https://a.example/{key}", "a.example", "A", "https://a.example/rss", "feed", NOW, published)
    return replace(plain, **changes)  # type: ignore[arg-type]


def opened(store, seen=()) -> Queue:
    known = Seen(store, f"{FOLDER}seen/")
    known.add(seen)
    queue = Queue(store, FOLDER)
    queue.sift(known)
    return queue


def targets(queue: Queue) -> list[Target]:
    return sorted(queue.targets(np.arange(len(queue.keys))), key=lambda one: one.key)


def due(queue: Queue, now: datetime = NOW) -> dict[str, list[int]]:
    return {domain: [target.key for target in queue.targets(rows)] for domain, rows in queue.due(now, SITES).items()}


def test_an_empty_lane(store):
    queue = Queue(store, FOLDER)
    assert queue.sift(Seen(store, f"{FOLDER}seen/")) == Counter()
    assert (len(queue), queue.found, queue.due(NOW, SITES)) == (0, 0, {})
    queue.save()
    assert len(opened(store)) == 0


def test_twice_found_is_once_to_fetch_and_what_is_seen_is_none(store):
    leave_found(store, FOLDER, "one", [target(1), target(2), target(1, site="B"), target(3)])
    leave_found(store, FOLDER, "two", [target(2, site="B"), target(4)])
    seen = Seen(store, f"{FOLDER}seen/")
    seen.add([3])
    queue = Queue(store, FOLDER)
    assert queue.found == 6
    assert queue.sift(seen) == {"A": 1, "B": 2}
    assert [(one.key, one.site) for one in targets(queue)] == [(1, "A"), (2, "A"), (4, "A")]


def test_what_waits_already_keeps_its_tries(store):
    leave_found(store, FOLDER, "one", [target(1)])
    queue = opened(store)
    queue.change(0, target(1, tries=2, not_before=NOW + HOUR, why="status 500"))
    queue.save()
    leave_found(store, FOLDER, "two", [target(1)])
    assert targets(opened(store)) == [target(1, tries=2, not_before=NOW + HOUR, why="status 500")]


def test_the_newest_first_and_those_without_a_date_last(store):
    others = [target(key, key, domain="b.example") for key in (7, 5)]
    undated = [target(3, found_at=NOW - HOUR), target(4)]
    leave_found(store, FOLDER, "one", [*undated, target(1, 9), target(2, 1), *others])
    assert due(opened(store)) == {"a.example": [2, 1, 4, 3], "b.example": [5, 7]}


def test_only_what_is_due(store):
    leave_found(store, FOLDER, "one", [target(1, not_before=NOW), target(2, not_before=NOW + HOUR / 60), target(3)])
    queue = opened(store)
    assert due(queue) == {"a.example": [1, 3]}
    assert due(queue, NOW + HOUR) == {"a.example": [1, 2, 3]}
    queue.change(0, None)
    assert due(queue, NOW + HOUR) == {"a.example": [2, 3]}
    assert len(queue) == 2


def test_what_was_put_off_taken_out_or_left_as_it_was_is_so_after_a_save(store):
    leave_found(store, FOLDER, "one", [target(key, key) for key in range(6)])
    queue = opened(store)
    queue.change(0, None)
    queue.change(1, target(1, 1, tries=1, not_before=NOW + 2 * HOUR, why="status 404"))
    queue.defer(np.array([3, 4]), NOW + HOUR, "no time")
    queue.save()
    again = opened(store)
    assert targets(again) == [
        target(1, 1, tries=1, not_before=NOW + 2 * HOUR, why="status 404"),
        target(2, 2),
        target(3, 3, not_before=NOW + HOUR, why="no time"),
        target(4, 4, not_before=NOW + HOUR, why="no time"),
        target(5, 5),
    ]
    assert due(again) == {"a.example": [2, 5]}
    assert again.found == 0


def test_found_addresses_go_only_when_the_queue_is_written(tmp_path):
    store = open_store(str(tmp_path))
    leave_found(store, FOLDER, "one", [target(1)])
    queue = opened(store)
    leave_found(store, FOLDER, "two", [target(2)])  # while we work

    class Full(type(store)):
        def write(self, *_):
            raise RetryLater("full")

    kind, store.__class__ = type(store), Full
    with pytest.raises(RetryLater):
        queue.save()
    store.__class__ = kind
    assert [one.key for one in targets(opened(store))] == [1, 2]
    queue.save()
    assert [info.key for info in store.list(f"{FOLDER}found/")] == [f"{FOLDER}found/two.parquet"]
    assert [one.key for one in targets(opened(store))] == [1, 2]


def test_rows_of_other_versions(store):
    leave_found(store, FOLDER, "one", [target(1, 1), target(2)])
    key = f"{FOLDER}found/one.parquet"
    table = pq.read_table(io.BytesIO(store.read(key)))
    later = table.append_column("mood", table.column("site"))
    store.write(key, parquet(later.drop_columns(["tries", "not_before", "why"])))
    assert targets(opened(store)) == [target(1, 1), target(2)]


CHANGES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["out", "off", "many", "seen"])), max_size=12)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=8), CHANGES), max_size=4))
def test_no_address_is_lost_and_none_is_doubled(tmp_path_factory, rounds):
    store = open_store(str(tmp_path_factory.mktemp("queue")))
    waiting, done = set[int](), set[int]()
    for number, (found, changes) in enumerate(rounds):
        leave_found(store, FOLDER, f"found-{number}", map(target, found))
        waiting |= set(found) - done
        queue = opened(store)
        assert sorted(queue.keys.tolist()) == sorted(waiting)
        rows = {int(key): row for row, key in enumerate(queue.keys)}
        for key, what in dict(changes).items():
            if key not in rows:
                continue
            if what == "off":
                queue.change(rows[key], target(key, tries=1))
            elif what == "many":
                queue.defer(np.array([rows[key]]), NOW, "later")
            else:
                queue.change(rows[key], None)
                Seen(store, f"{FOLDER}seen/").add([key])
                waiting.discard(key)
                done.add(key)
        queue.save()
    assert sorted(opened(store).keys.tolist()) == sorted(waiting)


def test_addresses_of_a_site_that_was_taken_out_are_left_in_peace(store):
    leave_found(store, FOLDER, "one", [target(1), target(2, site="B")])
    assert {domain: len(rows) for domain, rows in opened(store).due(NOW, ("B",)).items()} == {"a.example": 1}
    assert opened(store).due(NOW, ()) == {}
