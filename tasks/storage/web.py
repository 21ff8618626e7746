"""A folder of the web as a store: read only, without listings, every answer checked against what its head promises."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import aiohttp
from fsspec.asyn import sync

from tasks.errors import FixTheRun
from tasks.storage.base import ObjectInfo, Replaced, Store, checked_key, shown
from tasks.storage.blocks import Block, CutShort, check_length
from tasks.storage.objects import make_filesystem
from tasks.storage.retrying import RetryPolicy, with_retries

# Guests ask again after a second at the earliest.
WAITS_SECONDS = (2, 4, 8, 16, 30)
# As stored: an encoding of the transfer would be undone unseen, and every offset with it.
AS_STORED = {"Accept-Encoding": "identity"}
# What a HEAD may say that asking again by GET would only repeat.
FINAL = {404, 410, 429, 500, 502, 503, 504}

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class WebRange:
    """Which bytes of an address are wanted; all of them where ``length`` is None."""

    address: str
    start: int = 0
    length: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What asks for them."""
        return AS_STORED if self.length is None else {**AS_STORED, "Range": f"bytes={self.start}-{self.start + self.length - 1}"}


class WebStore(Store):
    """Files below a web address, which may be a signed one."""

    is_listable = False

    def __init__(self, url: str, policy: RetryPolicy | None = None) -> None:
        """``url`` begins with http:// or https://."""
        self.url = url.rstrip("/")
        self._fs = make_filesystem(url.partition("://")[0])
        self._policy = policy or RetryPolicy(WAITS_SECONDS)

    def read(self, key: str) -> bytes:
        """See Store; one request."""
        return self._get(key).data

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """See Store; one request."""
        return self._get(key, start, length).data if length > 0 else b""

    def read_version(self, info: ObjectInfo, start: int, length: int) -> bytes:
        """See Store; one request, whose answer tells the version."""
        if length <= 0:
            return b""
        block = self._get(info.key, start, length)
        if (block.total_bytes, block.etag) != (info.size_bytes, info.etag):
            raise Replaced(f"{shown(f'{self.url}/{info.key}')} was replaced while it was read: its shard starts anew")
        return block.data

    def info(self, key: str) -> ObjectInfo:
        """See Store; where a server will not say by HEAD, the first byte is asked for."""
        address = self._address(key)
        found: ObjectInfo = self._try(key, lambda: sync(self._fs.loop, _look_up, self._fs, address, key))
        return found

    def _address(self, key: str) -> str:
        return f"{self.url}/{checked_key(key)}"

    def _get(self, key: str, start: int = 0, length: int | None = None) -> Block:
        wanted = WebRange(self._address(key), start, length)
        block: Block = self._try(key, lambda: sync(self._fs.loop, _fetch, self._fs, wanted))
        return block

    def _try(self, key: str, action: Callable[[], Found]) -> Found:
        return with_retries(self._policy, shown(f"{self.url}/{key}"), action)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise FixTheRun(f"{shown(self.url)}: the web is read only, and has no listings")

    write = create = list = delete = _refuse


async def _fetch(filesystem: Any, wanted: WebRange) -> Block:
    session = await filesystem.set_session()
    async with session.get(filesystem.encode_url(wanted.address), headers=wanted.headers) as answer:
        if answer.status == 416:  # the range begins behind the object's end
            return Block(b"", 0, "")
        answer.raise_for_status()
        if wanted.length is not None and answer.status != 206 and not _is_within(answer, wanted.start, wanted.length):
            # Not read on: it may be a terabyte.
            raise FixTheRun(f"{shown(wanted.address)}: the server sends the whole object where a range was asked for")
        data = await answer.read()
    return _checked(wanted, answer, data)


def _is_within(answer: aiohttp.ClientResponse, start: int, length: int) -> bool:
    """Whether the whole object is no more than what was asked for."""
    return not start and answer.content_length is not None and answer.content_length <= length


def _checked(wanted: WebRange, answer: aiohttp.ClientResponse, data: bytes) -> Block:
    span = answer.headers.get("Content-Range", "")
    if answer.status == 206 and not span.startswith(f"bytes {wanted.start}-"):
        raise CutShort(f"{shown(wanted.address)}: other bytes came than were asked for")
    total = span.rpartition("/")[2]
    total_bytes = int(total) if total.isdigit() else wanted.start + len(data)
    left = total_bytes - wanted.start
    check_length(shown(wanted.address), len(data), left if wanted.length is None else min(wanted.length, left))
    return Block(data, total_bytes, _etag(answer))


async def _look_up(filesystem: Any, address: str, key: str) -> ObjectInfo:
    session = await filesystem.set_session()
    async with session.head(filesystem.encode_url(address), headers=AS_STORED, allow_redirects=True) as answer:
        size = answer.headers.get("Content-Length", "")
        if answer.status == 200 and size.isdigit():
            return ObjectInfo(key, int(size), _etag(answer))
        if answer.status in FINAL:
            answer.raise_for_status()
    # A signed address is often signed for GET alone, and some servers do not count what they make as they go.
    block = await _fetch(filesystem, WebRange(address, 0, 1))
    return ObjectInfo(key, block.total_bytes, block.etag)


def _etag(answer: aiohttp.ClientResponse) -> str:
    return answer.headers.get("ETag", "").strip('"')
