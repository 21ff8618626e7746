"""An edition as it lies, in the tools that people have: the same rows, moments with their zone, lists, months from the folders."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from tasks.editions import EDITION_SCHEMA
from tasks.storage import open_store
from tests.tasks.made_editions import made_row, make_edition, month_of

ROWS = [made_row(number) for number in range(300)]
DECEMBER = sum(month_of(row) == "2024-12" for row in ROWS)
FIRST = ROWS[0]["published_at"]


@pytest.fixture(scope="module")
def edition(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    make_edition(open_store(str(folder)))
    # What lies beside the articles must not be in anybody's way.
    (folder / "curated" / "spring" / "README.md").write_text("# spring")
    return folder / "curated" / "spring"


def test_duckdb(edition):
    files = f"'{edition}/articles/*/*.parquet'"
    query = f"SELECT count(*), count(DISTINCT month), min(published_at), sum(len(authors)), sum(len(cut_lines)) FROM {files}"
    rows, months, first, authors, cut = duckdb.sql(query).fetchall()[0]
    assert (rows, months, first) == (300, 4, FIRST)
    assert authors == sum(len(row["authors"]) for row in ROWS)
    assert cut == 50
    assert duckdb.sql(f"SELECT count(*) FROM {files} WHERE month = '2024-12'").fetchall() == [(DECEMBER,)]
    kinds = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {files})").fetchall())
    assert [*kinds] == [*EDITION_SCHEMA.names, "month"]
    assert (kinds["published_at"], kinds["authors"], kinds["month"]) == ("TIMESTAMP WITH TIME ZONE", "VARCHAR[]", "VARCHAR")
    assert duckdb.sql(f"SELECT count(*) FROM '{edition}/set_aside/*/*.parquet' WHERE reason = 'too_short'").fetchall() == [(30,)]


def test_polars(edition):
    articles = pl.scan_parquet(f"{edition}/articles/", hive_partitioning=True)
    schema = articles.collect_schema()
    assert schema["published_at"] == pl.Datetime("us", "UTC")
    assert (schema["authors"], schema["month"]) == (pl.List(pl.String), pl.String)
    everything = articles.collect()
    assert everything.height == 300
    assert everything["published_at"].min() == FIRST
    assert articles.filter(pl.col("month") == "2024-12").select(pl.len()).collect().item() == DECEMBER


def test_pandas(edition):
    articles = pd.read_parquet(edition / "articles")
    assert len(articles) == 300
    assert str(articles["published_at"].dtype) == "datetime64[us, UTC]"
    assert articles["published_at"].min() == FIRST
    assert sorted(articles["month"].unique()) == ["2024-11", "2024-12", "2025-01", "undated"]
    assert len(pd.read_parquet(edition / "articles", columns=["text"], filters=[("month", "==", "2024-12")])) == DECEMBER


def test_pyarrow(edition):
    articles = ds.dataset(edition / "articles", partitioning="hive")
    assert articles.schema.field("month").type == pa.string()
    assert articles.schema.field("cut_lines").type == EDITION_SCHEMA.field("cut_lines").type
    assert articles.count_rows() == 300
    assert articles.count_rows(filter=ds.field("month") == "2024-12") == DECEMBER
    since = ds.field("published_at") >= pa.scalar(datetime(2025, 1, 1, tzinfo=UTC), pa.timestamp("us", "UTC"))
    assert articles.count_rows(filter=since) == sum(month_of(row) == "2025-01" for row in ROWS)
