"""Articles that are known to be older are rejected, undated ones stay."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tasks.errors import FixTheRun
from tasks.filters.published_since import make
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
from tests.demo.archive import ARCHIVE


def test_the_first_day_stays_and_what_has_no_date_too():
    check = make("2024-12-01")
    assert check(SimpleNamespace(published_at=datetime(2024, 12, 1, tzinfo=UTC))) is None
    assert check(SimpleNamespace(published_at=None)) is None


@pytest.mark.parametrize("option", ["yesterday", "2024-13-01", "", "2024-12-01T10:00"])
def test_what_is_no_day_is_refused(option):
    with pytest.raises(FixTheRun, match="it takes a day"):
        make(option)


def test_older_articles_are_rejections_with_their_day(tmp_path):
    store = open_store(str(tmp_path))
    recipe = Recipe(filters=(("published_since", "2024-11-20"),))
    (order,) = plan_archives(store, Selection((str(ARCHIVE),)), recipe).orders
    receipt = press_shard(store, order, Watch())
    assert receipt.counts.rejections["published_before"] >= 1
    assert receipt.counts.closes
