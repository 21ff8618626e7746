"""Streams that fetch what is read and no more, one version throughout, on every kind of store."""

import io
import os
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.errors import RetryLater
from tasks.storage import NotFound, Store, open_store
from tasks.storage.base import Replaced
from tasks.storage.streams import SMALL_BLOCK_BYTES, SMALL_BLOCKS_KEPT
from tests.servers.web import WebServer

DATA = random.Random(3).randbytes(300_000)


@pytest.fixture(params=["folder", "s3", "web"])
def place(request, tmp_path):
    """A store to read, and what writes into it."""
    folder = open_store(str(tmp_path / "root"))
    if request.param == "folder":
        yield folder, folder
    elif request.param == "s3":
        bucket = open_store(request.getfixturevalue("bucket") + "/root")
        yield bucket, bucket
    else:
        with WebServer(tmp_path / "root") as server:
            yield open_store(server.url), folder


def test_any_read_gives_the_bytes_that_lie_there(place):
    store, writer = place
    writer.write("deep/r", DATA)
    draw = random.Random(4)
    with store.open_exact("deep/r") as stream:
        assert stream.read() == DATA
        assert stream.read(5) == b""
        for _ in range(60):
            start, length = draw.randrange(len(DATA) + 10), draw.choice([0, 1, 30, 4095, 4096, 9000, 100_000])
            assert stream.seek(start) == stream.tell() == start
            assert stream.read(length) == DATA[start : start + length]
        stream.seek(len(DATA) + 10_001)
        assert stream.read(5) == stream.read() == b""
        stream.seek(-5, os.SEEK_END)
        target = bytearray(9)
        assert stream.readinto(target) == 5
        assert bytes(target[:5]) == DATA[-5:]
    assert stream.closed


def test_each_read_fetches_its_bytes_and_small_ones_a_block(place):
    store, writer = place
    writer.write("r", DATA)
    fetched: list[int] = []
    with store.open_exact("r", fetched.append) as stream:
        assert fetched == []
        stream.seek(1_000)
        stream.read(50_000)
        assert fetched == [50_000]
        for _ in range(2):
            for start in range(100_000, 100_400, 40):
                stream.seek(start)
                stream.read(40)
        assert fetched[1:] == [SMALL_BLOCK_BYTES]
        for start in range(0, SMALL_BLOCK_BYTES * (SMALL_BLOCKS_KEPT + 1), SMALL_BLOCK_BYTES):
            stream.seek(start)
            stream.read(1)
        stream.seek(100_000)
        stream.read(1)
        assert fetched[-1] == SMALL_BLOCK_BYTES
        assert len(fetched) == SMALL_BLOCKS_KEPT + 4


def test_what_is_not_there_is_not_found(place):
    store, writer = place
    writer.write("r", DATA)
    with pytest.raises(NotFound):
        store.open_exact("nothing")


def test_a_zip_and_a_parquet_file_open_on_it(place):
    store, writer = place
    packed, table = io.BytesIO(), pa.table({"n": range(100_000), "s": [f"row {n}" for n in range(100_000)]})
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("big", DATA)
        archive.writestr("small", b"words")
    writer.write("z.zip", packed.getvalue())
    pq.write_table(table, packed := io.BytesIO(), row_group_size=10_000)
    writer.write("t.parquet", packed.getvalue())
    fetched: list[int] = []
    with store.open_exact("z.zip", fetched.append) as stream, zipfile.ZipFile(stream) as archive:
        assert archive.read("small") == b"words"
    assert sum(fetched) <= 3 * SMALL_BLOCK_BYTES
    with store.open_exact("t.parquet") as stream, pq.ParquetFile(stream) as parquet:
        assert parquet.read() == table
        assert parquet.read_row_group(3, columns=["n"]) == table.select(["n"]).slice(30_000, 10_000)


def replaced_by(store: Store, writer: Store, data: bytes) -> bytes:
    writer.write("r", DATA)
    with store.open_exact("r") as stream:
        stream.read(10)
        writer.write("r", data)
        stream.seek(100_000)
        return stream.read(10_000)


@pytest.mark.parametrize("data", [DATA[::-1], DATA[:50]], ids=["same size", "shorter"])
def test_it_never_mixes_two_versions(place, data):
    store, writer = place
    if store is writer and not store.url.startswith("s3"):
        assert replaced_by(store, writer, data) == DATA[100_000:110_000]
        return
    with pytest.raises(Replaced):
        replaced_by(store, writer, data)


def test_a_file_that_is_cut_in_place_is_noticed(tmp_path):
    store = open_store(str(tmp_path))
    store.write("r", DATA)
    with store.open_exact("r") as stream:
        os.truncate(tmp_path / "r", 1_000)
        with pytest.raises(RetryLater, match="cut short"):
            stream.read(50_000)
