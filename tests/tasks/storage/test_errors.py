"""Wrong settings are one clear line, with no secret in it; passing trouble is tried again, for a bounded time."""

import errno
import os

import pytest
from botocore.exceptions import ClientError

from tasks.errors import FixTheRun, RetryLater
from tasks.storage import NotFound, check_writable, expand, open_object, open_store
from tasks.storage.folder import TEMPORARY, FolderStore
from tasks.storage.objects import ObjectStore
from tasks.storage.retrying import RetryPolicy, with_retries

QUICK = RetryPolicy(waits_seconds=(0.01, 0.01))


def one_line(refused) -> str:
    line = str(refused.value)
    assert "\n" not in line
    assert "planted-secret" not in line
    return line


def test_wrong_credentials(bucket, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted-secret-but-wrong")
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(FixTheRun) as refused:
        check_writable(ObjectStore(bucket, QUICK))
    s3fs.S3FileSystem.clear_instance_cache()
    assert "AWS_SECRET_ACCESS_KEY" in one_line(refused)


def test_a_bucket_that_is_not_there(bucket):
    with pytest.raises(FixTheRun) as refused:
        check_writable(open_store("s3://no-such-bucket-here/corpus"))
    assert "bucket does not exist" in one_line(refused)


def test_an_endpoint_that_does_not_answer(bucket, monkeypatch):
    import s3fs

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(RetryLater) as refused:
        ObjectStore(bucket, QUICK).read("x")
    s3fs.S3FileSystem.clear_instance_cache()
    assert "EndpointConnectionError" in one_line(refused)


@pytest.mark.parametrize("url", ["s3://user:planted-secret@bucket/x", "s3://", "https://u:planted-secret@host/x"])
def test_addresses_that_cannot_be_a_store(url):
    with pytest.raises(FixTheRun) as refused:
        open_store(url)
    one_line(refused)


def test_a_scheme_whose_package_is_not_installed():
    with pytest.raises(FixTheRun) as refused:
        open_store("abfs://container/x")
    assert "pip install adlfs" in one_line(refused)


def test_a_full_server_is_for_a_person_to_mend():
    answer = {"Error": {"Code": "XMinioStorageFull"}, "ResponseMetadata": {"HTTPStatusCode": 507}}
    error = OSError(errno.EIO, "full")
    error.__cause__ = ClientError(answer, "PutObject")
    tries = []

    def put():
        tries.append(1)
        raise error

    with pytest.raises(FixTheRun, match="s3://b/k: no space left on the server: make room, and start the same command again"):
        with_retries(RetryPolicy(), "s3://b/k", put)
    assert len(tries) == 1


def test_a_half_written_file_is_never_listed_and_leaves_nothing(tmp_path, monkeypatch):
    store = FolderStore(str(tmp_path))

    def full(descriptor: int) -> None:
        assert [name.startswith(TEMPORARY) for name in os.listdir(tmp_path)] == [True]
        assert list(store.list("")) == []
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetryLater, match="Input/output error"):
        store.write("a", b"data")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FixTheRun):
        check_writable(open_store(str(tmp_path / "file" / "corpus")))


def test_expand_a_file_a_folder_and_globs(tmp_path):
    store = open_store(str(tmp_path))
    for key in ("a.warc.gz", "b.warc.gz", "deep/c.warc.gz", ".hidden"):
        store.write(key, b"x") if not key.startswith(".") else (tmp_path / key).write_bytes(b"x")
    names = [f"{tmp_path}/{name}" for name in ("a.warc.gz", "b.warc.gz", "deep/c.warc.gz")]
    assert expand(f"{tmp_path}/a.warc.gz") == names[:1]
    assert expand(f"file://{tmp_path}/a.warc.gz") == names[:1]
    assert expand(str(tmp_path)) == names
    assert expand(f"{tmp_path}/*.gz") == names[:2]
    assert expand(f"{tmp_path}/**/*.gz") == names
    for nothing in (f"{tmp_path}/*.zip", f"{tmp_path}/none"):
        with pytest.raises(FixTheRun, match="nothing found"):
            expand(nothing)


def test_expand_on_s3(bucket):
    store = open_store(bucket)
    for key in ("w/a.warc.gz", "w/b.warc.gz", "w/c.txt"):
        store.write(key, b"x")
    assert expand(f"{bucket}/w/a.warc.gz") == [f"{bucket}/w/a.warc.gz"]
    assert expand(f"{bucket}/w/") == [f"{bucket}/w/{name}" for name in ("a.warc.gz", "b.warc.gz", "c.txt")]
    assert expand(f"{bucket}/w/*.gz") == [f"{bucket}/w/a.warc.gz", f"{bucket}/w/b.warc.gz"]
    with pytest.raises(FixTheRun, match="nothing found"):
        expand(f"{bucket}/none/")
    found, key = open_object(f"{bucket}/w/a.warc.gz")
    assert found.read(key) == b"x"
    with pytest.raises(NotFound):
        found.read("z")
