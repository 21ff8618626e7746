"""Choosing rows: originals and languages, and what is said of a file that is not as its manifest says."""

from dataclasses import replace

import pyarrow as pa
import pytest

from tasks import edition_rows
from tasks.edition_rows import EVERYTHING, Choice, group_rows, open_articles
from tasks.errors import FixTheRun
from tasks.filters.languages import make
from tasks.storage import open_store
from tests import editions
from tests.tasks.filters.articles import article
from tests.tasks.made_editions import made_row, make_edition

CHOICES = [
    (EVERYTHING, lambda row: True),  # noqa: ARG005
    (Choice(originals_only=True), lambda row: row["is_original"]),
    (Choice(languages=("de", "ja")), lambda row: row["language"] in {"de", "ja"}),
    (Choice(True, ("en",)), lambda row: row["is_original"] and row["language"] == "en"),
]


@pytest.mark.parametrize("read_whole_bytes", [0, edition_rows.READ_WHOLE_BYTES])
def test_the_chosen_rows_come_in_their_order_with_the_asked_columns(store, monkeypatch, read_whole_bytes):
    monkeypatch.setattr(edition_rows, "READ_WHOLE_BYTES", read_whole_bytes)
    edition = make_edition(store, articles=60)
    rows = sorted((made_row(number) for number in range(60)), key=lambda row: str(row["published_at"]))
    for choice, is_wanted in CHOICES:
        found = []
        for file in edition.files:
            with open_articles(store, file, ("title", "url")) as parquet:
                for group in range(parquet.num_row_groups):
                    table = group_rows(parquet, group, ("title", "url"), choice)
                    assert table.column_names == ["title", "url"]
                    found += table["url"].to_pylist()
        assert found == [row["url"] for row in rows if is_wanted(row)]


@pytest.mark.parametrize("asked", ["zh", "zh-Hant", "ZH", "he", "iw", "nb", "en", "xx"])
def test_languages_are_those_that_the_filter_takes(asked):
    codes = ["zh", "zh-Hant", "iw", "no", "en", None, "he"]
    table = pa.table({"language": pa.array(codes)})
    check = make(asked)
    taken = [code for code in codes if check(article("a", language=code, language_score=0.9)) is None]
    assert Choice(languages=(asked,)).of(table)["language"].to_pylist() == taken
    assert bool(taken) == (asked != "xx")


def test_a_file_that_is_not_as_the_manifest_says_is_named(tmp_path):
    store = open_store(str(tmp_path))
    first, second, *_ = make_edition(store, articles=90).files

    def complaint(file, columns=("url",)) -> str:
        with pytest.raises(FixTheRun) as refused, open_articles(store, file, columns):
            pass
        return str(refused.value)

    assert "has no column colour" in complaint(first, ("url", "colour"))
    with_rows_of_second = replace(second, rows=first.rows)
    assert f"{second.key} has {second.rows} rows, its manifest says {first.rows}" in complaint(with_rows_of_second)
    assert f"{first.key} has another SHA-256 than its manifest says" in complaint(replace(first, sha256=second.sha256))
    store.write(first.key, store.read(first.key)[:-100])
    assert f"{first.key} cannot be read" in complaint(first)
    store.delete(first.key)
    assert f"{first.key} is gone: export again when curate has ended" in complaint(first)


@pytest.mark.parametrize("read_whole_bytes", [0, edition_rows.READ_WHOLE_BYTES])
def test_a_file_of_the_edition_to_come_is_told_by_its_fingerprint(tmp_path, monkeypatch, read_whole_bytes):
    monkeypatch.setattr(edition_rows, "READ_WHOLE_BYTES", read_whole_bytes)
    store = open_store(str(tmp_path))
    file = make_edition(store, articles=20).files[0]
    says = r"is being brought up to date: export again when curate has ended"
    with pytest.raises(FixTheRun, match=says), open_articles(store, replace(file, fingerprint="of before"), ("url",)):
        pass


def test_the_fingerprint_is_where_curate_writes_it(tmp_path):
    store = open_store(str(tmp_path))
    editions.add_shard(store, "a", [editions.article(0)])
    (file,) = editions.make_edition(store).files
    with open_articles(store, file, ("url",)) as parquet:
        assert parquet.metadata.metadata[edition_rows.FINGERPRINT_KEY] == file.fingerprint.encode()
