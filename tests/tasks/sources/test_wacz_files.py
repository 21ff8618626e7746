"""WACZ: WARC files read where they lie in the zip."""

import gzip
import io
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.errors import BrokenShard
from tasks.records import Capture
from tasks.shards import Shard
from tasks.sources import _opening, packed_files, wacz_files
from tasks.storage.base import Store
from tests.archives import gzip_members, http_answer, pages, warc_record, warcinfo
from tests.servers.web import WebServer
from tests.tasks.sources.examples import FILES, wacz, wacz_members, zip_of
from tests.tasks.sources.test_conformance import LIMITS, captures, parts_of, put, read


def test_anyone_can_fetch_a_record_with_one_ranged_read(tmp_path: Path) -> None:
    shard = put(str(tmp_path), "a.wacz", wacz(wacz_members()))
    data = (tmp_path / "a.wacz").read_bytes()
    for part in wacz_files.shards(shard):
        assert part.span
        for capture in captures(read(wacz_files, part)):
            assert capture.at.warc_length
            record = gzip.decompress(data[capture.at.warc_offset : capture.at.warc_offset + capture.at.warc_length])
            assert f"WARC-Target-URI: {capture.url}\r\n".encode() in record


def test_shards_have_stable_names_and_keep_the_identity_of_the_file(tmp_path: Path) -> None:
    shard = put(str(tmp_path), "a.wacz", wacz(wacz_members()))
    parts = wacz_files.shards(shard)
    assert parts == wacz_files.shards(shard)
    assert [part.name.rpartition("-")[0] for part in parts] == ["a-file-rec-1", "a-file-rec-2"]
    assert {(part.url, part.etag, part.size_bytes) for part in parts} == {(shard.url, shard.etag, shard.size_bytes)}
    assert parts[0].option("member") == "archive/rec-1.warc.gz"


def test_where_a_member_is_packed_once_more_offsets_are_those_of_the_unpacked_one(tmp_path: Path) -> None:
    members = wacz_members()
    part = wacz_files.shards(put(str(tmp_path), "a.wacz", wacz(members, zipfile.ZIP_DEFLATED)))[1]
    inside = list(read_archive(io.BytesIO(members["archive/rec-2.warc.gz"]), part.url, LIMITS))
    assert part.span is None
    assert read(wacz_files, part) == inside


def test_damage_in_a_packed_member_is_reported_and_what_stands_before_it_is_read(tmp_path: Path) -> None:
    members = {"archive/a.warc": b"".join(pages(2_000))}
    data = bytearray(wacz(members, zipfile.ZIP_DEFLATED))
    size_at = data.index(b"PK\x01\x02") + 20
    data[size_at : size_at + 4] = (len(data) // 2).to_bytes(4, "little")
    part = wacz_files.shards(put(str(tmp_path), "a.wacz", bytes(data)))[0]
    readings = read(wacz_files, part)
    assert len(captures(readings)) > 100
    assert "cannot be unpacked" in str(readings[-1].found)
    assert [read(wacz_files, part, readings[-k].next_offset) for k in (1, 2)] == [[], readings[-1:]]


def test_bytes_before_the_zip_move_all_offsets(tmp_path: Path) -> None:
    shard = put(str(tmp_path), "a.wacz", b"#!/bin/sh\n" + wacz(wacz_members(), forced64=True))
    assert [len(captures(read(wacz_files, part))) for part in wacz_files.shards(shard)] == [3, 4]


@pytest.mark.parametrize("at", [4, 10, 30])
def test_a_damaged_directory_is_told_in_one_line(at: int, tmp_path: Path) -> None:
    data = wacz(wacz_members())
    start = data.index(b"PK\x01\x02")
    for spoilt in (data[: start + at], data[:start] + b"\xff" * at + data[start + at :], data[:start] + data[start + at :]):
        shard = put(str(tmp_path), "a.wacz", spoilt)
        with pytest.raises(BrokenShard, match=r"^\S*a\.wacz has no whole zip directory: [^\n]*$"):
            wacz_files.shards(shard)


def test_a_zip_without_warcs_and_a_member_that_is_gone_are_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenShard, match=r"holds no archive/"):
        wacz_files.shards(put(str(tmp_path), "a.wacz", zip_of(FILES)))
    shard = put(str(tmp_path), "b.wacz", wacz(wacz_members()))
    with pytest.raises(BrokenShard, match="holds no ''"):
        read(wacz_files, shard)


def test_a_member_that_cannot_be_unpacked_costs_that_shard_alone(tmp_path: Path) -> None:
    made = io.BytesIO(wacz({"archive/a.warc.gz": gzip_members(pages(2))}))
    with zipfile.ZipFile(made, "a") as zipped:
        zipped.writestr("archive/b.warc.gz", gzip_members(pages(2)), zipfile.ZIP_LZMA)
    parts = wacz_files.shards(put(str(tmp_path), "a.wacz", made.getvalue()))
    assert len(captures(read(wacz_files, parts[0]))) == 2
    with pytest.raises(BrokenShard, match="packed by method 14"):
        read(wacz_files, parts[1])


def test_recognised_by_what_only_a_wacz_holds_or_by_name() -> None:
    plain = zip_of(FILES)
    assert not wacz_files.recognise(plain, "site.zip")
    assert wacz_files.recognise(plain, "site.WACZ")
    assert packed_files.recognise(plain, "site.zip")
    assert not packed_files.recognise(plain, "site.wacz")
    streamed = io.BytesIO()
    with zipfile.ZipFile(_NoSeek(streamed), "w") as zipped:
        zipped.writestr("datapackage.json", b"{}")
        zipped.writestr("archive/a.warc.gz", gzip_members(pages(2)))
    assert wacz_files.recognise(streamed.getvalue(), "download")


class _NoSeek(io.RawIOBase):
    """As a server streams a zip: sizes stand behind the entries."""

    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._target.write(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_little_more_is_fetched_than_is_needed(method: int, tmp_path: Path) -> None:
    bodies = [random.Random(at).randbytes(40_000) for at in range(20)]
    records = [warc_record(url=f"https://news.example.org/{at}", block=http_answer(body=bodies[at % 20])) for at in range(100)]
    members = {f"archive/{name}.warc.gz": gzip_members([warcinfo(), *records]) for name in "abc"}
    local = put(str(tmp_path), "a.wacz", wacz(members, method))
    with WebServer(tmp_path) as web:

        def fetched() -> int:
            sent = web.bytes_sent().total()
            web.log.clear()
            return sent

        shard = replace(local, url=f"{web.url}/a.wacz")
        parts = parts_of(wacz_files, shard)
        assert fetched() < 80_000
        for part in parts:
            assert len(captures(read(wacz_files, part))) == 100
            assert fetched() / (shard.size_bytes / 3) < 1.2
        late = captures(read(wacz_files, parts[0]))[-1].at.warc_offset
        fetched()
        assert len(read(wacz_files, parts[0], late)) == 1
        assert method == zipfile.ZIP_DEFLATED or fetched() < 2 * _opening.FIRST_BLOCK_BYTES


def test_the_limit_on_records_holds(tmp_path: Path) -> None:
    part = wacz_files.shards(put(str(tmp_path), "a.wacz", wacz(wacz_members())))[0]
    readings: list[Reading] = list(wacz_files.read(Store, part, ReadLimits(50), 0))  # type: ignore[type-abstract]
    assert not any(isinstance(reading.found, Capture) for reading in readings)
    assert isinstance(part, Shard)
