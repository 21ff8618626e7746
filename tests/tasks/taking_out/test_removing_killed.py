"""Who is killed while something is taken out is followed by the same command, or by the next run: to the same end."""

import shutil
from dataclasses import replace

from tasks.audit import audit
from tasks.removals import Removal, removal_of
from tasks.shards import all_receipts
from tasks.storage import open_store
from tasks.storage.base import Store
from tests.corpora import press_archives
from tests.removing import ALL, IN_CAPTURES, RECIPE, WAITING, check, everything, holders, press_captures, run

# One of a band is as good as all of them.
UNCOUNTED = ("state/leases/", "state/curated/bands/")


class Killed(Exception):
    """Stands for the end of the process."""


def mortal(store: Store, left: int) -> Store:
    """The same store for one who is killed after so many changes."""
    twin, numbers = open_store(store.url), iter(range(left))

    def dying(change):
        def changed(key, *data):
            if not key.startswith(UNCOUNTED) and next(numbers, None) is None:
                raise Killed
            return change(key, *data)

        return changed

    twin.write, twin.delete = dying(twin.write), dying(twin.delete)  # type: ignore[method-assign]
    return twin


def put_back(store: Store, saved: dict[str, bytes]) -> None:
    now = everything(store)
    for key in now.keys() - saved.keys():
        store.delete(key)
    for key, content in saved.items():
        if now.get(key) != content:
            store.write(key, content)


def kills(store: Store, removal: Removal, step: int = 1):
    """Leave the corpus as it is after a kill at each change of the store (or each ``step``th), one after the other."""
    saved, changes = everything(store), 0
    while True:
        try:
            run(mortal(store, changes), removal)
        except Killed:
            yield
            put_back(store, saved)
            changes += step
        else:
            return


def without_times(store: Store) -> dict[str, object]:
    """All that a removal leaves, but when it was and in how many tries."""
    found: dict[str, object] = {**everything(store)}
    found |= {receipt.key: replace(receipt, run={}) for receipt in all_receipts(store)}
    return {key: content for key, content in found.items() if not key.startswith("state/removed/")}


def test_the_same_command_comes_to_the_same_end_wherever_it_was_killed(corpus, made):
    asked = removal_of((IN_CAPTURES, WAITING), (), ())
    run(corpus, asked)
    check(corpus)
    whole = without_times(corpus)
    shutil.rmtree(corpus.url)
    shutil.copytree(made / "saved", corpus.url)
    times = 0
    for _ in kills(corpus, asked):
        assert run(corpus, asked).unfinished == []
        assert without_times(corpus) == whole
        times += 1
    assert times > 20


def test_the_next_run_goes_on_as_well(corpus, made):
    """Who was killed is not followed by a removal, but by a collect and a backfill: the corpus is sound, and the removal goes on."""
    for _ in kills(corpus, ALL, 5):
        assert not [fault for fault in audit(corpus).faults if "neither pressed nor waits" in fault]
        press_archives(corpus, made / "crawl", RECIPE)
        for found in list(corpus.list("state/to-press/")):
            press_captures(corpus, corpus.read(found.key).decode())
        run(corpus)
        assert holders(corpus) == set()
        check(corpus, waiting=False)
