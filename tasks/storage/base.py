"""What a store is: bytes under keys, written whole, listed in order. The rest of the project sees only this."""

import errno
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tasks.errors import FixTheRun, PressError, RetryLater

FIRST_BLOCK_BYTES = 256 * 1024
# Measured: 16 MiB blocks read at 654 MB per CPU second through s3fs, 5 MB blocks at 448.
BLOCK_BYTES = 16 * 1024 * 1024


class NotFound(PressError):
    """There is no object under this key."""


class Replaced(RetryLater):
    """The object became another one between two reads of it."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object as listed: key below the root, size in bytes, etag (empty where a listing does not tell)."""

    key: str
    size_bytes: int
    etag: str


class Store(ABC):
    """Bytes under keys ("/" separated, relative).

    Raises NotFound, RetryLater when its own retries are used up, FixTheRun, and ValueError for a key that cannot be one.
    """

    url: str

    @abstractmethod
    def read(self, key: str) -> bytes:
        """The whole object."""

    @abstractmethod
    def read_range(self, key: str, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``, fewer only at the object's end."""

    @abstractmethod
    def write(self, key: str, data: bytes) -> None:
        """Put an object, whole or not at all, in place of what is there."""

    @abstractmethod
    def create(self, key: str, data: bytes) -> bool:
        """Put an object only if there is none; False when there is. ``data`` must be unique to the caller (hold a token)."""

    @abstractmethod
    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """All objects below a prefix that ends with "/" (or is empty), in the order of their keys' UTF-8 bytes."""

    @abstractmethod
    def info(self, key: str) -> ObjectInfo:
        """Size and etag of one object."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""

    def exists(self, key: str) -> bool:
        """Whether there is an object under this key."""
        try:
            self.info(key)
        except NotFound:
            return False
        return True

    def read_version(self, info: ObjectInfo, start: int, length: int) -> bytes:
        """A range of the very object that ``info`` tells of; raises Replaced when another one is there now."""
        data = self.read_range(info.key, start, length)
        if len(data) < min(length, info.size_bytes - start) or self.info(info.key) != info:
            raise Replaced(f"{shown(f'{self.url}/{info.key}')} was replaced while it was read: its shard starts anew")
        return data

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream that reads blocks ahead; raises RetryLater when it is replaced meanwhile."""
        return io.BufferedReader(BlockReader(self, key), buffer_size=64 * 1024)

    def __reduce__(self) -> tuple[Callable[[str], "Store"], tuple[str]]:
        """Pickle the address alone: a connection or a secret never travels."""
        from tasks.storage import open_store  # noqa: PLC0415

        return open_store, (self.url,)


def checked_key(key: str) -> str:
    """The key itself; raises ValueError for one that is absolute, leaves the root, or is empty."""
    if not key or key.startswith("/") or any(part in {"", ".", ".."} for part in key.rstrip("/").split("/")):
        raise ValueError(f"{key!r} is no key below a root")
    return key


def shown(address: str) -> str:
    """An address as a message may repeat it: what follows a web address's ? may be a signature."""
    return address.partition("?")[0] if address.startswith(("http://", "https://")) else address


class BlockReader(io.RawIOBase):
    """Reads an object by ranged reads: a small first block, for heads are sniffed, then large ones; each is retried on its own."""

    def __init__(self, store: Store, key: str) -> None:
        """Looks the object up once; raises NotFound."""
        self._store, self._key = store, key
        self._info = store.info(key)
        self._position = 0
        self._block, self._block_start = b"", 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Offset of the next byte."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; nothing is fetched before the next read."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._info.size_bytes}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "no place before the start")
        self._position = base + offset
        return self._position

    def readinto(self, target: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Fill ``target`` out of the block, fetching the next one when it is used up."""
        found = self._ahead(len(target))
        target[: len(found)] = found
        return len(found)

    def readall(self) -> bytes:
        """All that is left, block by block: the inherited one asks for 8 KiB at a time."""
        return b"".join(iter(lambda: self._ahead(BLOCK_BYTES), b""))

    def _ahead(self, length: int) -> bytes:
        if self._position >= self._info.size_bytes:
            return b""
        inside = self._position - self._block_start
        if not 0 <= inside < len(self._block):
            self._fetch()
            inside = 0
        found = self._block[inside : inside + length]
        self._position += len(found)
        return found

    def _fetch(self) -> None:
        first = not self._block
        follows = self._position == self._block_start + len(self._block)
        length = FIRST_BLOCK_BYTES if first or not follows else BLOCK_BYTES
        length = min(length, self._info.size_bytes - self._position)
        self._block, self._block_start = self._store.read_version(self._info, self._position, length), self._position


def check_writable(store: Store) -> None:
    """Write, read back and delete a probe object below state/; raises FixTheRun with one line."""
    key, data = f"state/probe-{os.urandom(8).hex()}", os.urandom(16)
    try:
        store.write(key, data)
        found = store.read(key)
        store.delete(key)
    except (RetryLater, NotFound) as error:
        raise FixTheRun(f"cannot write to {store.url}: {error}") from error
    if found != data:
        raise FixTheRun(f"{store.url} gave back other bytes than were written")
