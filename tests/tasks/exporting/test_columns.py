"""FineWeb's columns by its names, and nothing of an edition lost."""

import pyarrow as pa
import pytest

from tasks.editions import EDITION_SCHEMA
from tasks.exporting.columns import FINEWEB, SAID, SETS, as_exported, out_schema, source_columns
from tests.tasks.made_editions import made_row

ROWS = [made_row(number) for number in (0, 96, 5)]


@pytest.mark.parametrize("columns", SETS)
def test_fineweb_comes_first(columns):
    names = out_schema(columns).names
    assert names[:7] == ["text", "id", "url", "date", "file_path", "language", "language_score"]
    assert len(set(names)) == len(names)
    assert all(field.metadata[b"description"] for field in out_schema(columns))


def test_every_column_of_an_edition_is_in_all():
    schema = out_schema("all")
    assert set(source_columns(schema.names)) == set(EDITION_SCHEMA.names)
    assert {source for source, _, _ in FINEWEB.values()} >= SAID


def test_values_are_those_of_the_edition():
    table = as_exported(pa.Table.from_pylist(ROWS, schema=EDITION_SCHEMA), out_schema("all"))
    made = table.to_pylist()
    assert [row["date"] for row in made] == ["2025-02-18T06:00:00Z", None, "2025-02-18T06:00:05Z"]
    assert [row["language_score"] for row in made] == [0.99] * 3
    assert [row["file_path"] for row in made] == [row["warc_file"] for row in ROWS]
    for column in set(table.column_names) - {"date", "language_score", "file_path"}:
        assert [row[column] for row in made] == [row[column] for row in ROWS]
