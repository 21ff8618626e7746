"""Editions of small corpora, made step by step in this process: what is the same whatever the way, and what a reader finds."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.curating import editing, layout
from tasks.curating.recipe import EditionRecipe
from tasks.errors import FixTheRun
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, edited, make_edition, rows_of, text_of

ORIGINALS = EditionRecipe(keep="originals")
MENU = "News from the coast since 1901"


def story(number: int, copy: int):
    """A story and its copies on other sites: edited, an exact one, one at the same address; captured hour by hour."""
    text = text_of(number) if copy % 3 == 1 else edited(text_of(number), 0.03 * copy, copy)
    captured = NOON + timedelta(days=9 * (number % 5), hours=7 * copy)
    place = {"captured_at": captured, "published_at": captured - timedelta(minutes=(number * 31 + copy * 17) % 50)}
    url = {"url": f"https://www.site0.example/story-{number}"} if copy == 2 else {}
    return article(number + 1_000 * copy, f"{MENU}\n{text}", **place, **url)


CORPUS = [story(number, copy) for number in range(16) for copy in range(1 + number % 4)]


def files_of(edition) -> list[tuple[str, str, str]]:
    return [(file.key, file.sha256, file.aside_sha256) for file in edition.files]


def put(root, groups):
    store = open_store(str(root))
    for name, articles in groups.items():
        add_shard(store, name, articles)
    return store


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The edition of all, made at once; small files, so that there are many."""
    roots = {}
    for recipe in (EditionRecipe(), ORIGINALS):
        store = put(tmp_path_factory.mktemp("whole"), {f"s{number}": [one] for number, one in enumerate(CORPUS)})
        roots[recipe.keep] = (store, make_edition(store, recipe=recipe))
    return roots


@settings(max_examples=12)
@given(
    st.lists(st.integers(0, 3), min_size=len(CORPUS), max_size=len(CORPUS)), st.sampled_from(["all", "originals"]), st.integers()
)
def test_edition_upon_edition_is_the_edition_of_all_at_once(tmp_path_factory, whole, turns, keep, seed):
    """Whatever comes in which order, in however many editions, by workers however fast: the same bytes under the same names."""
    root = tmp_path_factory.mktemp("steps")
    recipe, edition = EditionRecipe(keep=keep), None
    for turn in sorted(set(turns)):
        store = put(root, {f"s{number}": [CORPUS[number]] for number, when in enumerate(turns) if when == turn})
        edition = make_edition(store, recipe=recipe, seed=seed)
    assert files_of(edition) == files_of(whole[keep][1])
    assert edition.counts == whole[keep][1].counts


def test_copies_know_each_other_and_their_original(whole):
    store, edition = whole["all"]
    rows = {row["id"]: row for row in rows_of(store, edition)}
    assert len(rows) == len(CORPUS) == edition.counts.kept
    for number, copies in itertools.groupby(CORPUS, lambda one: one.warc_offset % 1_000):
        found = [rows[one.id] for one in copies]
        assert {row["cluster_size"] for row in found} == {len(found)}, number
        (original,) = (row for row in found if row["is_original"])
        assert original["published_at"] == min(row["published_at"] for row in found)
        assert {row["cluster_id"] for row in found} == {min(found, key=lambda row: row["captured_at"])["id"]}


def test_originals_alone_stay_and_the_others_are_set_aside_with_their_reason(whole):
    store, edition = whole["originals"]
    aside = rows_of(store, edition, aside=True)
    assert Counter(row["reason"] for row in aside) == edition.counts.set_aside == {"copy": len(CORPUS) - 16}
    assert all(row["is_original"] for row in rows_of(store, edition))
    assert edition.counts.closes


def test_a_menu_is_cut_and_can_be_put_back(whole):
    store, edition = whole["all"]
    rows = rows_of(store, edition)
    assert not [row for row in rows if MENU in row["text"]]
    assert {line["text"] for row in rows for line in row["cut_lines"]} == {MENU}
    assert edition.counts.cut_lines == len(CORPUS)


def test_ids_of_clusters_stay_when_copies_come(tmp_path):
    store = put(tmp_path, {"a": [story(number, 0) for number in range(6)] + [story(1, 1)]})
    before = {row["id"]: row["cluster_id"] for row in rows_of(store, make_edition(store))}
    add_shard(store, "b", [story(number, copy) for number in range(6) for copy in (2, 3)])
    after = {row["id"]: row["cluster_id"] for row in rows_of(store, make_edition(store))}
    assert before.items() <= after.items()


def test_what_is_gone_from_the_parts_is_gone_from_the_next_edition(tmp_path):
    chain = [article(1, text_of(1)), article(2, edited(text_of(1), 0.08)), article(3, edited(edited(text_of(1), 0.08), 0.2, 5))]
    store = put(tmp_path, {"a": chain, "b": [article(9)]})
    assert make_edition(store).counts.read == 4
    add_shard(store, "a", [chain[0], chain[2]])
    gone = make_edition(store)
    fresh = put(tmp_path / "fresh", {"a": [chain[0], chain[2]], "b": [article(9)]})
    assert files_of(gone) == files_of(make_edition(fresh))


def test_the_same_capture_in_two_archives_is_one_article(tmp_path):
    one = article(1)
    store = put(tmp_path, {"a": [one], "b": [replace(one, warc_offset=77)]})
    edition = make_edition(store)
    (kept,), (aside,) = rows_of(store, edition), rows_of(store, edition, aside=True)
    assert {kept["warc_file"], aside["warc_file"]} == {"a.warc.gz", "b.warc.gz"}
    assert (kept["cluster_size"], aside["reason"]) == (1, "same_capture")
    assert edition.counts.closes


def test_what_has_not_changed_is_taken_over(tmp_path, monkeypatch):
    months = [article(number, captured_at=NOON + timedelta(days=40 * number)) for number in range(4)]
    store = put(tmp_path, {"a": months})
    first = make_edition(store, "one")
    add_shard(store, "b", [article(50, captured_at=NOON)])
    second = make_edition(store, "two")
    assert second.base == "one"
    same = [(a.sha256, b.sha256) for a, b in zip(first.files, second.files, strict=True)]
    assert [a == b for a, b in same] == [False, True, True, True]
    before = {file.key: store.info(file.key) for file in second.files}
    again = make_edition(store, "two", EditionRecipe(keep="originals"))
    assert len(again.files) == len(before)


@pytest.mark.parametrize("harm", [lambda store, key: store.delete(key), lambda store, key: store.write(key, b"PAR1 half")])
def test_a_lost_or_broken_file_of_the_base_is_made_from_the_parts(tmp_path, harm):
    store = put(tmp_path, {"a": [article(number, captured_at=NOON + timedelta(days=20 * number)) for number in range(8)]})
    first = make_edition(store)
    for file in first.files:
        harm(store, file.key)
    add_shard(store, "b", [article(50, captured_at=NOON)])
    second = make_edition(store)
    assert len(rows_of(store, second)) == second.counts.kept == 9
    assert len(second.files) > 3


def test_large_months_become_several_files_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "FILE_CHARS", 3_000)
    articles = [article(number, captured_at=NOON + timedelta(hours=13 * number)) for number in range(30)]
    articles += [article(100, published_at=None, captured_at=None)]
    store = put(tmp_path, {"a": articles})
    edition = make_edition(store, recipe=EditionRecipe(cuts_lines=False))
    assert len(edition.files) > 5
    assert edition.files[-1].month == "undated"
    assert sorted(file.month for file in edition.files if file.span) == [file.month for file in edition.files if file.span]
    spans = [file.span for file in edition.files if file.span]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def test_a_join_that_was_stopped_leaves_nothing_when_more_has_come(tmp_path):
    store = put(tmp_path, {"a": CORPUS[:20]})
    plan = editing.plan_edition(store, "main", EditionRecipe())
    for order in (*editing.sign_orders(plan, store), *editing.join_orders(plan, store)[1][:5]):
        order.done(store, lambda: True)
    stopped = {found.key.split("/")[3] for found in store.list("state/curated/joins/")}
    add_shard(store, "b", CORPUS[20:])
    edition = make_edition(store)
    assert not stopped & {found.key.split("/")[3] for found in store.list("state/curated/joins/")}
    fresh = put(tmp_path / "fresh", {"a": CORPUS[:20], "b": CORPUS[20:]})
    assert files_of(edition) == files_of(make_edition(fresh))


def test_without_articles_there_is_no_edition(tmp_path):
    with pytest.raises(FixTheRun, match="no articles"):
        make_edition(open_store(str(tmp_path)))
