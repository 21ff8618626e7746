"""A folder as a store: every object appears whole, by renaming, and temporary files are never listed."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from tasks.errors import FixTheRun, RetryLater
from tasks.storage.base import NotFound, ObjectInfo, Store, checked_key

SAMPLE_BYTES = 64 * 1024
TEMPORARY = ".writing-"

Found = TypeVar("Found")


class FolderStore(Store):
    """Objects are files below one folder; folders are made as needed. Hidden files are not objects."""

    def __init__(self, folder: str) -> None:
        """``folder`` need not be there yet."""
        self._root = Path(os.path.abspath(os.path.expanduser(folder)))  # noqa: PTH100, PTH111  (Path.resolve follows links)
        self.url = str(self._root)

    def read(self, key: str) -> bytes:
        """See Store."""
        return self._try(key, lambda path: path.read_bytes())

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """See Store."""
        with self.open(key) as stream:
            stream.seek(start)
            return stream.read(length)

    def open(self, key: str) -> BinaryIO:
        """The file itself; a file that is replaced by renaming is read to its old end."""
        return self._try(key, lambda path: path.open("rb"))

    def write(self, key: str, data: bytes) -> None:
        """See Store; on disk, and in the folder's own record, when this returns."""
        self._put(key, data, os.replace)

    def create(self, key: str, data: bytes) -> bool:
        """See Store; of many writers, on however many machines, link() lets one win."""
        try:
            self._put(key, data, os.link)
        except FileExistsError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """See Store; etags are left empty."""
        found = []
        for folder, folders, names in os.walk(self._root / prefix):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):
                    if not name.startswith(".") and path.is_file():
                        found.append(ObjectInfo(path.relative_to(self._root).as_posix(), path.stat().st_size, ""))
        yield from sorted(found, key=lambda info: info.key.encode("utf-8", "surrogateescape"))

    def info(self, key: str) -> ObjectInfo:
        """See Store; the etag is that of ``content_etag``."""
        return self._try(key, lambda path: ObjectInfo(key, path.stat().st_size, content_etag(path)))

    def exists(self, key: str) -> bool:
        """See Store."""
        return (self._root / checked_key(key)).is_file()

    def delete(self, key: str) -> None:
        """See Store."""
        with contextlib.suppress(NotFound):
            self._try(key, lambda path: path.unlink())

    def _try(self, key: str, action: Callable[[Path], Found]) -> Found:
        path = self._root / checked_key(key)
        with plain_errors(path):
            return action(path)

    def _put(self, key: str, data: bytes, publish: Callable[[Path, Path], None]) -> None:
        path = self._root / checked_key(key)
        temporary = path.with_name(f"{TEMPORARY}{os.urandom(8).hex()}")
        with plain_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with temporary.open("wb") as stream:
                    stream.write(data)
                    stream.flush()
                    os.fsync(stream.fileno())
                publish(temporary, path)
                _sync_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)


def content_etag(path: Path) -> str:
    """SHA-256 over size, first and last 64 KiB: survives a copy or a touch; a change in the middle alone stays unseen."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(0, size - SAMPLE_BYTES)):
            stream.seek(start)
            digest.update(stream.read(SAMPLE_BYTES))
    return digest.hexdigest()[:32]


@contextlib.contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors into ours, one line each; FileExistsError passes."""
    try:
        yield
    except FileExistsError:
        raise
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFound(f"there is no file {path}") from error
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise FixTheRun(message) from error
        raise RetryLater(message) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
