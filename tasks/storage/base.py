"""What a store is: bytes under keys, written whole, listed in order. The rest of the project sees only this."""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from tasks.errors import FixTheRun, PressError, RetryLater
from tasks.storage.streams import BlockReader, ExactReader


class NotFound(PressError):
    """There is no object under this key."""


class Refused(RetryLater):
    """A web server says 401 or 403: it refuses us, or hides that there is no such object."""


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
    ``access``: "", or how a public bucket is read (see ``open_store``).
    """

    url: str
    access: str = ""
    # Whether it can be asked what it holds: the web cannot.
    is_listable = True

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

    def copy(self, source: str, target: str) -> None:
        """Put what lies under one key under another, too, whole or not at all; stores that can do so move no bytes."""
        self.write(target, self.read(source))

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

    def open_exact(self, key: str, fetched: Callable[[int], None] = lambda _: None) -> BinaryIO:
        """The object as a seekable stream that fetches what is read alone; ``fetched`` is told the bytes of each fetch.

        It holds one version throughout: raises RetryLater when the object is replaced meanwhile.
        """
        info = self.info(key)

        def fetch(start: int, length: int) -> bytes:
            data = self.read_version(info, start, length)
            fetched(len(data))
            return data

        return cast(BinaryIO, ExactReader(info.size_bytes, fetch))

    def __reduce__(self) -> tuple[Callable[[str, str], "Store"], tuple[str, str]]:
        """Pickle the address and the way of access alone: a connection or a secret never travels."""
        from tasks.storage import open_store  # noqa: PLC0415

        return open_store, (self.url, self.access)


def checked_key(key: str) -> str:
    """The key itself; raises ValueError for one that is absolute, leaves the root, or is empty."""
    if not key or key.startswith("/") or any(part in {"", ".", ".."} for part in key.rstrip("/").split("/")):
        raise ValueError(f"{key!r} is no key below a root")
    return key


def shown(address: str) -> str:
    """An address as a message may repeat it: what follows a web address's ? may be a signature."""
    return address.partition("?")[0] if address.startswith(("http://", "https://")) else address


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
