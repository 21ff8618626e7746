"""A folder as a store: every object appears whole, by renaming, and temporary files are never listed."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from tasks.errors import FixTheRun, RetryLater
from tasks.storage.base import NotFound, ObjectInfo, Replaced, Store, checked_key
from tasks.storage.streams import ExactReader

SAMPLE_BYTES = 64 * 1024
TEMPORARY = ".writing-"
# What waiting does not mend: a person has to.
REFUSING = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC: "no space left", errno.EDQUOT: "the quota is used up", errno.EFBIG: "no larger files are allowed"}

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

    def open_exact(self, key: str, fetched: Callable[[int], None] = lambda _: None) -> BinaryIO:
        """See Store; a file that is replaced by renaming is read to its old end."""
        stream = self._try(key, lambda path: path.open("rb", buffering=0))

        def fetch(start: int, length: int) -> bytes:
            data = self._try(key, lambda _: os.pread(stream.fileno(), length, start))
            if len(data) < length:
                raise Replaced(f"{self.url}/{key} was cut short while it was read: its shard starts anew")
            fetched(len(data))
            return data

        return cast(BinaryIO, ExactReader(os.fstat(stream.fileno()).st_size, fetch, stream.close))

    def write(self, key: str, data: bytes) -> None:
        """See Store; on disk, and in the folder's own record, when this returns."""
        self._put(key, lambda temporary: _fill(temporary, data), os.replace)

    def create(self, key: str, data: bytes) -> bool:
        """See Store; of many writers, on however many machines, link() lets one win."""
        try:
            self._put(key, lambda temporary: _fill(temporary, data), os.link)
        except FileExistsError:
            # NFS can lose the answer to a link() that was done, and then refuse the second try: it is ours all the same.
            with contextlib.suppress(NotFound):
                return self.read(key) == data
            return False
        return True

    def copy(self, source: str, target: str) -> None:
        """See Store; one file under two names where the file system can do that, for files are replaced and never changed."""
        path = self._root / checked_key(source)
        self._put(target, lambda temporary: _link(path, temporary), os.replace)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """See Store; etags are left empty, linked folders are followed, one that cannot be read raises."""
        start = self._root / checked_key(prefix) if prefix else self._root
        with plain_errors(start):
            found = [*self._files_below(start)]
        yield from sorted(found, key=lambda info: info.key.encode("utf-8", "surrogateescape"))

    def _files_below(self, start: Path) -> Iterator[ObjectInfo]:
        for folder, folders, names in os.walk(start, onerror=_raise_unless_gone, followlinks=True):
            folders[:] = [name for name in folders if not name.startswith(".") and not _leads_back(Path(folder), name)]
            for name in names:
                path = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):
                    if not name.startswith(".") and path.is_file():
                        yield ObjectInfo(path.relative_to(self._root).as_posix(), path.stat().st_size, "")

    def info(self, key: str) -> ObjectInfo:
        """See Store; the etag is that of ``content_etag``."""
        return self._try(key, lambda path: ObjectInfo(key, path.stat().st_size, content_etag(path)))

    def exists(self, key: str) -> bool:
        """See Store."""
        return self._try(key, lambda path: path.is_file())

    def delete(self, key: str) -> None:
        """See Store."""
        with contextlib.suppress(NotFound):
            self._try(key, lambda path: path.unlink())

    def _try(self, key: str, action: Callable[[Path], Found]) -> Found:
        path = self._root / checked_key(key)
        with plain_errors(path):
            return action(path)

    def _put(self, key: str, fill: Callable[[Path], None], publish: Callable[[Path, Path], None]) -> None:
        path = self._root / checked_key(key)
        temporary = path.with_name(f"{TEMPORARY}{os.urandom(8).hex()}")
        with plain_errors(path):
            _make_folder(path.parent)
            try:
                fill(temporary)
                publish(temporary, path)
                _sync_folder(path.parent)
            except IsADirectoryError as error:
                raise FixTheRun(f"{path} cannot be written: it is a folder") from error
            finally:
                temporary.unlink(missing_ok=True)


def _fill(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _link(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        _fill(path, source.read_bytes())


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
        if error.errno in FULL:
            raise FixTheRun(f"{FULL[error.errno]} at {path}: make room, and start the same command again") from error
        if error.errno in REFUSING:
            raise FixTheRun(message) from error
        raise RetryLater(message) from error


def _raise_unless_gone(error: OSError) -> None:
    # os.walk is silent by default: a listing with a hole in it would pass for the whole.
    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
        raise error


def _leads_back(folder: Path, name: str) -> bool:
    path = folder / name
    return path.is_symlink() and (folder.resolve() / "x").is_relative_to(path.resolve())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise FixTheRun(f"{folder} cannot be made: a file is in its way") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot do this to a folder, and need it no more than they can.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(descriptor)
