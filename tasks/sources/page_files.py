"""Loose files, a page or a plain text each: a shard is a list of up to 500 of them."""

from collections.abc import Iterator
from urllib.parse import quote

from tasks.archive.reading import Reading, ReadLimits
from tasks.errors import RetryLater
from tasks.lists import FileOffset, Listed, list_shard, make_list, parse_list, places_in, read_list
from tasks.pages.classify import NOT_HTML_MAGIC
from tasks.reasons import Reason, Stage
from tasks.records import Capture, Coordinates, Rejection
from tasks.selection import Found
from tasks.shards import Shard
from tasks.sources._entries import TEXT, content_type
from tasks.storage import NotFound, ObjectInfo, Store, open_object

ABOUT = "HTML or plain-text file"
READER = "page_files"
FILES_PER_LIST = 500
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def recognise(head: bytes, name: str) -> bool:
    """HTML by its first bytes, or a page or plain text by its name, where no other kind of file begins there."""
    is_binary = head.startswith(NOT_HTML_MAGIC) or (b"\0" in head[:1024] and not head.startswith(UTF16_MARKS))
    return bool(head.strip()) and not is_binary and content_type(name, head) is not None


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:
    """The listed files in turn; a position is a place in the list."""
    for position, row in enumerate(read_list(store, shard)[start:], start):
        yield Reading("file", _found(row, limits, shard.option("access")), position + 1)


def places(store: Store, shard: Shard) -> dict[FileOffset, int]:
    """Where in the list each file stands."""
    return places_in(read_list(store, shard))


def _found(row: Listed, limits: ReadLimits, access: str) -> Capture | Rejection:
    at = Coordinates(row.file, 0, row.length, None)
    if row.length > limits.max_record_bytes:
        return Rejection(row.url, None, Stage.READ, Reason.PAYLOAD_TOO_BIG, f"a file of {row.length} bytes", at)
    source, key = open_object(row.file, access)
    try:
        body = source.read(key)
        now = source.info(key)
    except NotFound:
        return Rejection(row.url, None, Stage.READ, Reason.MISSING_UPSTREAM, "the file is gone", at)
    if (now.size_bytes, now.etag) != (row.length, row.etag):
        raise RetryLater(f"{row.file} was replaced after the run was planned: start the run again")
    kind = content_type(key, body) or "application/octet-stream"
    return Capture(row.url, None, "file", None, (("Content-Type", kind),), body, None, at, is_plain_text=kind == TEXT)


def add_lists(store: Store, found: Found, source: str, rows: dict[str, Listed], access: str) -> None:
    """Put files (rows by file) into lists: those of an earlier plan stay in theirs, so that new files never move finished work.

    A list with a file that was replaced is made anew, whole.
    """
    rows, kept = dict(rows), set[str]()
    for info in store.list(f"state/lists/{source}/"):
        known = parse_list(store.read(info.key), info.key)
        if not any(row.file in rows for row in known):
            continue
        name = info.key.rsplit("/", 1)[-1].removesuffix(".jsonl.gz")
        if all(rows.setdefault(row.file, row) == row for row in known):
            found.shards.append(list_shard(name, source, READER, known, access))
            kept.update(row.file for row in known)
        else:
            found.outdated.append(name)
    left = [rows[file] for file in sorted(rows.keys() - kept)]
    for first in range(0, len(left), FILES_PER_LIST):
        part = left[first : first + FILES_PER_LIST]
        shard, data = make_list(part[0].file.rsplit("/", 2)[-2], source, READER, part, access)
        found.shards.append(shard)
        found.lists[shard.url] = data


def listed(url: str, info: ObjectInfo, prefix: str, folder: str) -> Listed:
    """A file as a row of a list; its URL is ``prefix`` and its path below ``folder``, or its own address."""
    path = (url.removeprefix(folder) if folder else url.rsplit("/", 1)[-1]).lstrip("/")
    own = url if "://" in url else f"file://{quote(url)}"
    return Listed(f"{prefix}{quote(path)}" if prefix else own, url, 0, info.size_bytes, info.etag)
