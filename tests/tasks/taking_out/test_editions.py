"""Editions that something is taken out of: they stay such that the next one can be made of them."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks.audit_editions import audit_editions
from tasks.curating import layout
from tasks.editions import read_edition
from tasks.removals import Removed, removal_of
from tasks.taking_out.editions import take_out_of_edition
from tests.editions import NOON, add_shard, article, make_edition, rows_of


@pytest.fixture
def cut_small(store, monkeypatch):
    """A store with an edition of a month that is cut into several files."""
    monkeypatch.setattr(layout, "FILE_CHARS", 4_000)
    add_shard(store, "a", [article(number, published_at=NOON + timedelta(days=number)) for number in range(12)])
    return store


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_file_that_has_lost_all_its_articles_takes_new_ones(cut_small, place):
    store, edition = cut_small, make_edition(cut_small)
    file = [one for one in edition.files if one.rows][place]
    gone = [row["url"] for row in rows_of(store, edition) if file.span[0] <= row["published_at"].timestamp() * 1e6 < file.span[1]]
    assert 0 < len(gone) == file.rows < edition.counts.kept
    assert take_out_of_edition(store, "main", Removed([removal_of(gone, (), ())]), lambda: True) == len(gone)
    now = read_edition(store, "main")
    assert [one.key for one in now.files] == [one.key for one in edition.files]
    assert not store.exists(file.key)
    assert audit_editions(store, 12 - len(gone), deep=True) == ([], [])
    late = article(50, published_at=datetime.fromtimestamp(file.span[0] / 1e6, UTC))
    add_shard(store, "b", [late])
    edition = make_edition(store)
    # Nothing was taken out of the shard here: its articles are there again, too.
    assert {row["url"] for row in rows_of(store, edition)} == {late.url, *(article(number).url for number in range(12))}
    assert audit_editions(store, 13, deep=True) == ([], [])
