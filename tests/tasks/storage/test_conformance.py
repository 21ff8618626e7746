"""What every store keeps, whatever it lies on."""

import os
import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.errors import RetryLater
from tasks.storage import NotFound, check_writable, open_store
from tasks.storage.streams import BLOCK_BYTES, FIRST_BLOCK_BYTES, BlockReader


def test_what_is_written_is_read(store):
    store.write("a/b.bin", b"one")
    store.write("a/b.bin", b"two, longer")
    assert store.read("a/b.bin") == b"two, longer"
    assert store.exists("a/b.bin")
    assert store.info("a/b.bin").size_bytes == 11


def test_an_empty_object_is_an_object(store):
    store.write("empty", b"")
    assert store.read("empty") == b""
    assert store.exists("empty")


def test_what_is_not_there_is_not_found(store):
    assert not store.exists("nothing")
    for action in (store.read, store.info, store.open, lambda key: store.read_range(key, 0, 5)):
        with pytest.raises(NotFound):
            action("nothing")
    store.delete("nothing")
    assert list(store.list("nothing/")) == []


def test_a_folder_of_objects_is_no_object(store):
    store.write("folder/object", b"x")
    assert not store.exists("folder")
    with pytest.raises(NotFound):
        store.info("folder")


def test_deleted_is_gone(store):
    store.write("a", b"x")
    store.delete("a")
    assert not store.exists("a")
    assert [info.key for info in store.list("")] == []


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../outside", "a/../b", "a//b", "./a"])
def test_a_key_never_leaves_the_root(store, key):
    for action in (store.read, store.info, lambda key: store.write(key, b"")):
        with pytest.raises(ValueError, match="no key below a root"):
            action(key)


def test_ranges(store):
    store.write("r", bytes(range(100)))
    assert store.read_range("r", 10, 5) == bytes(range(10, 15))
    assert store.read_range("r", 90, 50) == bytes(range(90, 100))
    assert store.read_range("r", 100, 5) == b""
    assert store.read_range("r", 500, 5) == b""
    assert store.read_range("r", 0, 0) == b""


def test_of_many_creators_one_wins(store):
    tokens = [os.urandom(16) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda token: store.create("lease", token), tokens))
    assert won.count(True) == 1
    assert store.read("lease") == tokens[won.index(True)]


def test_a_listing_is_whole_and_in_the_order_of_bytes(store):
    keys = [f"many/{number:04d}" for number in range(1_050)] + ["many-b", "many.a", "many/x/y", "zoë/ä"]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: store.write(key, b"x"), keys))
    assert [info.key for info in store.list("")] == sorted(keys, key=str.encode)
    assert [info.key for info in store.list("many/")] == sorted(key for key in keys if key.startswith("many/"))
    assert {info.size_bytes for info in store.list("")} == {1}


def test_the_etag_follows_the_content(store):
    store.write("e", b"one")
    first = store.info("e").etag
    assert first
    store.write("e", b"two")
    assert store.info("e").etag != first
    store.write("e", b"one")
    assert store.info("e").etag == first


def test_a_stream_reads_like_the_bytes(store):
    data = random.Random(7).randbytes(3 * FIRST_BLOCK_BYTES + 17)
    store.write("s", data)
    draw = random.Random(8)
    with store.open("s") as stream:
        assert stream.read() == data
        for _ in range(40):
            start, length = draw.randrange(len(data) + 10), draw.randrange(100_000)
            stream.seek(start)
            assert stream.tell() == start
            assert stream.read(length) == data[start : start + length]
        stream.seek(-5, os.SEEK_END)
        assert stream.read() == data[-5:]


def test_a_stream_over_many_blocks(store):
    data = random.Random(9).randbytes(FIRST_BLOCK_BYTES + 2 * BLOCK_BYTES + 5)
    store.write("big", data)
    with store.open("big") as stream:
        assert b"".join(iter(lambda: stream.read(1_000_000), b"")) == data


def test_an_object_replaced_while_it_is_read_is_noticed(bucket):
    store = open_store(bucket)
    store.write("s", b"a" * (2 * BLOCK_BYTES))
    reader = BlockReader(store, "s")
    reader.read(10)
    store.write("s", b"b" * (2 * BLOCK_BYTES))
    with pytest.raises(RetryLater, match="replaced"):
        while reader.read(FIRST_BLOCK_BYTES):
            pass


def test_a_store_travels_as_its_address_alone(store):
    frozen = pickle.dumps(store)
    assert b"planted-secret" not in frozen
    store.write("k", b"v")
    assert pickle.loads(frozen).read("k") == b"v"


def test_a_writable_store_is_left_as_it_was(store):
    check_writable(store)
    assert list(store.list("")) == []


def test_a_copy_is_whole_and_its_own(store):
    store.write("a/one", b"first" * 5_000_000)
    store.copy("a/one", "b/deep/two")
    assert store.read("b/deep/two") == store.read("a/one")
    store.write("a/one", b"second")
    assert store.read("b/deep/two") == b"first" * 5_000_000
    store.copy("a/one", "b/deep/two")
    assert store.read("b/deep/two") == b"second"
    assert [info.key for info in store.list("")] == ["a/one", "b/deep/two"]
    with pytest.raises(NotFound):
        store.copy("a/none", "b/three")
    assert not store.exists("b/three")
