"""WACZ: a zip of WARC files and indexes. A shard is one WARC inside, read where it lies."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import BinaryIO

from tasks.archive.frames import Frames, deflate_frame
from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.archive.repacked import Repacked
from tasks.errors import BrokenShard
from tasks.shards import Shard, shard_name
from tasks.sources._opening import open_exactly, open_window, size_of
from tasks.sources._zip_directory import DEFLATED, STORED, ZIP_MAGICS, ZipEntry, data_start, names_in_head, read_directory
from tasks.storage import Store

ABOUT = "WACZ web archive"
_ARCHIVE = re.compile(r"archive/.+\.w?arc(\.gz|\.zst)?", re.IGNORECASE | re.DOTALL)
_SIGN = re.compile(
    rf"{_ARCHIVE.pattern}|indexes/[^/]+\.(cdxj?|idx)(\.gz)?|pages/(pages|extraPages)\.jsonl", re.IGNORECASE | re.DOTALL
)


def recognise(head: bytes, name: str) -> bool:
    """Whether it is a zip that begins with what only a WACZ holds; its name where other entries come first."""
    if not head.startswith(ZIP_MAGICS):
        return False
    return name.lower().endswith(".wacz") or any(_SIGN.fullmatch(entry) for entry in names_in_head(head))


def shards(shard: Shard) -> list[Shard]:
    """One for each WARC inside; raises BrokenShard where there is none, or no whole directory."""
    with closing(open_exactly(shard)) as stream:
        members = _members(stream, shard.url)
        return [_shard_of(stream, shard, member) for member in members.values()]


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:  # noqa: ARG001
    """The records of one WARC: positions are bytes of the file, of the unpacked WARC where it is packed once more."""
    with closing(open_exactly(shard)) as stream:
        if shard.span:
            first, end = shard.span
            yield from read_archive(open_window(stream, first, end), shard.url, limits, start, first)
            return
        member = _members(stream, shard.url).get(shard.option("member"))
        if member is None:
            raise BrokenShard(f"{shard.url} holds no {shard.option('member')!r}, which the shard names")
        yield from read_archive(_unpacked(stream, shard.url, member), shard.url, limits, start)


def _members(stream: BinaryIO, url: str) -> dict[str, ZipEntry]:
    entries = [entry for entry in read_directory(stream, url).entries() if _ARCHIVE.fullmatch(entry.name)]
    if not entries:
        raise BrokenShard(f"{url} holds no archive/*.warc.gz")
    return {entry.name: entry for entry in entries}


def _shard_of(stream: BinaryIO, shard: Shard, member: ZipEntry) -> Shard:
    span = None
    if member.method == STORED and not member.is_encrypted:
        first = _data_start(stream, shard.url, member)
        span = (first, min(first + member.packed_bytes, size_of(stream)))
    name, options = f"{shard.name}-{shard_name(member.name)}", (*shard.options, ("member", member.name))
    return replace(shard, name=name, options=options, span=span)


def _data_start(stream: BinaryIO, url: str, member: ZipEntry) -> int:
    try:
        return data_start(stream, member)
    except ValueError as error:
        raise BrokenShard(f"{url}: {member.name!r} is damaged: {error}") from error


def _unpacked(stream: BinaryIO, url: str, member: ZipEntry) -> Repacked:
    if member.is_encrypted or member.method != DEFLATED:
        why = "is encrypted" if member.is_encrypted else f"is packed by method {member.method}"
        raise BrokenShard(f"{url}: {member.name!r} {why}, which cannot be read")
    first = _data_start(stream, url, member)
    window = open_window(stream, first, first + member.packed_bytes)
    return Repacked(window, lambda packed: Frames(packed, deflate_frame))
