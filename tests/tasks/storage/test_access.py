"""Public buckets: without a signature, or at our own cost, in every request that a store makes."""

import pickle
import uuid

import pytest
import s3fs

from tasks.errors import FixTheRun
from tasks.storage import open_object, open_store
from tests.servers.s3_faults import FaultProxy


@pytest.fixture
def proxy(s3, monkeypatch):
    s3.make_bucket("access")
    with FaultProxy(s3.endpoint) as proxy:
        for name, value in {**s3.environ, "AWS_ENDPOINT_URL": proxy.endpoint}.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield proxy
        s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def folder(proxy) -> str:
    url = f"s3://access/{uuid.uuid4().hex}"
    open_store(url).write("deep/r", b"x" * 10_000)
    proxy.start()
    return url


def read_in_every_way(store) -> None:
    store.read("deep/r")
    store.read_range("deep/r", 1, 5)
    store.info("deep/r")
    list(store.list("deep/"))
    for stream in (store.open("deep/r"), store.open_exact("deep/r")):
        with stream:
            stream.read(10)
    assert not store.exists("deep/none")


def test_we_pay_where_we_say_so(proxy, folder):
    read_in_every_way(open_store(folder, "requester-pays"))
    assert {"GET", "HEAD", "LIST"} == set(proxy.methods())
    for seen in proxy.log:
        assert seen.headers.get("x-amz-request-payer") == "requester", seen
        assert "authorization" in seen.headers


def test_without_a_signature_nothing_names_us(proxy, folder):
    for act in (
        lambda store: store.read("deep/r"),
        lambda store: store.read_range("deep/r", 1, 5),
        lambda store: store.info("deep/r"),
        lambda store: list(store.list("deep/")),
        lambda store: store.open_exact("deep/r"),
    ):
        # This server knows no public bucket: what counts is what was asked.
        with pytest.raises(FixTheRun, match=r"\(anonymous\): refused"):
            act(open_store(folder, "anonymous"))
    assert {"GET", "HEAD", "LIST"} == set(proxy.methods())
    for seen in proxy.log:
        assert not {"authorization", "x-amz-request-payer", "x-amz-security-token"} & seen.headers.keys(), seen


def test_by_default_we_sign_and_do_not_pay(proxy, folder):
    read_in_every_way(open_store(folder))
    for seen in proxy.log:
        assert "authorization" in seen.headers
        assert "x-amz-request-payer" not in seen.headers


def test_the_way_of_access_travels_with_the_store(proxy, folder):
    for access in ("", "anonymous", "requester-pays"):
        store = pickle.loads(pickle.dumps(open_store(folder, access)))
        assert (store.url, store.access) == (folder, access)
        assert open_store(folder, access) is open_store(folder, access)
    store, key = pickle.loads(pickle.dumps(open_object(f"{folder}/deep/r", "requester-pays")))
    proxy.start()
    store.read(key)
    assert proxy.log[0].headers["x-amz-request-payer"] == "requester"


@pytest.mark.parametrize("url", ["/tmp/x", "file:///tmp/x", "https://data.example.org/x", "gs://bucket/x"])
def test_other_addresses_have_no_such_access(url):
    for access in ("anonymous", "requester-pays"):
        with pytest.raises(FixTheRun, match="s3:// addresses only"):
            open_store(url, access)


def test_other_ways_are_refused():
    with pytest.raises(FixTheRun, match="anonymous or requester-pays"):
        open_store("s3://bucket/x", "public")
