"""Rows of articles."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tasks.site_lines.folding import hash64, line_hash
from tasks.site_lines.marks import INWARD, Mark
from tasks.site_lines.rows import ROW_SCHEMA, line_rows

PARAGRAPH = (
    "The harbour board counted every boat of the sound twice, and found that three of them had not been there in the spring. " * 2
)


def rows_of(text: str | None, title: str | None = None, month: str | None = "2024-12") -> list[dict]:
    table = pa.table(
        {"node": pa.array([7], pa.uint64()), "domain": ["made.example"], "month": [month], "title": [title], "text": [text]}
    )
    rows = line_rows(table)
    assert rows.schema == ROW_SCHEMA
    return rows.to_pylist()


def test_a_row_says_where_its_line_stands() -> None:
    first, second = rows_of("clear\n\n The end")
    assert (first["at"], first["above"], first["below"]) == (0, 0, 1)
    assert (second["at"], second["above"], second["below"]) == (2, 1, 0)
    assert (second["site"], second["node"], second["month"]) == (hash64("made.example"), 7, 12 * 2024 + 12)
    assert second["line"] == line_hash("the end")


def test_the_title_has_a_row_of_its_own() -> None:
    rows = rows_of("clear", "Bridge toll rises by a penny")
    assert [row["marks"] & Mark.TITLE for row in rows] == [Mark.TITLE, 0]


def test_nothing_and_no_date() -> None:
    assert rows_of(None) == rows_of("") == rows_of(" \n\n") == []
    assert rows_of("clear", month=None)[0]["month"] == 0


def test_paragraphs_between_the_ends_are_no_rows() -> None:
    rows = rows_of("\n".join(f"{PARAGRAPH}{number}." for number in range(40)))
    assert len(rows) == 8


def test_buttons_captions_and_labels_between_the_ends_are() -> None:
    marked = ["Advertisement", f"{PARAGRAPH}(Photo: Jo Reed)", "A longer way"]
    rows = rows_of("\n".join([PARAGRAPH] * 10 + marked + [PARAGRAPH] * 10))
    assert {row["line"] for row in rows} >= {line_hash(line) for line in marked}


def test_refrains_and_heads_of_lists_belong_to_the_body() -> None:
    lines = [
        "Menu of the day",
        "The kettle sings",
        "The bus goes by",
        *[PARAGRAPH] * 9,
        "So it goes on",
        "* * *",
        "So it goes on",
        "Ingredients",
        "- salt",
    ]
    inward = {row["at"] for row in rows_of("\n".join(lines)) if row["marks"] & INWARD}
    assert inward == {12, 14, 15}


@given(st.lists(st.text(max_size=300), max_size=60))
def test_any_text_has_each_of_its_lines_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    rows = [row for row in rows_of(text) if not row["marks"] & (Mark.TITLE | Mark.REST)]
    places = [row["at"] for row in rows]
    assert places == sorted(set(places))
    assert all(text.split("\n")[at].strip() for at in places)
    assert all(row["above"] + row["below"] + 1 == sum(bool(line.strip()) for line in text.split("\n")) for row in rows)
