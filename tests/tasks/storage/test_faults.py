"""A store that misbehaves: bytes come right or not at all, trouble ends in a bounded time, and what it costs is counted."""

import contextlib
import random
import threading
import time
import uuid
from itertools import count, cycle

import pytest
import s3fs

from tasks.errors import FixTheRun, RetryLater
from tasks.storage.base import NotFound, Replaced
from tasks.storage.objects import ObjectStore
from tasks.storage.retrying import EXPIRED_TRIES, RetryPolicy
from tasks.storage.streams import BLOCK_BYTES, FIRST_BLOCK_BYTES
from tests.servers.s3_faults import FaultProxy, Rule

QUICK = RetryPolicy(waits_seconds=(0.01, 0.02, 0.03, 0.04))
TRIES = len(QUICK.waits_seconds) + 1
DATA = random.Random(5).randbytes(5_000_000)
KEY = "deep/object"
OBJECT = KEY + r"(\?|$)"

BURSTS = {
    "slow_down": {"status": 503, "code": "SlowDown"},
    "internal": {"status": 500, "code": "InternalError"},
    "unavailable": {"status": 503, "code": "ServiceUnavailable"},
    "too_many": {"status": 429, "code": "TooManyRequests"},
    "no_code": {"status": 502, "code": ""},
    "reset": {"action": "reset"},
}
BODIES = ["cut", "reset_body", "short"]


def stream_all(store):
    with store.open(KEY) as stream:
        return stream.read()


# What is done, what it gives with DATA[:1000] at KEY, and the requests that it makes when all is well.
OPERATIONS = {
    "read": (lambda store: store.read(KEY), DATA[:1000], ["GET"]),
    "read_range": (lambda store: store.read_range(KEY, 10, 50), DATA[10:60], ["GET"]),
    "open": (stream_all, DATA[:1000], ["HEAD", "GET"]),
    "write": (lambda store: store.write(KEY, DATA[:1000]), None, ["PUT"]),
    "create": (lambda store: store.create("deep/new", b"token"), True, ["PUT"]),
    "list": (lambda store: [(i.key, i.size_bytes) for i in store.list("deep/")], [(KEY, 1000)], ["LIST"]),
    "info": (lambda store: store.info(KEY).size_bytes, 1000, ["HEAD"]),
    "delete": (lambda store: store.delete(KEY), None, ["DELETE"]),
}


@pytest.fixture(scope="module")
def place(s3):
    """A proxy before the session's server, a bucket, and the environment that leads there: one client for all tests here."""
    s3.make_bucket("faults")
    with FaultProxy(s3.endpoint) as proxy, pytest.MonkeyPatch.context() as patched:
        for name, value in {**s3.environ, "AWS_ENDPOINT_URL": proxy.endpoint}.items():
            patched.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield proxy
        s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def proxy(place):
    yield place
    place.start()


@pytest.fixture
def faulty(proxy) -> ObjectStore:
    proxy.start()
    store = ObjectStore(f"s3://faults/{uuid.uuid4().hex}", QUICK, read_timeout_seconds=5)
    store.write(KEY, DATA[:1000])
    proxy.start()
    return store


@pytest.fixture
def big(faulty, proxy) -> ObjectStore:
    faulty.write(KEY, DATA)
    proxy.start()
    return faulty


@pytest.mark.parametrize("name", OPERATIONS)
def test_requests_per_operation(faulty, proxy, name):
    act, wanted, requests = OPERATIONS[name]
    assert act(faulty) == wanted
    assert proxy.methods() == requests


@pytest.mark.parametrize("burst", BURSTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_burst_passes(faulty, proxy, name, burst):
    act, wanted, requests = OPERATIONS[name]
    proxy.start(Rule(times=TRIES - 1, **BURSTS[burst]))
    assert act(faulty) == wanted
    assert len(proxy.log) == TRIES - 1 + len(requests)
    proxy.start()
    if name in {"write", "create"}:
        assert faulty.read(KEY if name == "write" else "deep/new") == (DATA[:1000] if name == "write" else b"token")


@pytest.mark.parametrize("burst", BURSTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_endless_trouble_ends(faulty, proxy, name, burst):
    proxy.start(Rule(**BURSTS[burst]))
    started = time.monotonic()
    with pytest.raises(RetryLater) as refused:
        OPERATIONS[name][0](faulty)
    # aiohttp itself sends a request again, once, when the connection breaks before an answer.
    assert len(proxy.log) == (2 * TRIES if burst == "reset" else TRIES)
    assert time.monotonic() - started < 5
    assert "\n" not in str(refused.value)
    assert "planted-secret" not in str(refused.value)


@pytest.mark.parametrize("fault", BODIES)
def test_a_body_that_breaks_off_is_read_again(big, proxy, fault):
    for act, wanted in [
        (lambda: big.read(KEY), DATA),
        (lambda: big.read_range(KEY, 1_000_000, 2_000_000), DATA[1_000_000:3_000_000]),
        (lambda: big.read_range(KEY, 4_900_000, 2_000_000), DATA[4_900_000:]),
        (lambda: stream_all(big), DATA),
    ]:
        proxy.start(Rule("GET", OBJECT, fault, times=2))
        assert act() == wanted
        assert [seen.action for seen in proxy.log if seen.method == "GET"][:3] == [fault, fault, ""]


@pytest.mark.parametrize("fault", BODIES)
def test_a_body_that_always_breaks_off_is_never_taken_for_whole(big, proxy, fault):
    for act in (big.read, lambda key: big.read_range(key, 0, 1000), lambda _: stream_all(big)):
        proxy.start(Rule("GET", OBJECT, fault))
        with pytest.raises(RetryLater):
            act(KEY)
        assert proxy.methods().count("GET") == TRIES


def test_a_listing_that_breaks_off_is_asked_for_again(faulty, proxy):
    for fault in BODIES:
        proxy.start(Rule("GET", "list-type", fault, times=1))
        assert [info.key for info in faulty.list("")] == [KEY]
        assert proxy.methods() == ["LIST", "LIST"]


def test_reads_resume_at_the_offset(faulty, proxy):
    data = random.Random(6).randbytes(2 * BLOCK_BYTES + 7)
    faulty.write(KEY, data)
    second = BLOCK_BYTES + FIRST_BLOCK_BYTES
    proxy.start()
    assert stream_all(faulty) == data
    calm = [seen.range for seen in proxy.log]
    proxy.start(Rule("GET", OBJECT, "cut", times=1))
    assert stream_all(faulty) == data
    assert [seen.range for seen in proxy.log] == [calm[0], calm[1], *calm[1:]]
    assert calm[2].startswith(f"bytes={FIRST_BLOCK_BYTES}-")
    assert calm[3].startswith(f"bytes={second}-")
    proxy.start(Rule("GET", OBJECT, "cut", times=1))
    assert faulty.read(KEY) == data
    starts = [int(seen.range[len("bytes=") :].split("-")[0]) for seen in proxy.log]
    assert starts == [0, 0, BLOCK_BYTES, 2 * BLOCK_BYTES]


def test_a_big_object_replaced_between_two_blocks_is_read_anew(faulty):
    old, new = b"o" * (BLOCK_BYTES + 5), b"n" * (BLOCK_BYTES + 5)
    faulty.write(KEY, old)
    block, swapped = faulty._block, []

    def replace_between(key, start, *rest):
        if start and not swapped:
            swapped.append(faulty.write(KEY, new))
        return block(key, start, *rest)

    faulty._block = replace_between
    assert faulty.read(KEY) == new


def test_a_slow_body_may_take_longer_than_the_read_timeout(big, proxy):
    proxy.start(Rule("GET", OBJECT, "slow", seconds=1.5))
    assert ObjectStore(big.url, QUICK, read_timeout_seconds=0.5).read(KEY) == DATA
    assert proxy.methods() == ["GET"]


def test_a_hang_ends_by_the_read_timeout(faulty, proxy):
    store = ObjectStore(faulty.url, RetryPolicy(waits_seconds=(0.01,)), read_timeout_seconds=0.5)
    assert store.read(KEY) == DATA[:1000]
    for act in (store.read, lambda key: store.write(key, b"x")):
        proxy.start(Rule(action="hang", seconds=30, times=1))
        started = time.monotonic()
        act(KEY)
        assert 0.4 < time.monotonic() - started < 15
        proxy.start(Rule(action="hang", seconds=30))
        with pytest.raises(RetryLater):
            act(KEY)
        assert len(proxy.log) == 2
        assert time.monotonic() - started < 25


@pytest.mark.parametrize("status", [500, 503])
def test_a_put_that_was_done_but_answered_with_an_error(faulty, proxy, status):
    lost = {"method": "PUT", "action": "after", "status": status, "code": "InternalError", "times": 1}
    proxy.start(Rule(**lost))
    faulty.write("w", b"whole")
    assert faulty.read("w") == b"whole"
    proxy.start(Rule(**lost))
    assert faulty.create("lease", b"our own token") is True
    assert proxy.methods() == ["PUT", "PUT", "GET"]
    proxy.start(Rule(**lost))
    assert faulty.create("lease", b"another's token") is False
    assert faulty.read("lease") == b"our own token"


def test_a_refused_create_with_no_object_there_tries_again(faulty, proxy):
    for status, code in ((409, "ConditionalRequestConflict"), (412, "PreconditionFailed")):
        proxy.start(Rule("PUT", status=status, code=code, times=2))
        assert faulty.create(f"lease-{status}", b"token") is True
        assert proxy.methods() == ["PUT", "GET", "PUT", "GET", "PUT"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_credentials_that_expire_in_the_middle(faulty, proxy, name):
    act, wanted, _ = OPERATIONS[name]
    proxy.start(Rule(status=403, code="ExpiredToken"))
    with pytest.raises(FixTheRun, match="credentials have expired") as refused:
        act(faulty)
    assert "AWS_SESSION_TOKEN" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "planted-secret" not in str(refused.value)
    assert len(proxy.log) == EXPIRED_TRIES * (2 if name in {"info", "open"} else 1)
    proxy.start(Rule(status=403, code="ExpiredToken", times=2))  # a role's are renewed meanwhile
    assert act(faulty) == wanted


def test_other_refusals_are_not_tried_again(faulty, proxy):
    proxy.start(Rule(status=403, code="AccessDenied"))
    with pytest.raises(FixTheRun, match="AccessDenied"):
        faulty.read(KEY)
    assert len(proxy.log) == 1


def test_a_reader_never_sees_a_torn_object(faulty, proxy):
    versions = {letter: letter * 700_000 for letter in (b"a", b"b", b"c")}
    stop, written = threading.Event(), []

    def overwrite():
        for number in count():
            if stop.is_set():
                return
            with contextlib.suppress(RetryLater):
                faulty.write(f"corpus/{number % 3}", list(versions.values())[number // 3 % 3])
                written.append(number)

    writer = threading.Thread(target=overwrite)
    writer.start()
    faults, seen, spoiled, deadline = cycle([*BODIES, "after", "status", "reset"]), 0, 0, time.monotonic() + 4
    try:
        while time.monotonic() < deadline:
            spoiled += sum(bool(past.action) for past in proxy.log)
            proxy.start(Rule("GET|PUT", "corpus", next(faults), times=3, status=500, code="InternalError"))
            for info in faulty.list("corpus/"):
                assert info.size_bytes == 700_000
                assert faulty.read(info.key) in versions.values()
                with contextlib.suppress(Replaced), faulty.open(info.key) as stream:
                    assert stream.read() in versions.values()
                    seen += 1
    finally:
        stop.set()
        writer.join()
    assert seen > 3
    assert min(len(written), spoiled) > 20


def test_a_small_stream_notices_a_replacement_of_the_same_size(faulty):
    faulty.write(KEY, b"o" * 1_000_000)
    with faulty.open(KEY) as stream:
        assert stream.read(10) == b"o" * 10
        faulty.write(KEY, b"n" * 1_000_000)
        with pytest.raises(Replaced):
            stream.read()


def test_a_missing_object_is_not_tried_again(faulty, proxy):
    with pytest.raises(NotFound):
        faulty.read("nothing")
    assert proxy.methods() == ["GET"]


class ShortStore:
    """Any other fsspec store, whose server cuts the first ranges short, or sends more than was asked for."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def cat_file(self, _path, start=0, end=None):
        return self.answers.pop(0) if self.answers else DATA[start:end]

    def info(self, _path):
        return {"type": "file", "size": len(DATA), "mtime": 7}


def test_ranges_of_other_stores_are_as_long_as_they_must_be(monkeypatch):
    store = ObjectStore("memory://corpus", QUICK)
    monkeypatch.setattr(store, "_fs", ShortStore(b"x", b""))
    assert store.read_range(KEY, 5, 100) == DATA[5:105]
    monkeypatch.setattr(store, "_fs", ShortStore())
    assert store.read_range(KEY, len(DATA) - 5, 100) == DATA[-5:]
    assert stream_all(store) == DATA
    monkeypatch.setattr(store, "_fs", ShortStore(*[b"x"] * TRIES))
    with pytest.raises(RetryLater, match="CutShort"):
        store.read_range(KEY, 5, 100)
    monkeypatch.setattr(store, "_fs", ShortStore(DATA))
    with pytest.raises(FixTheRun, match="whole object"):
        store.read_range(KEY, 5, 100)
