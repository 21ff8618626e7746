"""Parquet: types, memory, damage."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.archive.reading import ReadLimits
from tasks.errors import BrokenShard
from tasks.facts import Published
from tasks.records import Capture
from tasks.sources import table_files
from tests.tasks.sources.examples import ROWS, parquet
from tests.tasks.sources.test_conformance import captures, put
from tests.tasks.sources.test_table_files import HTML, PAGE, readings_of, reasons


def test_typed_times_without_zone_are_utc(tmp_path: Path) -> None:
    wall = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    for kind in (pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("s", "Europe/Berlin"), pa.timestamp("ms", "no/zone")):
        moments = pa.array([wall], pa.timestamp("us")).cast(pa.timestamp(kind.unit)).cast(kind)
        table = pa.table({"html": [HTML], "captured_at": moments, "published_at": moments})
        made = io.BytesIO()
        pq.write_table(table, made)
        capture = captures(readings_of(tmp_path, made.getvalue()))[0]
        assert capture.captured_at == wall.replace(tzinfo=UTC)
        assert capture.given
        assert capture.given.published == Published(wall.replace(tzinfo=UTC), 0, "second", "column")
    days = pa.table({"html": [HTML], "published_at": pa.array([date(2026, 1, 2)])})
    made = io.BytesIO()
    pq.write_table(days, made)
    given = captures(readings_of(tmp_path, made.getvalue()))[0].given
    assert given
    assert given.published == Published(datetime(2026, 1, 2, tzinfo=UTC), None, "day", "column")


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_every_kind_of_string_is_read(kind: pa.DataType, tmp_path: Path) -> None:
    made = io.BytesIO()
    pq.write_table(pa.table({"html": pa.array([HTML, None, HTML]).cast(kind)}), made)
    readings = readings_of(tmp_path, made.getvalue())
    assert reasons(readings) == ["capture", "empty_payload", "capture"]
    assert {c.payload for c in captures(readings)} == {PAGE}
    charset = "" if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) else "; charset=utf-8"
    assert {c.header("Content-Type") for c in captures(readings)} == {"text/html" + charset}


def test_bytes_that_are_no_utf8_cost_no_row(tmp_path: Path) -> None:
    spoilt = pa.array([b"<html>\xff", b"<html>"]).view(pa.string())
    urls = pa.array([b"https://a.example/", b"\xff"]).view(pa.string())
    made = io.BytesIO()
    pq.write_table(pa.table({"html": spoilt, "url": urls}), made)
    found = captures(readings_of(tmp_path, made.getvalue()))
    assert [(c.payload, c.url) for c in found] == [(b"<html>\xff", "https://a.example/"), (b"<html>", f"{tmp_path}/x#1")]


def test_a_row_over_the_limit_is_rejected(tmp_path: Path) -> None:
    shard = put(str(tmp_path), "x", parquet([{"text": "a" * 2_000}, {"text": "b"}]))
    readings = list(table_files.read(None, shard, ReadLimits(1_000), 0))  # type: ignore[arg-type]
    assert reasons(readings) == ["payload_too_big", "capture"]


def test_only_the_columns_that_are_wanted_are_read(tmp_path: Path) -> None:
    import random

    rows = [{"text": f"words {at}", "ballast": random.Random(at).randbytes(50_000)} for at in range(100)]
    shard = put(str(tmp_path), "x", parquet(rows, group_rows=10))
    table = _Counted((tmp_path / "x").open("rb"))
    assert len(list(table_files.read_rows(table, shard, ReadLimits(10**6), 95))) == 5  # type: ignore[arg-type]
    assert table.fetched < 200_000


class _Counted:
    closed = False

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream, self.fetched = stream, 0

    def read(self, count: int = -1) -> bytes:
        data = self._stream.read(count)
        self.fetched += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


def test_the_memory_for_a_big_row_group_is_bounded(tmp_path: Path) -> None:
    rows = [{"text": f"{at} " * 100_000} for at in range(300)]
    shard = put(str(tmp_path), "x", parquet(rows, group_rows=300, use_dictionary=False, write_batch_size=2))
    before, most = pa.total_allocated_bytes(), 0
    for reading in table_files.read(None, shard, ReadLimits(10**7), 0):  # type: ignore[arg-type]
        assert isinstance(reading.found, Capture)
        most = max(most, pa.total_allocated_bytes())
    assert most - before < 60_000_000


@pytest.mark.parametrize(
    "spoil", [lambda d: d[:-9], lambda d: d[:4] + b"\xff" * 40 + d[44:], lambda d: d[:-60] + bytes(50) + d[-10:]]
)
def test_a_damaged_table_is_told_in_one_line(spoil: "type[bytes]", tmp_path: Path) -> None:
    with pytest.raises(BrokenShard, match=r"^\S*x is no whole Parquet file: [^\n]+$"):
        readings_of(tmp_path, spoil(parquet(ROWS)))
