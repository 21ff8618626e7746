"""Sources are kept by address, taken in from other lanes once, forgotten when nobody asks them, and due a little early."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks.errors import RetryLater
from tasks.lanes.looks import FORGOTTEN, Look, Looks, leave_named
from tasks.storage import open_store

FOLDER = "state/lanes/09/"
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def look(name: str, **changes: object) -> Look:
    return Look(f"https://{name}.example/rss", "feed", "A", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("minutes", "is_due"), [(53, False), (54, True), (60, True)])
def test_due_a_tenth_before_its_time(minutes, is_due):
    asked = look("a", asked_at=NOW, next_at=NOW + HOUR)
    assert asked.is_due(NOW + timedelta(minutes=minutes)) == is_due
    assert look("a").is_due(NOW)


def test_what_others_named_is_taken_in_and_does_not_replace_what_is_known(store):
    looks = Looks(store, FOLDER)
    looks.by_url[look("a").url] = look("a", etag="x")
    looks.save(NOW)
    leave_named(store, FOLDER, "run-1", [look("a"), look("b", depth=1)])
    looks = Looks(store, FOLDER)
    assert looks.by_url == {one.url: one for one in (look("a", etag="x"), look("b", depth=1))}
    leave_named(store, FOLDER, "run-2", [look("c")])
    looks.save(NOW)
    assert [info.key for info in store.list(f"{FOLDER}named/")] == [f"{FOLDER}named/run-2.parquet"]
    assert len(Looks(store, FOLDER).by_url) == 3


def test_what_was_not_asked_for_long_is_forgotten(store):
    looks = Looks(store, FOLDER)
    for one in (look("old", asked_at=NOW - FORGOTTEN), look("young", asked_at=NOW - HOUR), look("new")):
        looks.by_url[one.url] = one
    looks.save(NOW)
    assert set(Looks(store, FOLDER).by_url) == {look("young").url, look("new").url}


def test_named_sources_go_only_when_they_are_written(tmp_path):
    store = open_store(str(tmp_path))
    leave_named(store, FOLDER, "run-1", [look("a")])
    looks = Looks(store, FOLDER)

    class Full(type(store)):
        def write(self, *_):
            raise RetryLater("full")

    kind, store.__class__ = type(store), Full
    with pytest.raises(RetryLater):
        looks.save(NOW)
    store.__class__ = kind
    assert set(Looks(store, FOLDER).by_url) == {look("a").url}


def test_wanted_is_what_a_root_leads_to(store):
    looks = Looks(store, FOLDER)
    root, child = look("root"), look("child", parent=look("root").url, depth=1)
    grandchild = look("grandchild", parent=child.url, depth=2)
    loop = [look("x", parent=look("y").url, depth=1), look("y", parent=look("x").url, depth=2)]
    for one in (root, child, grandchild, *loop):
        looks.by_url[one.url] = one
    assert all(looks.is_wanted(one, {root.url}) for one in (root, child, grandchild))
    assert not any(looks.is_wanted(one, {"https://other.example/"}) for one in (root, child, grandchild, *loop))
    # Its parent is in another lane.
    named = look("moved", parent="https://elsewhere.example/rss", depth=1)
    assert looks.is_wanted(named, {named.parent})
    assert not looks.is_wanted(named, {root.url})
    assert looks.is_wanted(look("deep", parent="https://elsewhere.example/rss", depth=2), {root.url})
