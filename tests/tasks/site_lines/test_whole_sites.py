"""Whole made-up sites: furniture gone, bodies whole, whatever the order of rows."""

import random
from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.site_lines.furniture import CUTS_SCHEMA, furniture
from tasks.site_lines.overrules import Overrules
from tasks.site_lines.rows import ROW_SCHEMA, line_rows
from tests.tasks.site_lines.bodies import PARTS, VOICES
from tests.tasks.site_lines.newcomers import NEW_PARTS, NEWCOMERS
from tests.tasks.site_lines.scoring import NO_COPIES, as_raw, as_read, score_site
from tests.tasks.site_lines.sites import NEITHER, SITE, TEMPLATES, articles, busy, make_site, seed_like
from tests.tasks.site_lines.strangers import STRANGE_PARTS, STRANGE_VOICES, STRANGERS


@cache
def site(template: object = seed_like, size: int = 60) -> pa.Table:
    return line_rows(articles(make_site(template, size)))


@pytest.mark.parametrize("read", [as_raw, as_read])
@pytest.mark.parametrize("size", [20, 100])
@pytest.mark.parametrize("template", TEMPLATES)
def test_furniture_goes_and_bodies_stay(template: object, size: int, read: object) -> None:
    score = score_site(make_site(template, size), read)
    assert not score.lost
    assert score.left.total() <= 0.01 * score.there[SITE] + 1
    if read is as_raw:
        assert score.there[SITE] >= 5 * size


def test_a_thousand_pages() -> None:
    score = score_site(make_site(seed_like, 1_000))
    assert score.there[SITE] == 5_000
    assert not score.left
    assert not score.lost
    assert not score.cut[NEITHER]


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_neither_the_order_nor_the_batches_of_rows_count(seed: int, batches: int) -> None:
    both = pa.concat_tables([site(), _moved(site(busy))])
    places = list(range(both.num_rows))
    random.Random(seed).shuffle(places)
    parts = [both.take(places[start::batches]) for start in range(batches)]
    found = furniture(pa.concat_tables(parts), NO_COPIES, Overrules())
    assert found.schema == CUTS_SCHEMA
    alone = [furniture(rows, NO_COPIES, Overrules()) for rows in (site(), _moved(site(busy)))]
    assert found.equals(pa.concat_tables(alone).combine_chunks().sort_by([("node", "ascending"), ("at", "ascending")]))


def _moved(rows: pa.Table) -> pa.Table:
    """The same rows of other articles."""
    return rows.set_column(1, ROW_SCHEMA.field("node"), pa.array([node + 10_000 for node in rows["node"].to_pylist()], pa.uint64()))


@pytest.mark.parametrize("size", [20, 100])
@pytest.mark.parametrize("template", STRANGERS | NEWCOMERS)
def test_other_templates_and_bodies(template: object, size: int) -> None:
    voice = (VOICES | STRANGE_VOICES)[(STRANGERS | NEWCOMERS)[template]]
    score = score_site(make_site(template, size, parts=PARTS | STRANGE_PARTS | NEW_PARTS, voice=voice))
    assert not score.lost
    assert score.left.total() <= 0.5 * score.there[SITE]
