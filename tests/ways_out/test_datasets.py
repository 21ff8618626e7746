"""`datasets` opens an edition and every export by its folder alone, and has the types that the card tells."""

from datetime import datetime

import pytest

from tasks.cards.features import features_of
from tasks.cards.in_place import card_in_place
from tasks.exporting.columns import out_schema
from tasks.exporting.making import export
from tasks.exporting.orders import ExportOrder
from tasks.storage import open_store
from tests.tasks.made_editions import made_row, make_edition
from tests.ways_out.offline import datasets

ROWS = sorted((made_row(number) for number in range(300)), key=lambda row: str(row["published_at"]))


def write_with_card(store, articles: int = 300):
    edition = make_edition(store, articles=articles)
    store.write("curated/spring/README.md", card_in_place(store, edition).encode())
    return store


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_with_card(open_store(str(tmp_path_factory.mktemp("corpus"))))


def load(place: str, tmp_path, *arguments: str, **options: object):
    return datasets.load_dataset(place, *arguments, split="train", cache_dir=str(tmp_path / "cache"), **options)


def test_an_edition_by_its_folder(corpus, tmp_path):
    place = f"{corpus.url}/curated/spring"
    articles = load(place, tmp_path)
    assert articles["url"][:] == [row["url"] for row in ROWS]
    assert articles.features["published_at"].dtype == "timestamp[us, tz=UTC]"
    assert articles.features["authors"].feature.dtype == "string"
    assert articles[0]["published_at"] == ROWS[0]["published_at"]
    aside = load(place, tmp_path, "set_aside")
    assert set(aside["reason"]) == {"too_short"}
    assert aside.num_rows == 30


def test_an_edition_by_a_glob_and_as_a_stream(corpus, tmp_path):
    files = f"{corpus.url}/curated/spring/articles/month=2024-12/*.parquet"
    assert load("parquet", tmp_path, data_files=files).num_rows == 136
    stream = load(f"{corpus.url}/curated/spring", tmp_path, streaming=True)
    assert sum(1 for _ in stream) == 300


@pytest.mark.parametrize("columns", ["all", "fineweb"])
@pytest.mark.parametrize("kind", ["huggingface", "jsonl", "text"])
def test_an_export_by_its_folder(corpus, tmp_path, kind, columns):
    place = str(tmp_path / "out")
    export(corpus, ExportOrder("spring", kind, columns, file_bytes=30_000), place)
    articles = load(place, tmp_path)
    assert articles.num_rows == 300
    first = articles[0]
    if kind == "text":
        # Its lines of blanks alone keep the blank that parts them from the end of an article.
        assert [line.strip() for line in first["text"].split("\n")] == [line.strip() for line in ROWS[0]["text"].split("\n")]
        return
    assert articles["text"][:] == [row["text"] for row in ROWS]
    assert articles.column_names[:7] == ["text", "id", "url", "date", "file_path", "language", "language_score"]
    assert {row["language_score"] for row in articles.select_columns("language_score")} == {0.99}
    assert first["date"] == ("2025-02-18T06:00:00Z" if kind == "huggingface" else datetime.fromisoformat("2025-02-18T06:00:00Z"))
    if columns == "all":
        kept = articles.select_columns(["published_at", "authors", "cut_lines", "modified_at"])
        assert [list(row.values()) for row in kept] == [[row[name] for name in kept.column_names] for row in ROWS]


def test_what_is_replaced_is_read_as_it_is_now(tmp_path):
    store = open_store(str(tmp_path / "corpus"))
    for articles in (40, 30):
        write_with_card(store, articles)
        assert load(f"{store.url}/curated/spring", tmp_path).num_rows == articles
    for columns, number in (("all", len(out_schema("all").names)), ("fineweb", 7)):
        export(store, ExportOrder("spring", "huggingface", columns), str(tmp_path / "out"))
        assert len(load(str(tmp_path / "out"), tmp_path).column_names) == number


def test_types_are_told_as_datasets_itself_tells_them():
    schema = out_schema("all").remove_metadata()
    assert features_of(schema) == datasets.Features.from_arrow_schema(schema)._to_yaml_list()
