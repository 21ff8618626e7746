"""Pairs of copies on a store: by address, payload and text, in stretches, and the doubts that are compared afterwards."""

import itertools
from datetime import timedelta

import numpy as np
import pytest

from tasks.curating import doubting, editing, joining
from tasks.curating.batches import Batch, inputs_of
from tasks.curating.doubting import compare, list_doubts
from tasks.curating.joining import KEYS, Join, Stretch, finish_join, forget_joins, join_stretch, joined_before, pair_table
from tasks.curating.places import ADDRESS_BAND, ALL_BANDS, PAYLOAD_BAND, TEXT_BAND
from tasks.curating.recipe import EditionRecipe
from tasks.curating.shingles import keep_shingles
from tasks.curating.signing import sign
from tasks.curating.tables import read_table, write_table
from tasks.dedup.components import components
from tasks.errors import RetryLater
from tasks.shards import all_receipts
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, edited, make_edition, rows_of, text_of, words

PLAIN = EditionRecipe(cuts_lines=False)
FRONT = "https://www.site1.example/"


def yes() -> bool:
    return True


def clusters_of(tmp_path, *shards) -> list[set[int]]:
    """Numbers of articles (their ``warc_offset``) that are in one cluster, the larger ones."""
    store = open_store(str(tmp_path))
    for number, articles in enumerate(shards):
        add_shard(store, f"s{number}", articles)
        edition = make_edition(store, recipe=PLAIN)
    found: dict[str, set[int]] = {}
    for row in rows_of(store, edition):
        found.setdefault(row["cluster_id"], set()).add(row["warc_offset"])
    return sorted((numbers for numbers in found.values() if len(numbers) > 1), key=min)


def signed(tmp_path, articles, *more):
    """A store with a batch for each list of articles, all looked at, and the batches' names."""
    store, names = open_store(str(tmp_path)), []
    for number, some in enumerate((articles, *more)):
        add_shard(store, f"s{number}", some)
    for one in inputs_of(all_receipts(store)):
        names.append(Batch((one,)).name)
        sign(store, Batch((one,)), yes)
    return store, tuple(names)


def labels_of(store, join, of=1, bands=ALL_BANDS) -> list[list[int]]:
    """What hangs together by the sure pairs of a join."""
    for stretch in (Stretch(band, number, of) for band in bands for number in range(of)):
        join_stretch(store, join, stretch, yes)
    nodes, labels = components(joining.all_pairs(store, [join.folder]))
    return [sorted(nodes[labels == label].tolist()) for label in np.unique(labels)]


def node_of(one) -> int:
    return int(one.id[:16], 16)


@pytest.mark.parametrize("split", [False, True])
def test_an_article_that_names_anothers_address_is_its_copy_if_it_resembles_it(tmp_path, split):
    """A copy that was cut short; a page that names the front page, as all of its site do; one that nobody has captured."""
    long = text_of(1, 200)
    articles = [
        article(1, long, url="https://www.site1.example/story"),
        article(2, long[: len(long) * 6 // 10], canonical_url="http://www.site1.example/story?utm_source=x"),
        article(3, canonical_url="https://www.site1.example/story"),
        article(4, url=FRONT),
        *(article(number, canonical_url=FRONT) for number in (5, 6)),
        *(article(number, canonical_url="https://nobody.example/") for number in (7, 8)),
    ]
    shards = ([articles[0], *articles[3:]], articles[1:3]) if split else (articles,)
    assert clusters_of(tmp_path, *shards) == [{1, 2}]


def test_captures_of_an_address_are_one_story_however_it_has_changed(tmp_path):
    """Also those between which another article stands that names it, in whatever order they are found."""
    place = {"url": "https://www.site1.example/live"}
    late = article(2, captured_at=NOON + timedelta(days=60), **place)
    assert clusters_of(tmp_path, [article(1, **place), article(9)], [late]) == [{1, 2}]


def test_many_claims_of_several_addresses_are_compared_in_pieces(tmp_path, monkeypatch):
    """Three addresses, captured and named by turns; one name in three is no copy."""
    texts = [text_of(number, 200) for number in range(3)]
    place = [f"https://www.site{number}.example/" for number in range(3)]
    captures = [article(number, edited(texts[number % 3], number / 100, number), url=place[number % 3]) for number in range(6)]
    claims = [
        article(10 + number, texts[number % 3] if number >= 3 else text_of(10 + number), canonical_url=place[number % 3])
        for number in range(9)
    ]
    store, names = signed(tmp_path, claims, *([one] for one in captures))
    found = []
    for number, at_once in enumerate((200_000, 5)):
        monkeypatch.setattr(joining, "CLAIMS_AT_ONCE", at_once)
        monkeypatch.setattr(joining, "JOINS", f"joins{number}/")
        found.append(labels_of(store, Join(names, ()), bands=[ADDRESS_BAND]))
    wanted = [[node_of(one) for one in (*captures[number::3], *claims[3 + number :: 3])] for number in range(3)]
    assert sorted(found[0]) == sorted(found[1]) == sorted(map(sorted, wanted))


@pytest.mark.parametrize("band", [PAYLOAD_BAND, TEXT_BAND])
def test_same_payload_and_same_text_are_copies(tmp_path, band):
    same = {"payload_digest": "sha1:same"}
    alike = [article(1, **same), article(2, **same)] if band == PAYLOAD_BAND else [article(1, "Brief."), article(2, "Brief.")]
    store, names = signed(tmp_path, [*alike, article(3, "Another.")])
    assert labels_of(store, Join(names, ()), bands=[band]) == [sorted(map(node_of, alike))]


def test_texts_without_words_are_copies_of_what_is_the_same_alone(tmp_path):
    some = [article(1, "\u2026"), article(2, "\u2014"), article(3, "\u2026")]
    store, names = signed(tmp_path, some)
    assert labels_of(store, Join(names, ())) == [sorted(map(node_of, some[::2]))]


CORPUS = [article(10 * number + copy, edited(text_of(number, 150), 0.03 * copy, copy)) for number in range(6) for copy in range(5)]


@pytest.mark.parametrize("rows_at_once", [4, 17])
def test_stretches_find_what_a_whole_band_finds(tmp_path, monkeypatch, rows_at_once):
    whole = clusters_of(tmp_path / "whole", CORPUS)
    monkeypatch.setattr(editing, "ROWS_AT_ONCE", rows_at_once)
    assert clusters_of(tmp_path / "cut", CORPUS[::2], CORPUS[1::2]) == whole
    assert len(whole) == 6


@pytest.mark.parametrize("of", [1, 2, 3, 7, 1_000])
def test_stretches_are_all_keys_once(of):
    spans = [Stretch("00", number, of).span for number in range(of)]
    assert spans[0][0] == 0
    assert spans[-1][1] == KEYS
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))


def test_what_is_old_is_compared_with_what_is_new_and_not_again_with_itself(tmp_path):
    old, new = [CORPUS[0], CORPUS[1], CORPUS[5]], [CORPUS[6]]
    store, names = signed(tmp_path, old, new)
    assert labels_of(store, Join((names[1],), (names[0],))) == [sorted(map(node_of, (CORPUS[5], CORPUS[6])))]


def test_a_stretch_is_joined_once(tmp_path):
    store, names = signed(tmp_path, CORPUS[:3])
    join, stretch = Join(names, ()), Stretch(TEXT_BAND, 0, 1)
    join_stretch(store, join, stretch, yes)
    before = store.read(stretch.key(join))
    write_table(store, stretch.key(join), read_table(store, stretch.key(join)).slice(0, 0))
    join_stretch(store, join, stretch, yes)
    assert len(read_table(store, stretch.key(join))) == 0
    store.delete(stretch.key(join))
    join_stretch(store, join, stretch, yes)
    assert store.read(stretch.key(join)) == before


def test_a_cancelled_join_writes_nothing(tmp_path):
    store, names = signed(tmp_path, CORPUS[:3], CORPUS[3:5])
    join, stretch = Join(names[:1], names[1:]), Stretch(TEXT_BAND, 0, 1)
    with pytest.raises(RetryLater, match="cancelled"):
        join_stretch(store, join, stretch, lambda: False)
    assert not store.exists(stretch.key(join))


def test_joins_are_told_by_what_they_joined_and_can_be_forgotten(tmp_path):
    store = open_store(str(tmp_path))
    join = Join(("b", "a"), ("c",))
    assert join.name == Join(("a", "b"), ("c",)).name != Join(("a",), ("b", "c")).name
    assert joined_before(store) == ([], set())
    finish_join(store, join)
    assert joined_before(store) == ([join.folder], {"a", "b"})
    forget_joins(store)
    assert joined_before(store) == ([], set())


def doubtful(tmp_path, monkeypatch):
    """A store with pairs in doubt, half of them alike, compared three at a time."""
    monkeypatch.setattr(doubting, "PAIRS_AT_ONCE", 3)
    texts = [" ".join(words(number, 160)) for number in range(12)]
    articles = [article(2 * number, text) for number, text in enumerate(texts)]
    articles += [article(2 * number + 1, edited(text, 0.09 if number % 2 else 0.13, 1)) for number, text in enumerate(texts)]
    store, names = signed(tmp_path, articles)
    join = Join(names, ())
    labels_of(store, join, bands=ALL_BANDS[:16])
    every = np.array([[node_of(articles[number]), node_of(articles[number + 12])] for number in range(12)], np.uint64)
    write_table(store, f"{join.folder}more.parquet", pair_table(every[:, ::-1], are_sure=False))
    return store, join


def compared(store, join, pieces) -> None:
    wanted = np.unique(doubting.read_doubts(store, join.name))
    for name in join.new:
        keep_shingles(store, join.name, name, wanted, yes)
    for piece in pieces:
        compare(store, join, piece, yes)


def test_doubts_are_settled_by_shingles(tmp_path, monkeypatch):
    store, join = doubtful(tmp_path, monkeypatch)
    doubts = list_doubts(store, join)
    assert 4 <= doubts <= 12
    compared(store, join, range(-(-doubts // 3)))
    assert len(joining.all_pairs(store, [join.folder])) == 6


def test_a_run_that_was_stopped_among_the_doubts_goes_on_with_the_others(tmp_path, monkeypatch):
    """What is settled already is no reason to number the rest anew."""
    store, join = doubtful(tmp_path, monkeypatch)
    doubts = list_doubts(store, join)
    compared(store, join, range(0, -(-doubts // 3), 2))
    assert list_doubts(store, join) == doubts
    compared(store, join, range(-(-doubts // 3)))
    assert len(joining.all_pairs(store, [join.folder])) == 6


def test_a_pair_that_hangs_together_anyway_is_in_no_doubt(tmp_path):
    store, join = open_store(str(tmp_path)), Join(("a",), ())
    sure = np.array([[1, 2], [2, 3]], np.uint64)
    write_table(store, f"{join.folder}00-00000.parquet", pair_table(sure, are_sure=True))
    doubts = np.array([[1, 3], [3, 1], [3, 4], [4, 3], [5, 6]], np.uint64)
    write_table(store, f"{join.folder}01-00000.parquet", pair_table(doubts, are_sure=False))
    assert list_doubts(store, join) == 2
    assert doubting.read_doubts(store, join.name).tolist() == [[3, 4], [5, 6]]
