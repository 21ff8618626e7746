"""Ranged reads that know how long they must be: no answer that was cut short passes for the whole."""

from dataclasses import dataclass
from typing import Any

from fsspec.asyn import sync

from tasks.errors import FixTheRun
from tasks.storage.base import Replaced
from tasks.storage.retrying import OUTSIDE_ERRORS, http_status


class CutShort(OSError):
    """Fewer bytes came than the store holds there: worth another try."""


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes of an object, the size in bytes of all of it, and the etag of the version they are of."""

    data: bytes
    total_bytes: int
    etag: str


def s3_block(filesystem: Any, path: str, start: int, length: int, etag: str = "") -> Block:
    """One GET, of that version alone where ``etag`` is given; raises CutShort, Replaced, and whatever s3fs raises."""
    try:
        block: Block = sync(filesystem.loop, _get, filesystem, path, start, length, etag)
    except OSError as error:
        if http_status(error) == 416:  # the range begins behind the object's end
            return Block(b"", 0, etag)
        if http_status(error) == 412:
            raise Replaced(f"s3://{path} was replaced while it was read: its shard starts anew") from error
        raise
    check_length(path, len(block.data), min(length, block.total_bytes - start))
    return block


async def _get(filesystem: Any, path: str, start: int, length: int, etag: str) -> Block:
    bucket, key, _ = filesystem.split_path(path)
    condition = {"IfMatch": f'"{etag}"'} if etag else {}
    # cat_file would hide Content-Range, the one header that tells the object's true size in the same answer.
    answer = await filesystem._call_s3(
        "get_object", Bucket=bucket, Key=key, Range=f"bytes={start}-{start + length - 1}", **condition
    )
    async with answer["Body"] as body:
        data = await body.read()
    total = answer.get("ContentRange", "").rpartition("/")[2]
    if not total.isdigit():  # an empty object on some servers, or a server that ignores ranges
        total = (await filesystem._info(path))["size"]
        check_length(path, len(data), int(total))
        data = data[start : start + length]
    return Block(data, int(total), answer.get("ETag", "").strip('"'))


def plain_range(filesystem: Any, path: str, start: int, length: int) -> bytes:
    """A range by way of any fsspec store; the size is asked for only where fewer bytes came than were wanted."""
    try:
        data = bytes(filesystem.cat_file(path, start=start, end=start + length))
    except OUTSIDE_ERRORS as error:
        if http_status(error) == 416:
            return b""
        raise
    if len(data) > length:
        raise FixTheRun(f"{path}: the server sends the whole object where a range was asked for")
    if len(data) < length:
        check_length(path, len(data), min(length, (filesystem.info(path)["size"] or 0) - start))
    return data


def check_length(path: str, found: int, wanted: int) -> None:
    """Raises CutShort where fewer bytes came than there are."""
    if found < wanted:
        raise CutShort(f"{path}: {found} bytes came, {wanted} are there")
