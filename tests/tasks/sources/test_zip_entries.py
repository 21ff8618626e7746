"""Zips that lie: each entry is judged on its own."""

import struct
import tracemalloc
from pathlib import Path

import pytest

from tasks.errors import BrokenShard
from tasks.sources import packed_files
from tests.archives import PAGE
from tests.tasks.sources.examples import zip_of
from tests.tasks.sources.test_conformance import put, read
from tests.tasks.sources.test_packed_files import NAMES, PAGES, details, outcomes, readings_of


def test_entries_of_a_zip_come_in_the_order_of_the_file_not_of_the_directory(tmp_path: Path) -> None:
    data = zip_of(PAGES)
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entries = [b"PK\x01\x02" + entry for entry in data[start:end].split(b"PK\x01\x02")[1:]]
    turned = data[:start] + b"".join(reversed(entries)) + data[end:]
    assert outcomes(readings_of(tmp_path, turned)) == NAMES


def patched(data: bytes, number: int, offset: int, value: bytes, magic: bytes = b"PK\x01\x02") -> bytes:
    """Bytes of the directory's entry ``number`` (or of a header) at ``offset`` overwritten."""
    at = -1
    for _ in range(number + 1):
        at = data.index(magic, at + 1)
    return data[: at + offset] + value + data[at + offset + len(value) :]


@pytest.mark.parametrize(
    ("offset", "value", "said"),
    [
        (8, b"\x01\x00", "encrypted"),
        (10, b"\x63\x00", "method 99"),
        (16, b"\x00\x00\x00\x00", "checksum"),
        (24, b"\x09\x00\x00\x00", "more than the 9 bytes"),
        (24, b"\xff\xff\x00\x00", "fewer than the 65535 bytes"),
        (20, b"\x00\xff\x00\x00", "reach into what follows"),
        (20, b"\x09\x00\x00\x00", "end early"),
        (42, b"\x00\x00\x00\x7f", "no header stands at byte"),
        (46, b"q", "another name"),
    ],
)
def test_an_entry_that_lies_is_rejected_by_name_and_its_neighbours_are_read(
    offset: int, value: bytes, said: str, tmp_path: Path
) -> None:
    shard = put(str(tmp_path), "x", patched(zip_of(PAGES), 1, offset, value))
    readings = read(packed_files, shard)
    assert sorted(filter(None, outcomes(readings))) == ["a.html", "c.html", "d.html", "damaged_record"]
    assert said in details(readings)[0]
    assert details(readings)[0].startswith("q.html" if value == b"q" else "b.html")
    for at, reading in enumerate(readings):
        assert read(packed_files, shard, reading.next_offset) == readings[at + 1 :]


def test_an_entry_within_another_spoils_both(tmp_path: Path) -> None:
    readings = readings_of(tmp_path, patched(zip_of(PAGES), 1, 42, b"\x05\0\0\0"))
    assert outcomes(readings) == ["damaged_record", "damaged_record", "c.html", "d.html"]
    assert "reach into what follows" in details(readings)[0]
    assert "no header stands at byte 5" in details(readings)[1]


def test_entries_at_one_place_are_one_rejection(tmp_path: Path) -> None:
    readings = readings_of(tmp_path, patched(zip_of(PAGES), 2, 42, bytes(4)))
    assert outcomes(readings) == ["damaged_record", "b.html", "d.html"]
    assert "2 entries of the directory lie at byte 0" in details(readings)[0]


def test_a_bomb_that_announces_little_is_not_unpacked(tmp_path: Path) -> None:
    data = patched(zip_of({"a.html": PAGE + bytes(60_000_000)}), 0, 24, struct.pack("<L", 5_000))
    tracemalloc.start()
    assert "more than the 5000 bytes" in details(readings_of(tmp_path, data))[0]
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_zip_without_its_end_is_broken(tmp_path: Path) -> None:
    with pytest.raises(BrokenShard, match="its end is missing"):
        readings_of(tmp_path, zip_of(PAGES)[:-30])
