"""Made copies are as much like their stories as they say, and what is told of a search is counted right."""

import random
from itertools import combinations

import pytest

from tests.benchmarks import edited_copies, near_duplicates
from tests.benchmarks.edited_copies import CLOSENESS, EDITS, LEVELS, at_similarity, exact, make_articles, pairs_alike, shingles
from tests.benchmarks.near_duplicates import DATATROVE_PYTHON, compare_near, held_together
from tests.editions import text_of


@pytest.fixture(autouse=True)
def made_sentences(monkeypatch):
    """Sentences of our own."""
    every = tuple(sorted({line for number in range(90) for line in text_of(("bench", number), 400).splitlines()}))
    monkeypatch.setattr(edited_copies, "sentences", lambda: every)
    vocabulary = tuple(f"word{number}" for number in range(4_000))
    monkeypatch.setattr(edited_copies, "vocabulary", lambda: vocabulary)
    edited_copies.furniture.cache_clear()


@pytest.mark.parametrize("level", LEVELS)
def test_pairs_are_as_much_alike_as_they_are_said_to_be(level):
    text = " ".join(text_of(level, 400).split())
    copy, told = at_similarity(random.Random(1), text, level)
    plain = [
        {tuple(one.lower().rstrip(".").split()[at : at + 5]) for at in range(len(one.split()) - 4)}
        for one in (text.replace(".", ""), copy.replace(".", ""))
    ]
    assert told == pytest.approx(len(plain[0] & plain[1]) / len(plain[0] | plain[1]))
    assert level <= told <= level + CLOSENESS


def test_three_in_ten_are_copies_and_each_run_makes_the_same():
    every = make_articles(200)
    assert len(every) == 200
    assert sum(made.kind != "story" for made in every) == 60
    assert every == make_articles(200) != make_articles(200, seed=1)
    assert {made.kind for made in every} == {"story", *EDITS, *(f"{level:g}" for level in LEVELS)}


@pytest.mark.parametrize("least", [0.3, 0.8])
def test_pairs_that_are_alike_are_those_of_a_plain_search(least):
    every = [shingles(made.text) for made in make_articles(120)]
    assert pairs_alike(every, least) == {
        (one, other) for one, other in combinations(range(120), 2) if exact(every[one], every[other]) >= least
    }


def test_what_hangs_together_is_all_of_its_pairs():
    assert held_together({(1, 2), (2, 5), (7, 8)}) == {(1, 2), (2, 5), (1, 5), (7, 8)}
    assert held_together(set()) == set()


def test_a_search_finds_what_is_alike(tmp_path, monkeypatch):
    """Ours alone, in its own process, as it is told in the tables."""
    monkeypatch.setattr(near_duplicates, "DATATROVE_PYTHON", DATATROVE_PYTHON / "missing")
    levels, edits, truths, costs = compare_near(240, tmp_path)
    shares = dict(zip(levels[0], levels[2], strict=True))
    assert (shares["0.5"], shares["0.9"], shares["0.95"]) == ("0.000", "1.000", "1.000")
    assert [row[0] for row in edits[1:]] == list(EDITS)
    assert min(map(float, truths[1][2:])) > 0.95
    assert all(len(row) == 2 for row in costs)
    assert float(next(row[1] for row in costs if row[0].startswith("**search"))) > 0
