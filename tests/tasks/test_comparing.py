"""What another recipe would change: outcomes, texts, facts, on a sample."""

import pytest

from flows.comparison import comparison_lines
from flows.options import recipe_of
from tasks.comparing import compare
from tasks.errors import FixTheRun
from tasks.plans import plan_archives
from tasks.press import Watch, press_shard
from tasks.recipe import Recipe
from tasks.selection import Selection
from tasks.storage import open_store
from tests.corpora import make_crawl, press_archives
from tests.demo.archive import ARCHIVE


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    make_crawl(folder / "crawl")
    made = open_store(str(folder / "corpus"))
    press_archives(made, folder / "crawl")
    for order in plan_archives(made, Selection((str(ARCHIVE),), "demo"), Recipe()).orders:
        press_shard(made, order, Watch())
    return made


def test_a_recipe_and_itself_differ_in_nothing(store):
    before = [(info.key, info.size_bytes) for info in store.list("")]
    found = compare(store, (Recipe(), Recipe()), 20)
    assert len(found.pairs) == 20
    assert found.shards == 4
    assert {pair.likeness for pair in found.pairs} <= {1.0, None}
    assert not any(pair.changed_facts for pair in found.pairs)
    assert [(info.key, info.size_bytes) for info in store.list("")] == before


def test_outcomes_texts_and_cost_are_told(store):
    strict = recipe_of("trafilatura,min_chars=600")
    assert strict == Recipe(extractor="trafilatura", filters=(("min_chars", "600"),))
    found = compare(store, (Recipe(), strict), 100)
    lines = "\n".join(comparison_lines(found, ("balanced", "trafilatura,min_chars=600")))
    assert "article -> too_short" in lines
    assert "article, by both" in lines
    assert "texts: " in lines
    assert "CPU: " in lines
    assert lines.startswith("31 captures out of 4 shards")


def test_the_sample_is_the_same_each_time_and_can_be_of_one_source(store):
    samples = [[pair.before.url for pair in compare(store, (Recipe(), Recipe()), 6).pairs] for _ in range(2)]
    assert samples[0] == samples[1]
    assert compare(store, (Recipe(), Recipe()), 6, "demo").shards == 1


def test_what_cannot_be_compared_is_told(store, tmp_path):
    with pytest.raises(FixTheRun, match="no corpus to compare on"):
        compare(open_store(str(tmp_path)), (Recipe(), Recipe()), 5)
    with pytest.raises(FixTheRun, match="among the extractors"):
        recipe_of("magic")
    with pytest.raises(FixTheRun, match="among the filters"):
        recipe_of("loud=1")
    make_crawl(tmp_path / "crawl")
    lost = open_store(str(tmp_path / "corpus"))
    press_archives(lost, tmp_path / "crawl")
    (tmp_path / "crawl" / "a.warc.gz").unlink()
    found = compare(lost, (Recipe(), Recipe()), 30)
    assert len(found.notes) == 1
    assert "cannot be read" in found.notes[0]
    assert found.shards == 2
