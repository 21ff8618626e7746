"""An edition that is brought up to date: what of the one before is taken over, and what is not, for it is not true any more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from tasks.curating import editing, layout
from tasks.curating.line_table import read_line_table
from tasks.curating.recipe import EditionRecipe
from tasks.editions import edition_key, read_edition
from tasks.errors import FixTheRun, PressError, RetryLater
from tasks.storage import open_store
from tests.editions import NOON, add_shard, article, make_edition, rows_of, text_of

MASKED = EditionRecipe(mask=("email",))
MAIL = "Write to maren.holt@harbour.example"


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path))


def keys(store, folder):
    return sorted(found.key for found in store.list(folder) if found.key.endswith(".parquet"))


def test_a_title_that_was_mended_at_the_source_is_mended(store):
    wrong = [article(number, title="Wrong title") for number in range(3)]
    add_shard(store, "a", wrong)
    make_edition(store)
    add_shard(store, "a", [replace(one, title="Right title", published_at=NOON) for one in wrong])
    edition = make_edition(store)
    assert {(row["title"], row["published_at"]) for row in rows_of(store, edition)} == {("Right title", NOON)}


@pytest.mark.parametrize("name", ["main", "plain"])
def test_what_was_masked_comes_back_without_the_mask(store, name):
    found = article(0, title=MAIL, description=MAIL, captions=(MAIL,), authors=("Maren Holt",))
    add_shard(store, "a", [found, article(1)])
    make_edition(store, recipe=MASKED)
    row = next(row for row in rows_of(store, make_edition(store, name)) if row["id"] == found.id)
    assert (row["title"], row["description"], row["captions"], row["authors"]) == (MAIL, MAIL, [MAIL], ["Maren Holt"])


def test_a_clock_that_is_wrong_by_millennia_costs_nobody_an_edition(store):
    years = [article(number, captured_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC)) for number, year in enumerate((1, 5461, 9999))]
    add_shard(store, "a", [article(10), *(replace(one, published_at=None) for one in years)])
    assert {file.month for file in make_edition(store).files} == {"0001-12", "2024-12", "5461-12", "9999-12"}


def stopped(store, name, recipe):
    """An edition that was stopped when its files were there, and its manifest was not."""

    def stop():
        raise RetryLater("stopped")

    with pytest.raises(RetryLater):
        make_edition(store, name, recipe, beat=stop)
    assert keys(store, f"curated/{name}/")


NOTHING = EditionRecipe(filters=(("min_chars", "100000"),))


@pytest.mark.parametrize("recipes", [(EditionRecipe(), NOTHING), (NOTHING, EditionRecipe())])
def test_files_that_a_stopped_run_left_do_not_stay(store, recipes):
    right, wrong = recipes
    add_shard(store, "a", [article(number) for number in range(4)])
    make_edition(store, "base", right)
    stopped(store, "main", wrong)
    edition = make_edition(store, "main", right)
    assert keys(store, "curated/main/articles/") == [file.key for file in edition.files if file.rows]
    assert keys(store, "curated/main/set_aside/") == [file.aside_key for file in edition.files if file.aside_rows]


def test_who_was_followed_writes_no_manifest(store):
    add_shard(store, "a", [article(0)])
    stopped(store, "main", EditionRecipe())
    assert not store.exists(edition_key("main"))


def test_a_run_that_was_stopped_before_it_cleaned_up_is_not_done(store):
    add_shard(store, "a", [article(0)])
    make_edition(store)
    store.write("state/curated/rows/2024-12/left-000.parquet", b"")
    assert not editing.plan_edition(store, "main", EditionRecipe()).is_done
    make_edition(store)
    assert editing.plan_edition(store, "main", EditionRecipe()).is_done
    assert not [*store.list("state/curated/rows/"), *store.list("state/curated/work/")]


@pytest.mark.parametrize("harm", [lambda store, key: store.delete(key), lambda store, key: store.write(key, b"PAR1 half")])
def test_an_edition_without_one_of_its_files_is_not_done(store, harm):
    add_shard(store, "a", [article(number) for number in range(4)])
    before = make_edition(store)
    harm(store, before.files[0].key)
    assert not editing.plan_edition(store, "main", EditionRecipe()).is_done
    assert make_edition(store).files == before.files


def test_damage_inside_a_file_is_told_and_whole_mends_it(store):
    add_shard(store, "a", [article(number) for number in range(40)])
    before = make_edition(store)
    key, data = before.files[0].key, bytearray(store.read(before.files[0].key))
    data[4:2000] = b"\x00" * 1996
    store.write(key, bytes(data))
    with pytest.raises(PressError, match="--whole"):
        make_edition(store, "other")
    # By other rules its articles are taken out of the parts.
    assert len(rows_of(store, make_edition(store, "third", EditionRecipe(keep="originals")))) == 40
    make_edition(store, is_whole=True)
    assert store.read(key) != bytes(data)
    assert len(rows_of(store, read_edition(store, "main"))) == 40


def test_a_month_that_grows_night_by_night_does_not_stay_one_file(store, monkeypatch):
    monkeypatch.setattr(layout, "FILE_CHARS", 5_000)
    seen = set()
    for day in range(8):
        articles = [article(10 * day + hour, published_at=NOON + timedelta(days=day, hours=hour)) for hour in range(5)]
        add_shard(store, f"day-{day}", articles)
        edition = make_edition(store)
        rows = [row["id"] for row in rows_of(store, edition)]
        assert len(set(rows)) == len(rows) == 5 * (day + 1)
        # What lay in a file stays in it: who reads file by file meets no article twice.
        places = {(row["id"], file.key) for file in edition.files for row in pq.read_table(f"{store.url}/{file.key}").to_pylist()}
        assert seen <= places
        seen = places
    assert max(file.rows for file in edition.files) <= 10
    add_shard(store, "late", [article(90 + day, published_at=NOON + timedelta(days=day, minutes=30)) for day in range(8)])
    assert len(rows_of(store, make_edition(store))) == 48


def test_lines_are_counted_in_what_stays(store):
    tagline = "News from the coast since 1901"
    articles = [article(5 * number, f"{tagline}\n{text_of(number, 200 if number % 2 else 60)}") for number in range(12)]
    add_shard(store, "a", articles)
    edition = make_edition(store, recipe=EditionRecipe(filters=(("min_words", "100"),)))
    assert edition.counts.kept == edition.counts.cut_lines == 6
    assert [line["times"] for line in read_line_table(store, "main").to_pylist()] == [6]


def test_names_and_manifests_that_are_none(store):
    add_shard(store, "a", [article(0)])
    make_edition(store)
    with pytest.raises(FixTheRun, match="no name of an edition"):
        read_edition(store, "../main")
    store.write(edition_key("main"), b"{bad")
    with pytest.raises(FixTheRun, match=r"main/manifest\.json is damaged"):
        read_edition(store, "main")
