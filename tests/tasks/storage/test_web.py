"""The web as a store: each refusal has its name, ranges cost one request, and nothing comes that was not asked for."""

import pickle

import pytest

from tasks.errors import FixTheRun, RetryLater
from tasks.storage import NotFound, Refused, open_store
from tasks.storage.retrying import EXPIRED_TRIES, RetryPolicy
from tasks.storage.web import WebStore
from tests.servers.web import WebServer

DATA = bytes(range(256)) * 100
QUICK = RetryPolicy((0.01,) * 5)


@pytest.fixture
def web(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a b.gz").write_bytes(DATA)
    (tmp_path / "empty").write_bytes(b"")
    with WebServer(tmp_path) as server:
        yield server


def actions(store):
    return [store.read, store.info, store.open, store.open_exact, lambda key: store.read_range(key, 0, 5)]


def test_what_lies_there_is_read(web):
    store = open_store(web.url)
    assert store.read("deep/a b.gz") == DATA
    assert store.read_range("deep/a b.gz", 10, 20) == DATA[10:30]
    assert store.read_range("deep/a b.gz", len(DATA) - 5, 20) == DATA[-5:]
    assert store.read_range("deep/a b.gz", len(DATA), 20) == b""
    assert store.info("deep/a b.gz").size_bytes == len(DATA)
    assert store.info("deep/a b.gz").etag
    assert store.exists("deep/a b.gz")
    assert store.read("empty") == b""
    with store.open("deep/a b.gz") as stream:
        assert stream.read() == DATA
    with store.open_exact("empty") as stream:
        assert stream.read() == b""
    assert pickle.loads(pickle.dumps(store)).read_range("deep/a b.gz", 1, 1) == DATA[1:2]


def test_a_range_is_one_request_and_a_stream_one_more(web):
    store = open_store(web.url)
    store.read_range("deep/a b.gz", 10, 20)
    with store.open_exact("deep/a b.gz") as stream:
        stream.read(5_000)
        stream.read(5_000)
    assert [(sent.method, sent.bytes) for sent in web.log] == [("GET", 20), ("HEAD", 0), ("GET", 5_000), ("GET", 5_000)]


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_not_found_and_not_asked_for_again(web, status):
    store = WebStore(web.url, QUICK)
    web.answers["/deep/a b.gz"] = status
    for act in actions(store):
        web.log.clear()
        with pytest.raises(NotFound):
            act("deep/a b.gz")
        assert len(web.log) == 1
    assert not store.exists("deep/a b.gz")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_has_a_name_of_its_own_after_a_few_tries(web, status):
    store = WebStore(web.url, QUICK)
    web.missing = status
    for act in actions(store):
        web.log.clear()
        with pytest.raises(Refused, match=f"nothing: answered {status}") as refused:
            act("nothing")
        assert isinstance(refused.value, RetryLater)
        assert [sent.method for sent in web.log].count("GET") == EXPIRED_TRIES


def test_passing_trouble_is_no_refusal_and_no_gap(web):
    store = WebStore(web.url, QUICK)
    web.answers["/deep/a b.gz"] = 503
    for act in actions(store):
        with pytest.raises(RetryLater, match="answered 503") as refused:
            act("deep/a b.gz")
        assert not isinstance(refused.value, Refused)


def test_servers_that_refuse_head_are_asked_for_the_first_byte(web):
    store = WebStore(web.url, QUICK)
    for web.heads in (403, 405, 501):
        assert store.info("deep/a b.gz").size_bytes == len(DATA)
        with store.open_exact("deep/a b.gz") as stream:
            assert stream.read(7_000) == DATA[:7_000]


def test_a_server_without_ranges_is_left_before_it_sends_all(web):
    store = WebStore(web.url, QUICK)
    web.ranges = False
    with pytest.raises(FixTheRun, match="whole object"):
        store.read_range("deep/a b.gz", 0, 5)
    assert store.read("deep/a b.gz") == DATA


def test_bytes_of_another_place_are_not_taken(web):
    store = WebStore(web.url, QUICK)
    web.shift = 3
    with pytest.raises(RetryLater, match="CutShort"):
        store.read_range("deep/a b.gz", 10, 5)
    assert len(web.log) == 6
