"""Exact, appended run by run, merged when there are many objects, and whole after a crash anywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import RetryLater
from tasks.lanes.seen import MOST_OBJECTS, Seen
from tasks.storage import open_store

FOLDER = "state/lanes/07/seen/"
HASHES = st.integers(0, 2**64 - 1)
NEAR = st.one_of(HASHES, st.integers(0, 40), st.integers(2**64 - 40, 2**64 - 1))


def objects(store) -> list[str]:
    return [info.key for info in store.list(FOLDER)]


def test_nothing_is_known_at_first_and_what_was_added_for_good(store):
    seen = Seen(store, FOLDER)
    assert (len(seen), seen.holds([1, 2]).tolist(), seen.holds([]).tolist()) == (0, [False, False], [])
    seen.add([2**64 - 1, 0, 5, 5])
    for known in (seen, Seen(store, FOLDER)):
        assert len(known) == 3
        assert known.holds([5, 4, 0, 2**64 - 1]).tolist() == [True, False, True, True]


def test_what_is_known_already_or_nothing_at_all_writes_nothing(store):
    seen = Seen(store, FOLDER)
    seen.add([])
    assert objects(store) == []
    seen.add([1, 2])
    seen.add([2, 1])
    Seen(store, FOLDER).add([1])
    assert len(objects(store)) == 1


def test_many_objects_become_one(store):
    for number in range(MOST_OBJECTS):
        Seen(store, FOLDER).add([number])
    assert len(objects(store)) == MOST_OBJECTS
    seen = Seen(store, FOLDER)
    seen.add([1000])
    assert len(objects(store)) == 1
    seen.add([1001])
    assert len(objects(store)) == 2
    assert len(Seen(store, FOLDER)) == MOST_OBJECTS + 2


@pytest.mark.parametrize("survives", [0, 1, 7, MOST_OBJECTS - 1])
def test_a_crash_among_the_deletes_loses_nothing_and_heals(tmp_path, survives):
    store = open_store(str(tmp_path))
    seen = Seen(store, FOLDER)
    for number in range(MOST_OBJECTS):
        seen.add([number])

    class Dying(type(store)):
        left = survives

        def delete(self, key):
            if not self.left:
                raise RetryLater("gone")
            self.left -= 1
            super().delete(key)

    store.__class__ = Dying
    with pytest.raises(RetryLater):
        seen.add([1000])
    again = Seen(open_store(str(tmp_path)), FOLDER)
    assert again.holds([*range(MOST_OBJECTS), 1000, 1001]).tolist() == [True] * (MOST_OBJECTS + 1) + [False]
    again.add([2000])
    assert len(objects(again.store)) <= MOST_OBJECTS
    assert len(Seen(again.store, FOLDER)) == MOST_OBJECTS + 2


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(NEAR, max_size=8), st.lists(NEAR, max_size=8), st.booleans()), max_size=30))
def test_it_is_a_set(tmp_path_factory, steps):
    store = open_store(str(tmp_path_factory.mktemp("seen")))
    seen, known = Seen(store, FOLDER), set[int]()
    for added, asked, is_reopened in steps:
        seen.add(added)
        known |= set(added)
        seen = Seen(store, FOLDER) if is_reopened else seen
        assert seen.holds([*asked, *added]).tolist() == [each in known for each in [*asked, *added]]
        assert len(seen) == len(known)
        assert len(objects(store)) <= MOST_OBJECTS
