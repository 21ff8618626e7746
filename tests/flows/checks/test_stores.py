"""A store that is whole, and all that can be wrong with one; each time it is left as it was."""

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import s3fs

from flows.checks.stores import StoreChecks
from tasks.storage import open_store
from tasks.storage.folder import FolderStore
from tests.flows.doctor_visit import Doctor
from tests.servers.certificates import Authority

PLANTED = "planted-secret-5d0c"


@contextmanager
def skewed_store(seconds: float, authority: Authority | None = None):
    """A store whose clock is off, and which refuses as S3 does; its endpoint."""
    refusal = b"<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>"

    class Skewed(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # S3's clients ask before they send a body

        def date_time_string(self, timestamp=None):  # noqa: ARG002
            return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)

        def _refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(403)
            self.send_header("Content-Length", str(len(refusal)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(refusal)

        do_HEAD = do_GET = do_PUT = do_DELETE = _refuse  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Skewed)
    if authority:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.folder / "store.pem", authority.folder / "store.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http{'s' if authority else ''}://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_bucket_is_looked_at_and_left_as_it_was(bucket, capsys):
    found = Doctor(capsys, f"{bucket}/corpus")
    assert found.problems == [], found.output
    assert "AWS_ACCESS_KEY_ID" in found.says("store", "credentials")
    assert "us-east-1, http://127.0.0.1:" in found.says("store", "credentials")
    assert "one wins" in found.says("store", "create")
    assert found.verdict("store", "clock") == "ok"
    assert list(open_store(bucket).list("")) == []


def test_wrong_keys_a_missing_bucket_and_no_keys_are_told_apart(bucket, monkeypatch, capsys):
    missing = Doctor(capsys, "s3://not-there-at-all/corpus")
    assert missing.problems == [("store", "write")]
    assert "the bucket does not exist" in missing.says("store", "write")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PLANTED)
    s3fs.S3FileSystem.clear_instance_cache()
    wrong = Doctor(capsys, bucket)
    assert wrong.problems == [("store", "write")]
    assert "check AWS_ACCESS_KEY_ID" in wrong.says("store", "write")
    assert PLANTED not in wrong.output
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    s3fs.S3FileSystem.clear_instance_cache()
    none = Doctor(capsys, bucket)
    assert none.problems == [("store", "credentials")]
    assert "set AWS_ACCESS_KEY_ID" in none.says("store", "credentials")


@pytest.mark.parametrize(
    ("endpoint", "says"),
    [
        ("http://127.0.0.1:9", "nothing listens at http://127.0.0.1:9: start"),
        ("http://no-such-host.invalid", "no such host"),
        (f"http://user:{PLANTED}@127.0.0.1:9", "check the address"),
    ],
)
def test_an_endpoint_that_cannot_be_reached(bucket, monkeypatch, capsys, endpoint, says):
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    found = Doctor(capsys, bucket)
    assert found.problems == [("store", "endpoint")]
    assert says in found.says("store", "endpoint")
    assert PLANTED not in found.output


def test_a_store_whose_clock_is_off_and_one_whose_certificate_nobody_knows(bucket, tmp_path, monkeypatch, capsys):
    with skewed_store(1_000) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        found = Doctor(capsys, bucket)
    assert found.problems == [("store", "clock"), ("store", "write")]
    assert "ahead of this machine's" in found.says("store", "clock")
    assert "set this machine's clock" in found.says("store", "write")
    authority = Authority(tmp_path)
    authority.sign("store")
    with skewed_store(0, authority) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        found = Doctor(capsys, bucket)
    assert found.problems == [("store", "endpoint")]
    assert "is not trusted" in found.says("store", "endpoint")
    assert "AWS_CA_BUNDLE" in found.says("store", "endpoint")


class Careless(FolderStore):
    """A store that knows no conditions, and whose listings come late."""

    def create(self, key, data):
        self.write(key, data)
        return True

    def list(self, prefix):  # noqa: ARG002
        return iter(())


def test_a_store_without_conditional_writes_or_prompt_listings(tmp_path):
    checks = StoreChecks(str(tmp_path))
    checks.store = Careless(str(tmp_path))
    (created,), (listed,) = checks.create(), checks.listing()
    assert (created.verdict, created.found) == ("FAIL", "of 8 writers at once 8 won")
    assert listed.verdict == "FAIL"
