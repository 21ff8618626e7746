"""Leaves of an edition: an article is in exactly one of them, whatever its time and however large its month."""

import itertools
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.curating import layout
from tasks.curating.grouping import HOUR
from tasks.curating.layout import Leaf, leaves_of, packed
from tasks.curating.places import NO_TIME, UNDATED, months_of
from tasks.editions import EditionFile

FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 for year in (1969, 2031))
TIMES = st.one_of(st.integers(FIRST, LAST), st.integers(0, 40 * HOUR).map(lambda time: time + 20_000 * 24 * HOUR), st.just(NO_TIME))
CORPORA = st.lists(st.tuples(TIMES, st.integers(0, 90)), min_size=1, max_size=30)


def hours_of(articles) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for time, chars in articles:
        counts = found.setdefault(months_of(np.array([time]))[0], {})
        counts[time // HOUR] = counts.get(time // HOUR, 0) + chars
    return {month: dict(sorted(counts.items())) for month, counts in sorted(found.items())}


def file_of(leaf: Leaf) -> EditionFile:
    return EditionFile(leaf.name, 1, 1, "", "", 0, 0, "", leaf.month, leaf.told_span, "")


def leaves_with(leaves, time: int) -> list[Leaf]:
    return [leaf for leaf in leaves if leaf.span[0] <= time < leaf.span[1] and leaf.month == months_of(np.array([time]))[0]]


@settings(max_examples=200)
@given(CORPORA, CORPORA)
def test_an_article_is_in_exactly_one_leaf(monkeypatch, articles, later):
    """Of an edition, and of the same edition when more has come and its files keep their cut."""
    monkeypatch.setattr(layout, "FILE_CHARS", 100)
    leaves = leaves_of(hours_of(articles))
    assert all(len(leaves_with(leaves, time)) == 1 for time, _ in articles)
    more = leaves_of(hours_of(articles + later), tuple(map(file_of, leaves)))
    assert set(leaves) <= set(more)
    assert all(len(leaves_with(more, time)) == 1 for time, _ in articles + later)
    assert len({(leaf.month, leaf.name) for leaf in more}) == len(more)


@settings(max_examples=100)
@given(CORPORA)
def test_leaves_tile_their_months_and_are_no_larger_than_a_file_or_an_hour(monkeypatch, articles):
    monkeypatch.setattr(layout, "FILE_CHARS", 100)
    hours = hours_of(articles)
    for month, found in itertools.groupby(leaves_of(hours), lambda leaf: leaf.month):
        if month == UNDATED:
            assert list(found) == [Leaf(UNDATED, None)]
            continue
        spans = [leaf.hours for leaf in found]
        begin = np.datetime64(month, "M")
        assert spans[0][0] == begin.astype("datetime64[h]").astype(int)
        assert spans[-1][1] == (begin + 1).astype("datetime64[h]").astype(int)
        assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
        for first, end in spans:
            assert end - first == 1 or sum(count for hour, count in hours[month].items() if first <= hour < end) <= 100


def test_a_month_that_fits_is_one_file_and_is_named_by_its_first_hour():
    (leaf,) = leaves_of({"2024-02": {475_000: 100}})
    assert leaf.name == "2024-02-01T00"
    assert Leaf(UNDATED, None).name == UNDATED


def test_halves_are_whole_days_as_long_as_there_are_any(monkeypatch):
    monkeypatch.setattr(layout, "FILE_CHARS", 10)
    begin = int(np.datetime64("2024-12", "h").astype(int))
    leaves = leaves_of({"2024-12": {begin + hour: 1 for hour in range(31 * 24)}})
    assert max(leaf.hours[1] - leaf.hours[0] for leaf in leaves) <= 10
    cuts = {leaf.hours[0] for leaf in leaves}
    assert {begin + 24 * day for day in range(31)} <= cuts


def test_undated_articles_are_one_file_that_stands():
    hours = {UNDATED: {NO_TIME // HOUR: 10**12}}
    (leaf,) = leaves_of(hours)
    assert leaf.span == (NO_TIME, NO_TIME + 1)
    assert leaves_of(hours, (file_of(leaf),)) == [leaf]


@pytest.mark.parametrize("most", [1, 25, 10**9])
def test_orders_hold_all_leaves_in_order_and_little_more_than_they_may(monkeypatch, most):
    monkeypatch.setattr(layout, "ORDER_CHARS", most)
    hours = hours_of([(FIRST + 40 * 24 * HOUR * number, 10) for number in range(9)] + [(NO_TIME, 5)])
    leaves = leaves_of(hours)
    orders = list(packed(leaves, hours))
    assert [leaf for order in orders for leaf in order] == leaves
    assert len(orders) == {1: 10, 25: 5, 10**9: 1}[most]
