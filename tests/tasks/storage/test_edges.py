"""What a store must not pass over in silence, and for how long it may hold us."""

import errno
import io
import os
import stat

import pytest

from tasks.errors import FixTheRun, RetryLater
from tasks.storage import expand, open_object, open_store, short_name
from tasks.storage.folder import FolderStore
from tasks.storage.objects import ObjectStore
from tasks.storage.retrying import RetryPolicy, with_retries
from tasks.storage.streams import BlockReader


@pytest.fixture
def folder(tmp_path) -> FolderStore:
    store = FolderStore(str(tmp_path / "root"))
    store.write("a", b"1")
    store.write("deep/b", b"2")
    return store


def test_a_folder_that_cannot_be_read_is_no_empty_one(folder, monkeypatch):
    scan = os.scandir

    def locked(path):
        if str(path).endswith("deep"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", locked)
    for act in (lambda: list(folder.list("")), lambda: list(folder.list("deep/")), lambda: expand(folder.url)):
        with pytest.raises(FixTheRun, match="Permission denied"):
            act()


def test_linked_folders_are_listed_and_no_circle_is_walked(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c").write_bytes(b"3")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "deep" / "circle").symlink_to(tmp_path / "root")
    assert [info.key for info in folder.list("")] == ["a", "deep/b", "link/c"]


def test_a_prefix_never_leaves_the_root(store):
    with pytest.raises(ValueError, match="no key below a root"):
        list(store.list("../"))


def test_a_file_in_the_way_of_a_folder(folder):
    for put in (folder.write, folder.create):
        for key in ("a/x", "a/x/y"):
            with pytest.raises(FixTheRun, match="in its way"):
                put(key, b"token")
    with pytest.raises(FixTheRun, match="it is a folder"):
        folder.write("deep", b"")


def test_a_link_that_was_made_and_then_refused_is_ours(folder, monkeypatch):
    link = os.link

    def lost(source, target):
        link(source, target)
        raise FileExistsError(errno.EEXIST, "File exists")

    monkeypatch.setattr(os, "link", lost)
    assert folder.create("lease", b"our own token") is True
    monkeypatch.undo()
    assert folder.create("lease", b"another's token") is False


def test_folders_that_cannot_be_synced(folder, monkeypatch):
    sync = os.fsync

    def files_only(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    folder.write("w", b"1")
    assert folder.create("c", b"1") is True


def test_a_star_stays_in_its_folder(bucket):
    store = open_store(f"{bucket}/w")
    for key in ("a.gz", "deep/b.gz", "deep/er/c.gz", ".hidden.gz"):
        store.write(key, b"x")

    def names(pattern: str) -> list[str]:
        return [found.removeprefix(f"{bucket}/w/") for found in expand(f"{bucket}/w/{pattern}")]

    assert names("*.gz") == ["a.gz"]
    assert names("*/?.gz") == ["deep/b.gz"]
    assert names("**/*.gz") == names("") == names("**") == ["a.gz", "deep/b.gz", "deep/er/c.gz"]
    assert names("d*/") == ["deep/b.gz", "deep/er/c.gz"]
    with pytest.raises(FixTheRun, match=r"\*\* stands for folders"):
        names("**.gz")


def test_a_stream_does_not_begin_before_its_start(folder):
    with pytest.raises(OSError, match="before the start"):
        io.BufferedReader(BlockReader(folder, "a")).seek(-5)


def test_silence_is_borne_for_two_minutes_at_most():
    now = [0.0]

    def silent():
        now[0] += 60
        raise TimeoutError

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(RetryLater):
        with_retries(RetryPolicy(sleep=sleep, clock=lambda: now[0]), "x", silent)
    assert now[0] < 125


def wrong_settings(monkeypatch, **names: str) -> str:
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(FixTheRun) as refused:
        ObjectStore("s3://some-bucket/x").read("key")
    s3fs.S3FileSystem.clear_instance_cache()
    return str(refused.value)


def test_settings_that_no_waiting_mends(bucket, monkeypatch):
    assert "http://" in wrong_settings(monkeypatch, AWS_ENDPOINT_URL="planted-secret.example:8333")
    assert "planted-secret" not in wrong_settings(monkeypatch, AWS_ENDPOINT_URL="planted-secret.example:8333")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert "AWS_PROFILE" in wrong_settings(monkeypatch, AWS_PROFILE="nobody")


def test_the_web_is_read_only_and_its_signatures_stay_out_of_messages():
    store, key = open_object("http://127.0.0.1:9/a/x.gz?X-Amz-Signature=planted-secret")
    store._policy = RetryPolicy(())
    with pytest.raises(RetryLater) as refused:
        store.read_range(key, 0, 1)
    assert "planted-secret" not in str(refused.value)
    for act in (lambda: store.write("y", b""), lambda: store.create("y", b""), lambda: list(store.list(""))):
        with pytest.raises(FixTheRun, match="read only"):
            act()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("s3://bucket/2024/news.warc.gz", "news.warc.gz"),
        ("/archives/crawl/", "crawl"),
        ("s3://bucket/2024/12/*.warc.gz", "12/*.warc.gz"),
        ("*.warc.gz", "*.warc.gz"),
        ("ccnews", "ccnews"),
        ("https://archive.example/a.warc.gz?X-Amz-Signature=se/cret", "a.warc.gz"),
    ],
)
def test_names_of_runs_say_where_a_glob_looks_and_repeat_no_signature(address, name):
    assert short_name(address) == name
