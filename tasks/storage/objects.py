"""Object stores by way of fsspec: S3 with settings that were measured, others as they come."""

from collections.abc import Iterator
from typing import Any

import fsspec
import s3fs

from tasks.errors import FixTheRun
from tasks.storage.base import BLOCK_BYTES, ObjectInfo, Store, checked_key
from tasks.storage.retrying import OUTSIDE_ERRORS, RetryPolicy, http_status, with_retries

S3_OPTIONS: dict[str, Any] = {
    # The cache never expires and hides what other processes wrote.
    "use_listings_cache": False,
    "default_block_size": BLOCK_BYTES,
    # Retries multiply, botocore's with s3fs' with ours: one layer of them is ours.
    "config_kwargs": {
        "retries": {"mode": "standard", "total_max_attempts": 1},
        "max_pool_connections": 32,
        "connect_timeout": 5,
        "read_timeout": 60,
    },
}
PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}
REFUSED_CREATE = {409, 412}


def make_filesystem(scheme: str) -> Any:
    """The fsspec filesystem for a scheme; raises FixTheRun that names the package when it is not installed."""
    if scheme == "s3":
        filesystem = s3fs.S3FileSystem(**S3_OPTIONS)
        filesystem.retries = 1
        return filesystem
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        package = PACKAGES.get(scheme)
        hint = f"pip install {package}" if package else "use a folder, s3://, gs://, abfs:// or https://"
        raise FixTheRun(f"{scheme}:// addresses are not to be had here: {hint}") from error


class ObjectStore(Store):
    """A bucket and prefix (or a web folder, read only). Credentials and endpoint come from the environment alone."""

    def __init__(self, url: str, policy: RetryPolicy | None = None) -> None:
        """``url``: scheme://bucket/prefix without user or password."""
        self.url = url.rstrip("/")
        scheme, _, path = self.url.partition("://")
        self._fs = make_filesystem(scheme)
        # http keeps the whole address as its path, the others drop the scheme.
        self._root = self.url if scheme in {"http", "https"} else path
        self._policy = policy or RetryPolicy()

    def _path(self, key: str) -> str:
        return f"{self._root}/{checked_key(key)}"

    def _try(self, key: str, action: Any) -> Any:
        return with_retries(self._policy, f"{self.url}/{key}", action)

    def read(self, key: str) -> bytes:
        """See Store."""
        path = self._path(key)
        return bytes(self._try(key, lambda: self._fs.cat_file(path)))

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """See Store; one request."""
        path = self._path(key)
        return bytes(self._try(key, lambda: self._cat_range(path, start, start + length))) if length > 0 else b""

    def _cat_range(self, path: str, start: int, end: int) -> bytes:
        try:
            return bytes(self._fs.cat_file(path, start=start, end=end))
        except OSError as error:
            if http_status(error) == 416:  # the range begins behind the object's end
                return b""
            raise

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
            return bool(bytes(self._fs.cat_file(path)) == data)
        return True

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """See Store; sorted here, for not every server lists in the order of bytes."""
        start = f"{self._root}/{prefix}".rstrip("/")
        found = self._try(prefix, lambda: self._fs.find(start, detail=True))
        cut = len(self._root) + 1
        entries = [(path[cut:], entry) for path, entry in found.items() if len(path) > cut and not path.endswith("/")]
        for key, entry in sorted(entries, key=lambda item: item[0].encode()):
            yield ObjectInfo(key, entry["size"] or 0, str(entry.get("ETag", "")).strip('"'))

    def info(self, key: str) -> ObjectInfo:
        """See Store."""
        path = self._path(key)
        entry = self._try(key, lambda: self._file_info(path))
        etag = entry.get("ETag") or entry.get("etag") or entry.get("mtime") or ""
        return ObjectInfo(key, entry["size"] or 0, str(etag).strip('"'))

    def _file_info(self, path: str) -> dict[str, Any]:
        entry: dict[str, Any] = self._fs.info(path)
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
