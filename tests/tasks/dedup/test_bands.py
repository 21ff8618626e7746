"""What is found in a bucket is what a comparison of all its pairs finds, whatever the bucket's width and the order of its rows."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dedup import bands as module
from tasks.dedup.bands import (
    BAND_HASHES,
    BANDS,
    LEAST_SIMILARITY,
    SKETCH_BYTES,
    SURELY,
    SURELY_NOT,
    Band,
    alike,
    band_keys,
    similarity,
    sketches,
)
from tasks.dedup.components import components
from tasks.dedup.signatures import SIGNATURE_BYTES, jaccard, most_alike, shingles_of, signatures
from tests.editions import edited, text_of

TEXTS = [
    edited(text_of(story, 150), share, share)
    for story in range(2)
    for share in (0, 0.01, 0.04, 0.08, 0.1, 0.11, 0.12, 0.14, 0.2, 0.5)
]
SHINGLES = [np.unique(shingles_of(text)) for text in TEXTS]
SKETCHES = sketches(signatures(TEXTS))


def pair_similarity(one: int, other: int) -> float:
    return float(similarity(SKETCHES[[one]], SKETCHES[[other]])[0])


def is_alike(one: int, other: int) -> bool:
    told = pair_similarity(one, other)
    return told >= SURELY or (told >= SURELY_NOT and jaccard(SHINGLES[one], SHINGLES[other]) >= LEAST_SIMILARITY)


IS_ALIKE = {(one, other): is_alike(one, other) for one in range(len(TEXTS)) for other in range(len(TEXTS))}
# Bucket, text, and whether it is new, of each node.
ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, len(TEXTS) - 1), st.booleans()), min_size=1, max_size=14)
NODES = np.random.default_rng(7).integers(0, 2**64, 64, np.uint64)


def band_of(rows, order=None) -> Band:
    places = np.array(order if order is not None else range(len(rows)))
    keys, texts, is_new = (np.array([row[column] for row in rows]) for column in range(3))
    band = Band(keys.astype(np.uint64), NODES[: len(rows)], texts.astype(np.uint64), SKETCHES[texts], is_new.astype(np.bool_))
    return band.taken(places)


def words_for(rows):
    known = {int(node): SHINGLES[row[1]] for node, row in zip(NODES, rows, strict=False)}
    return lambda nodes: {int(node): [known[int(node)]] for node in nodes}


def found_pairs(rows, order=None):
    """What is sure, and of what is in doubt those whose shingles say so."""
    words = words_for(rows)
    sure, doubts = alike(band_of(rows, order), words)
    known = words(NODES[: len(rows)])
    passed = [pair for pair in doubts.tolist() if most_alike(known[pair[0]], known[pair[1]]) >= LEAST_SIMILARITY]
    return [*map(tuple, sure.tolist()), *map(tuple, passed)]


def all_pairs(rows, is_wanted):
    """Every pair of a bucket that is alike, one by one."""
    for (a, one), (b, other) in itertools.combinations(enumerate(rows), 2):
        if one[0] == other[0] and is_wanted(one, other) and (one[1] == other[1] or IS_ALIKE[one[1], other[1]]):
            yield int(NODES[a]), int(NODES[b])


def held_together(pairs) -> dict[int, int]:
    nodes, labels = components(np.array(list(pairs), np.uint64).reshape(-1, 2))
    return {node: label for node, label in zip(nodes.tolist(), labels.tolist(), strict=True) if labels.tolist().count(label) > 1}


@settings(max_examples=120)
@given(ROWS, st.sampled_from([2, 3, 64]), st.randoms(use_true_random=False))
def test_the_same_hang_together_as_by_all_pairs(monkeypatch, rows, wide, random):
    """Rows that are not new were compared when they were: their own pairs are known."""
    monkeypatch.setattr(module, "WIDE_BUCKET", wide)
    known = list(all_pairs(rows, lambda one, other: not one[2] and not other[2]))
    twice = [*range(len(rows)), 0]  # the same capture in two archives
    found = found_pairs(rows, random.sample(twice, len(twice)))
    assert held_together([*known, *found]) == held_together(all_pairs(rows, lambda *_: True))


@settings(max_examples=40)
@given(ROWS, st.sampled_from([2, 64]))
def test_pairs_without_a_new_row_are_not_compared_again(monkeypatch, rows, wide):
    monkeypatch.setattr(module, "WIDE_BUCKET", wide)
    texts = {int(node): row[1] for node, row in zip(NODES, rows, strict=False)}
    found = found_pairs([(key, text, False) for key, text, _ in rows])
    assert all(texts[one] == texts[other] for one, other in found)


@pytest.mark.parametrize("wide", [2, 64])
def test_one_more_copy_of_a_known_text_is_joined_to_it_alone(monkeypatch, wide):
    monkeypatch.setattr(module, "WIDE_BUCKET", wide)
    rows = [(0, 0, False), (0, 1, False), (0, 3, False), (0, 1, True)]
    sure, doubts = alike(band_of(rows), words_for(rows))
    assert (sorted(sure[0].tolist()), len(sure), len(doubts)) == (sorted(NODES[[1, 3]].tolist()), 1, 0)


@pytest.mark.parametrize("wide", [2, 64])
@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_a_doubt_is_settled_for_each_text_whoever_else_looks_like_it(monkeypatch, order, wide):
    """Two texts with one sketch, of which only one is alike a third: the three hang together whoever has the smallest node."""
    monkeypatch.setattr(module, "WIDE_BUCKET", wide)
    mark = np.zeros((3, SKETCH_BYTES), np.uint8)
    mark[2, : SKETCH_BYTES // 8] = 255
    assert SURELY_NOT < similarity(mark[[0]], mark[[2]])[0] < SURELY
    shingles = [np.arange(80), np.concatenate([np.arange(79), [500]]), np.arange(100)]
    nodes = np.array(order, np.uint64)
    words = {int(node): some.astype(np.uint64) for node, some in zip(nodes, shingles, strict=True)}
    band = Band(np.zeros(3, np.uint64), nodes, np.arange(3, dtype=np.uint64), mark, np.ones(3, np.bool_))
    sure, doubts = alike(band, lambda wanted: {int(node): [words[int(node)]] for node in wanted})
    passed = [pair for pair in doubts.tolist() if jaccard(words[pair[0]], words[pair[1]]) >= LEAST_SIMILARITY]
    assert set(held_together([*sure.tolist(), *passed])) == {0, 1, 2}


def test_many_pairs_are_compared_in_pieces(monkeypatch):
    rows = [(0, number % len(TEXTS), True) for number in range(40)]
    whole = held_together(found_pairs(rows))
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", 7)
    assert held_together(found_pairs(rows)) == whole == held_together(all_pairs(rows, lambda *_: True))


def test_a_wide_bucket_asks_once_for_the_shingles_of_what_is_in_doubt(monkeypatch):
    monkeypatch.setattr(module, "WIDE_BUCKET", 4)
    rows = [(0, number, True) for number in range(len(TEXTS))]
    asked, words = list[set[int]](), words_for(rows)
    alike(band_of(rows), lambda nodes: asked.append(set(nodes.tolist())) or words(nodes))
    assert len(asked) == 1
    assert not asked[0] & {int(NODES[9]), int(NODES[19])}  # half of their words are others: there is no doubt


def test_of_nothing_comes_nothing():
    empty = band_of([(0, 0, True)]).taken(np.zeros(1, np.bool_))
    assert [found.shape for found in alike(empty, words_for([]))] == [(0, 2), (0, 2)]
    alone = replace(
        empty, keys=np.array([1], np.uint64), nodes=NODES[:1], texts=NODES[:1], sketches=SKETCHES[:1], is_new=np.ones(1, np.bool_)
    )
    assert [found.shape for found in alike(alone, words_for([]))] == [(0, 2), (0, 2)]


def test_keys_are_the_bytes_of_a_band():
    signed = np.random.default_rng(3).integers(0, 256, (50, SIGNATURE_BYTES), np.uint8)
    keys = band_keys(signed)
    assert keys.shape == (50, BANDS)
    for text, band in ((0, 0), (7, 5), (49, BANDS - 1)):
        part = signed[text, band * BAND_HASHES : (band + 1) * BAND_HASHES].tobytes()
        assert int(keys[text, band]) == int.from_bytes(part, "little")


@given(st.integers(0, 2**32), st.sampled_from([0, 1, 60, 255, 256]))
def test_a_sketch_keeps_two_bits_of_each_hash(seed, changed):
    random = np.random.default_rng(seed)
    one = random.integers(0, 256, (1, SIGNATURE_BYTES), np.uint8)
    other = one.copy()
    places = random.choice(SIGNATURE_BYTES, changed, replace=False)
    other[0, places] = (other[0, places] & ~np.uint8(3)) | ((other[0, places] + random.integers(1, 4, changed, np.uint8)) & 3)
    assert similarity(sketches(one), sketches(other))[0] == pytest.approx(((256 - changed) / 256 - 0.25) / 0.75)


def test_bands_and_sketches_find_what_the_documentation_says():
    """The share of pairs that meet in a band and are not turned away by their sketch, by the formulas of both."""

    def meet(similar: float) -> float:
        return 1 - (1 - similar**BAND_HASHES) ** BANDS

    def deviation(similar: float) -> float:
        equal = similar + (1 - similar) / 4
        return (equal * (1 - equal) / SIGNATURE_BYTES) ** 0.5 / 0.75

    assert meet(LEAST_SIMILARITY) == pytest.approx(0.992, abs=0.0005)
    assert meet(0.3) == pytest.approx(0.012, abs=0.001)
    assert min(SURELY - LEAST_SIMILARITY, LEAST_SIMILARITY - SURELY_NOT) >= 3 * deviation(LEAST_SIMILARITY)
