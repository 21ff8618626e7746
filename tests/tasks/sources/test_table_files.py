"""Pages and texts out of JSON lines and Parquet."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.archive.reading import Reading, ReadLimits
from tasks.errors import FixTheRun
from tasks.facts import Facts, Published
from tasks.records import Rejection
from tasks.sources import table_files
from tests.archives import PAGE
from tests.tasks.sources.examples import PACKERS, ROWS, json_lines, parquet
from tests.tasks.sources.test_conformance import assert_damage_ends_well, captures, put, read

HTML = PAGE.decode()


def readings_of(folder: Path, data: bytes, **columns: str) -> list[Reading]:
    options = tuple((f"column.{field}", column) for field, column in columns.items())
    return read(table_files, put(str(folder), "x", data, options))


def reasons(readings: list[Reading]) -> list[str]:
    return [r.found.reason.value if isinstance(r.found, Rejection) else "capture" for r in readings]


def as_table(kind: str, rows: list[dict[str, object]]) -> bytes:
    return json_lines(rows) if kind == "jsonl" else parquet(rows)


@pytest.fixture(params=["jsonl", "parquet"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_html_wins_over_text_row_by_row(kind: str, tmp_path: Path) -> None:
    rows = [{"html": HTML, "text": "words"}, {"html": "", "text": "words"}, {"html": None, "text": None}]
    readings = readings_of(tmp_path, as_table(kind, rows))
    assert reasons(readings) == ["capture", "capture", "empty_payload"]
    page, text = captures(readings)
    assert (page.payload, page.is_plain_text, page.header("Content-Type")) == (PAGE, False, "text/html; charset=utf-8")
    assert (text.payload, text.is_plain_text, text.header("Content-Type")) == (b"words", True, "text/plain; charset=utf-8")


def test_a_named_column_is_the_only_one_that_counts(kind: str, tmp_path: Path) -> None:
    rows = [{"html": HTML, "content": "some words", "link": "https://news.example.org/1", "url": "https://no.example"}]
    found = captures(readings_of(tmp_path, as_table(kind, rows), text="content", url="link"))
    assert [(c.payload, c.url) for c in found] == [(b"some words", "https://news.example.org/1")]


def test_rows_without_address_have_their_place(kind: str, tmp_path: Path) -> None:
    readings = readings_of(tmp_path, as_table(kind, [{"text": "a"}, {"text": "b"}]))
    assert [c.url for c in captures(readings)] == [f"{tmp_path}/x#0", f"{tmp_path}/x#{14 if kind == 'jsonl' else 1}"]


def test_facts_beside_the_page_are_given(kind: str, tmp_path: Path) -> None:
    row = {
        "html": HTML,
        "title": " A &amp; B ",
        "published_at": "2026-01-01T10:00:00+02:00",
        "authors": ["Ann Smith", "Bob Jones"],
        "captured_at": "2026-01-02T03:04:05Z",
        "date": "2020-01-01",
    }
    capture = captures(readings_of(tmp_path, as_table(kind, [row])))[0]
    published = Published(datetime(2026, 1, 1, 8, tzinfo=UTC), 120, "second", "column")
    assert capture.given == Facts(title="A & B", authors=("Ann Smith", "Bob Jones"), published=published)
    assert capture.captured_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_without_facts_nothing_is_given_and_a_date_after_the_capture_is_none(kind: str, tmp_path: Path) -> None:
    rows = [
        {"html": HTML, "captured_at": "2026-01-02", "published_at": "2027-01-01", "title": ""},
        {"html": HTML, "captured_at": "yesterday", "published_at": "soon", "title": " "},
    ]
    assert [(c.given, c.captured_at and c.captured_at.day) for c in captures(readings_of(tmp_path, as_table(kind, rows)))] == [
        (None, 2),
        (None, None),
    ]


def test_lines_that_are_no_objects_are_rejected_one_by_one(tmp_path: Path) -> None:
    lines = [
        b"\xef\xbb\xbf" + json.dumps(ROWS[0]).encode(),
        b"",
        b"[1]",
        b"{'a': 1}",
        b'{"html": 5}',
        b'{"html": []}',
        b"\xff",
        b"{" * 9,
    ]
    lines += [b'{"a":' * 100_000, b'{"html": "\\ud800 a", "url": "\\ud800"}', b'{"html": "cut']
    readings = readings_of(tmp_path, b"\r\n".join(lines))
    damaged = "damaged_record"
    expected = ["capture", damaged, damaged, damaged, "empty_payload", damaged, damaged, damaged, "capture", damaged]
    assert reasons(readings) == expected
    assert captures(readings)[1].payload == b"? a"
    assert [r.record_type for r in readings] == ["line"] * 10
    assert readings[-1].found
    assert readings[-1].found.at.warc_length == len(lines[-1])


@pytest.mark.parametrize("end", PACKERS)
def test_a_line_over_the_limit_is_not_loaded(end: str, tmp_path: Path) -> None:
    lines = json_lines([ROWS[0]]), b'{"html": "' + b"a" * 30_000_000 + b'"}\n', json_lines([ROWS[1]])
    shard = put(str(tmp_path), "x", PACKERS[end](b"".join(lines)))
    tracemalloc.start()
    readings = list(table_files.read(None, shard, ReadLimits(1_000_000), 0))  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[1] < 80_000_000
    tracemalloc.stop()
    assert reasons(readings) == ["capture", "payload_too_big", "capture"]
    assert readings[1].found
    assert readings[1].found.at.warc_length == 30_000_013


def test_columns_that_are_missing_are_told_with_those_there_are(kind: str, tmp_path: Path) -> None:
    data = as_table(kind, [{"body": "a", "link": "b"}])
    for number, (options, said) in enumerate(
        [
            ((), "has no column 'html' or 'text': choose from 'body', 'link'"),
            ((("column.text", "words"),), "has no column 'words': choose from 'body', 'link'"),
            ((("column.text", "body"), ("column.url", "x")), "has no column 'x': choose from 'body', 'link'"),
        ]
    ):
        with pytest.raises(FixTheRun, match=said):
            table_files.check_columns(put(str(tmp_path), f"x{number}", data, options))
    table_files.check_columns(put(str(tmp_path), "y", data, (("column.html", "body"), ("column.url", "link"))))
    table_files.check_columns(put(str(tmp_path), "z", as_table(kind, [{"text": "a", "url": "b"}])))


def test_keys_of_the_first_hundred_lines_count(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"a": 1}] * 99
    table_files.check_columns(put(str(tmp_path), "x", gzip.compress(json_lines([*rows, {"text": "b"}]))))
    with pytest.raises(FixTheRun, match="choose from 'a'"):
        table_files.check_columns(put(str(tmp_path), "y", json_lines([*rows, {"a": 2}, {"text": "b"}])))
    table_files.check_columns(put(str(tmp_path), "z", b"no json\n"))


def test_what_is_recognised_and_what_is_not() -> None:
    for head in (b'{"a": 1}\n', b'  {"a": 1}', b'\xef\xbb\xbf{"a":\n'.replace(b"\n", b" 1}\n"), b'{"html": "' + b"a" * 70_000):
        assert table_files.recognise(head, "x")
    for head in (b'{"a": 1,\n "b": 2}\n', b"[1]\n", b"{}\n", b'{"a": 1', b"{% x %}", b"com,example)/ 2020 {}\n"):
        assert not table_files.recognise(head, "x.jsonl")


@given(
    st.lists(st.dictionaries(st.sampled_from(["html", "url", "title"]), st.none() | st.text(max_size=30)), max_size=8),
    st.booleans(),
)
@settings(max_examples=80)
def test_every_line_has_one_reading_and_its_place(tmp_path: Path, rows: list[dict[str, object]], packed: bool) -> None:
    data = json_lines(rows)
    shard = put(str(tmp_path), "x", gzip.compress(data) if packed else data)
    readings = read(table_files, shard)
    assert len(readings) == len(rows)
    for at, reading in enumerate(readings):
        assert reading.found
        place = reading.found.at
        assert json.loads(data[place.warc_offset : place.warc_offset + (place.warc_length or 0)]) == rows[at]
        assert read(table_files, shard, reading.next_offset) == readings[at + 1 :]


_SEEDS = [parquet(ROWS), parquet(ROWS, compression="zstd"), *(pack(json_lines(ROWS)) for pack in PACKERS.values())]


@given(st.sampled_from(_SEEDS), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=3))
@settings(max_examples=300)
def test_any_damage_ends_in_readings_or_in_one_of_our_errors(
    tmp_path: Path, data: bytes, places: list[tuple[float, bytes]]
) -> None:
    assert_damage_ends_well(table_files, tmp_path, data, places)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n \n\n\n"])
def test_damage_behind_the_last_line_is_told_once(end: bytes, tmp_path: Path) -> None:
    data = bytearray(gzip.compress(json_lines(ROWS) + end))
    data[-6] ^= 0xFF
    shard = put(str(tmp_path), "x", bytes(data))
    readings = read(table_files, shard)
    assert reasons(readings) == ["capture"] * 6 + ["damaged_record"]
    for at, reading in enumerate(readings):
        assert read(table_files, shard, reading.next_offset) == readings[at + 1 :]
