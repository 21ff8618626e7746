"""Object stores by way of fsspec: S3 with settings that were measured, others as they come."""

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

import fsspec
import s3fs

from tasks.errors import FixTheRun
from tasks.storage.base import ObjectInfo, Replaced, Store, checked_key
from tasks.storage.blocks import Block, plain_range, s3_block
from tasks.storage.retrying import OUTSIDE_ERRORS, RetryPolicy, http_status, with_retries
from tasks.storage.streams import BLOCK_BYTES

READ_TIMEOUT_SECONDS = 60.0
WHOLE_READS = 3
PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
REFUSED_CREATE = {409, 412}
# The answer to a HEAD has no body to name the cause in; that to a GET has.
NAMELESS = {400, 403}
ACCESS_OPTIONS = {"": {}, "anonymous": {"anon": True}, "requester-pays": {"requester_pays": True}}


def make_filesystem(scheme: str, read_timeout_seconds: float = READ_TIMEOUT_SECONDS, access: str = "") -> Any:
    """The fsspec filesystem for a scheme; raises FixTheRun that names the package when it is not installed."""
    if scheme == "s3":
        _check_endpoint()
        filesystem = s3fs.S3FileSystem(**s3_options(read_timeout_seconds), **ACCESS_OPTIONS[access])
        filesystem.retries = 1
        return filesystem
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        package = PACKAGES.get(scheme)
        hint = f"pip install {package}" if package else "use a folder, s3://, gs://, abfs:// or https://"
        raise FixTheRun(f"{scheme}:// addresses are not to be had here: {hint}") from error


def _check_endpoint() -> None:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        endpoint = os.environ.get(name, "")
        if endpoint and not endpoint.startswith(("http://", "https://")):
            raise FixTheRun(f"{name} must begin with http:// or https://")


def s3_options(read_timeout_seconds: float) -> dict[str, Any]:
    """Settings of s3fs, each of them measured."""
    return {
        # The cache never expires and hides what other processes wrote.
        "use_listings_cache": False,
        "default_block_size": BLOCK_BYTES,
        # Retries multiply, botocore's with s3fs' with ours: one layer of them is ours.
        "config_kwargs": {
            "retries": {"mode": "standard", "total_max_attempts": 1},
            "max_pool_connections": 32,
            "connect_timeout": 5,
            "read_timeout": read_timeout_seconds,
        },
    }


class ObjectStore(Store):
    """A bucket and prefix. Credentials and endpoint come from the environment alone."""

    def __init__(
        self, url: str, policy: RetryPolicy | None = None, read_timeout_seconds: float = READ_TIMEOUT_SECONDS, access: str = ""
    ) -> None:
        """``url``: scheme://bucket/prefix without user or password; ``read_timeout_seconds`` ends a silence of the server."""
        self.url, self.access = url.rstrip("/"), access
        scheme, _, self._root = self.url.partition("://")
        self._fs = make_filesystem(scheme, read_timeout_seconds, access)
        self._is_s3 = scheme == "s3"
        self._policy = policy or RetryPolicy()

    def _path(self, key: str) -> str:
        return f"{self._root}/{checked_key(key)}"

    def _try(self, key: str, action: Any) -> Any:
        how = f" ({self.access})" if self.access else ""
        return with_retries(self._policy, f"{self.url}/{key}{how}", action)

    def read(self, key: str) -> bytes:
        """See Store; one request per block, each tried again on its own, all of one version."""
        path = self._path(key)
        if not self._is_s3:
            return bytes(self._try(key, lambda: self._fs.cat_file(path)))
        for _ in range(WHOLE_READS - 1):
            with contextlib.suppress(Replaced):
                return self._read_blocks(key)
        return self._read_blocks(key)

    def _read_blocks(self, key: str) -> bytes:
        first = self._block(key, 0, BLOCK_BYTES)
        rest = (
            self._block(key, start, BLOCK_BYTES, first.etag).data for start in range(BLOCK_BYTES, first.total_bytes, BLOCK_BYTES)
        )
        return b"".join([first.data, *rest])

    def _block(self, key: str, start: int, length: int, etag: str = "") -> Block:
        path = self._path(key)
        block: Block = self._try(key, lambda: s3_block(self._fs, path, start, length, etag))
        return block

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """See Store; one request."""
        path = self._path(key)
        if length <= 0:
            return b""
        if self._is_s3:
            return self._block(key, start, length).data
        return bytes(self._try(key, lambda: plain_range(self._fs, path, start, length)))

    def read_version(self, info: ObjectInfo, start: int, length: int) -> bytes:
        """See Store; on S3 one request, with the etag as its condition."""
        if self._is_s3 and info.etag and length > 0:
            return self._block(info.key, start, length, info.etag).data
        return super().read_version(info, start, length)

    def write(self, key: str, data: bytes) -> None:
        """See Store; never through an open file, for an error in its block would commit what was written so far."""
        path = self._path(key)
        self._try(key, lambda: self._fs.pipe_file(path, data))

    def create(self, key: str, data: bytes) -> bool:
        """See Store; refused by an object that equals ``data``, it was our own try whose answer got lost."""
        path = self._path(key)
        return bool(self._try(key, lambda: self._create(path, data)))

    def _create(self, path: str, data: bytes) -> bool:
        try:
            self._fs.pipe_file(path, data, mode="create")
        except OUTSIDE_ERRORS as error:
            # The same refusal is FileExistsError on one server and OSError(22) on another; 409 may come without an object.
            if not isinstance(error, FileExistsError) and http_status(error) not in REFUSED_CREATE:
                raise
            return self._is_ours(path, data, error)
        return True

    def _is_ours(self, path: str, data: bytes, refusal: Exception) -> bool:
        try:
            if not self._is_s3:
                return bool(bytes(self._fs.cat_file(path)) == data)
            found = s3_block(self._fs, path, 0, len(data) + 1)
        except FileNotFoundError:
            # A conflict with a writer that failed, or an object deleted since: the next try can win.
            raise OSError(errno.EBUSY, "refused, and yet there is no object") from refusal
        return found.total_bytes == len(data) and found.data == data

    def copy(self, source: str, target: str) -> None:
        """See Store; done by the server."""
        paths = self._path(source), self._path(target)
        self._try(source, lambda: self._fs.cp_file(*paths))

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """See Store; sorted here, for not every server lists in the order of bytes."""
        start = self._path(prefix).rstrip("/") if prefix else self._root
        found = self._try(prefix, lambda: self._fs.find(start, detail=True))
        cut = len(self._root) + 1
        entries = [
            (path[cut:], entry)
            for path, entry in found.items()
            if path[cut:] and path[cut:].startswith(prefix) and not path.endswith("/")
        ]
        for key, entry in sorted(entries, key=lambda item: item[0].encode()):
            yield ObjectInfo(key, entry["size"] or 0, str(entry.get("ETag", "")).strip('"'))

    def info(self, key: str) -> ObjectInfo:
        """See Store."""
        path = self._path(key)
        entry = self._try(key, lambda: self._file_info(path))
        etag = entry.get("ETag") or entry.get("etag") or entry.get("mtime") or ""
        return ObjectInfo(key, entry["size"] or 0, str(etag).strip('"'))

    def _file_info(self, path: str) -> dict[str, Any]:
        try:
            entry: dict[str, Any] = self._fs.info(path)
        except OSError as error:
            if self._is_s3 and http_status(error) in NAMELESS:
                s3_block(self._fs, path, 0, 1)
            raise
        if entry["type"] != "file":
            raise FileNotFoundError(path)
        return entry

    def delete(self, key: str) -> None:
        """See Store."""
        path = self._path(key)
        self._try(key, lambda: self._delete(path))

    def _delete(self, path: str) -> None:
        try:
            self._fs.rm_file(path)
        except FileNotFoundError:
            return
