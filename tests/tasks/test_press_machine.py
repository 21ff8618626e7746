"""Whatever happens to a shard's objects, in whatever order: a receipt tells the truth, and the last press gives the same bytes."""

import contextlib
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tasks.audit import audit
from tasks.errors import FixTheRun, RetryLater
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
from tests.archives import gzip_members, pages, warcinfo

RECIPES = [Recipe(part_articles=3, filters=()), Recipe(part_articles=4, filters=())]
BODY = b"<html><body><article>" + b"<p>The vote on the pier was put off until spring, the council said on Tuesday.</p>" * 3


def data(store) -> dict[str, bytes]:
    return {found.key: store.read(found.key) for kind in ("articles/", "rejections/") for found in store.list(kind)}


class Shard(RuleBasedStateMachine):
    """One archive of ten pages, and everything that may befall its objects."""

    folder: Path
    whole: list[dict[str, bytes]]

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(str(self.folder / "corpus"))
        for found in list(self.store.list("")):
            self.store.delete(found.key)

    def press(self, recipe: int, watch: Watch) -> None:
        selection = Selection((str(self.folder / "made.warc.gz"),), "warc_files")
        for order in plan_archives(self.store, selection, RECIPES[recipe]).orders:
            press_shard(self.store, order, watch)

    @rule(recipe=st.integers(0, 1), captures=st.integers(0, 9))
    def press_and_be_stopped(self, recipe: int, captures: int) -> None:
        left = iter(range(captures))
        with contextlib.suppress(RetryLater):
            self.press(recipe, Watch(is_wanted=lambda: next(left, None) is not None))

    @rule(recipe=st.integers(0, 1))
    def press_to_the_end(self, recipe: int) -> None:
        self.press(recipe, Watch())
        assert data(self.store) == self.whole[recipe]

    @rule(draw=st.data())
    def lose_an_object_of_an_unfinished_shard(self, draw: st.DataObject) -> None:
        keys = list(data(self.store))
        if keys and not list(self.store.list("receipts/")):
            self.store.delete(draw.draw(st.sampled_from(keys)))

    @rule()
    def lose_the_receipt(self) -> None:
        for found in list(self.store.list("receipts/")):
            self.store.delete(found.key)

    @invariant()
    def a_receipt_tells_the_truth(self) -> None:
        try:
            report = audit(self.store)
        except FixTheRun:
            return  # nothing is there yet
        assert report.closes, report.faults


def test_any_order_of_events(tmp_path):
    bodies = [BODY + b"<p>Page %d.</p>" % number for number in range(10)]
    (tmp_path / "made.warc.gz").write_bytes(gzip_members([warcinfo(), *pages(10, bodies)]))
    Shard.folder, Shard.whole = tmp_path, []
    for recipe in RECIPES:
        store = open_store(str(tmp_path / recipe.id))
        order = plan_archives(store, Selection((str(tmp_path / "made.warc.gz"),), "warc_files"), recipe).orders[0]
        press_shard(store, replace(order, store_url=store.url), Watch())
        Shard.whole.append(data(store))
    quick = settings(max_examples=6, stateful_step_count=8)
    run_state_machine_as_test(Shard, settings=quick)
