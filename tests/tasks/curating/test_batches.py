"""Batches: every object is in exactly one, and what has not changed is not looked at again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.curating.batches import (
    BATCH_ROWS,
    SMALL_BATCHES,
    STATE_REVISION,
    Batch,
    Input,
    inputs_of,
    known_batches,
    plan_batches,
    read_batch,
)
from tasks.errors import BrokenShard
from tasks.shards import all_receipts
from tasks.storage import open_store
from tests.editions import add_shard, article


def one(name: object, rows: int = 10, digest: str = "d") -> Input:
    return Input(f"articles/{name}", rows, digest)


INPUTS = st.dictionaries(
    st.integers(0, 30), st.tuples(st.integers(1, BATCH_ROWS * 2), st.sampled_from("de")), min_size=1, max_size=12
).map(lambda found: [one(f"{name:02d}", *facts) for name, facts in sorted(found.items())])


def objects(batches) -> list[Input]:
    return sorted((found for batch in batches for found in batch.inputs), key=lambda found: found.key)


@settings(max_examples=200)
@given(st.lists(INPUTS, min_size=1, max_size=4))
def test_whatever_comes_and_goes_each_object_is_in_one_batch(corpora):
    known: list[Batch] = []
    for inputs in corpora:
        plan = plan_batches(inputs, known)
        assert objects(plan.all) == inputs
        assert set(plan.outdated) == {batch.name for batch in known} - {batch.name for batch in plan.all}
        assert set(plan.known) <= set(known)
        assert all(batch.rows <= BATCH_ROWS or len(batch.inputs) == 1 for batch in plan.new)
        known = list(plan.all)


@given(INPUTS)
def test_where_nothing_is_new_nothing_is_to_do(inputs):
    first = plan_batches(inputs, [])
    again = plan_batches(inputs, list(first.new))
    assert (again.new, again.outdated) == ((), ())
    assert sorted(again.known, key=lambda batch: batch.name) == sorted(first.new, key=lambda batch: batch.name)


def test_what_is_new_is_a_batch_of_its_own():
    standing = Batch((one(1), one(2)))
    plan = plan_batches([one(1), one(2), one(3)], [standing])
    assert (plan.known, plan.new, plan.outdated) == ((standing,), (Batch((one(3),)),), ())


def test_what_an_older_revision_has_looked_at_is_looked_at_again(tmp_path):
    store, old = open_store(str(tmp_path)), Batch((one(1),), STATE_REVISION - 1)
    old.write(store)
    plan = plan_batches([one(1)], known_batches(store))
    assert (plan.known, plan.new, plan.outdated) == ((), (Batch((one(1),)),), (old.name,))


def test_what_has_changed_or_is_gone_takes_its_batch_along():
    changed, shrunk, stays = (Batch((one(number), one(number + 1))) for number in (1, 3, 5))
    inputs = [one(1, digest="other"), one(2), one(3), one(5), one(6)]
    plan = plan_batches(inputs, [changed, shrunk, stays])
    assert plan.known == (stays,)
    assert objects(plan.new) == [one(1, digest="other"), one(2), one(3)]
    assert plan.outdated == tuple(sorted((changed.name, shrunk.name)))


def test_many_small_batches_become_fewer_large_ones():
    small = [Batch((one(f"{number:03d}", 400),)) for number in range(SMALL_BATCHES)]
    large = Batch((one("large", BATCH_ROWS),))
    inputs = objects([*small, large])
    assert plan_batches(inputs, [*small, large]).new == ()
    another = Batch((one("more", 400),))
    plan = plan_batches(objects([*small, large, another]), [*small, large, another])
    assert plan.known == (large,)
    assert [batch.rows for batch in plan.new] == [400 * (SMALL_BATCHES + 1)]
    assert set(plan.outdated) == {batch.name for batch in (*small, another)}


def test_merged_batches_are_not_merged_again():
    """Else what was looked at would be looked at again with every edition."""
    small = [Batch((one(f"{number:03d}", BATCH_ROWS // 3),)) for number in range(3 * (SMALL_BATCHES + 1))]
    plan = plan_batches(objects(small), small)
    assert plan_batches(objects(plan.all), list(plan.all)).new == ()


def test_a_batch_is_named_by_what_is_in_it():
    assert Batch((one(1),)).name == Batch((one(1),)).name
    assert len({Batch(inputs).name for inputs in ((one(1),), (one(2),), (one(1, digest="e"),), (one(1), one(2)))}) == 4


def test_inputs_are_objects_with_articles_by_key(tmp_path):
    store = open_store(str(tmp_path))
    add_shard(store, "b", [article(1), article(2)])
    add_shard(store, "a", [article(3)])
    add_shard(store, "empty", [])
    found = inputs_of(all_receipts(store))
    assert [(each.key, each.rows) for each in found] == [
        (f"articles/made/2024-12/{name}/00000.parquet", n) for name, n in (("a", 1), ("b", 2))
    ]


def test_notes_come_back_as_they_were_written(tmp_path):
    store = open_store(str(tmp_path))
    batches = [Batch((one(1), one(2, 7, "x"))), Batch((one(3),))]
    for batch in batches:
        batch.write(store)
    assert sorted(known_batches(store), key=lambda batch: batch.rows) == sorted(batches, key=lambda batch: batch.rows)


@pytest.mark.parametrize("note", [b"", b"[]", b"{}", b'{"inputs": [{"key": "a"}]}', b'{"inputs": 3}', b"\xff"])
def test_a_broken_note_says_what_to_do(tmp_path, note):
    store = open_store(str(tmp_path))
    store.write("state/curated/batches/x.json", note)
    with pytest.raises(BrokenShard, match="delete state/curated/"):
        read_batch(store, "state/curated/batches/x.json")
