"""WARC, ARC and WET archives: a shard is a file, or a slice of one."""

from collections.abc import Iterator
from contextlib import closing

from tasks.archive.reading import Reading, ReadLimits, read_archive
from tasks.archive.reading import recognise as kind_of_archive
from tasks.shards import Shard
from tasks.sources._opening import open_ahead
from tasks.sources._tar_entries import BLOCK, is_tar
from tasks.sources._unpacked import unpacked_head
from tasks.sources._zip_directory import ZIP_MAGICS
from tasks.storage import Store

ABOUT = "WARC, ARC or WET archive"


def recognise(head: bytes, name: str) -> bool:  # noqa: ARG001  (the bytes are enough)
    """Whether a record head stands where a record may begin, and not within a zip or tar."""
    is_packed = head.startswith(ZIP_MAGICS) or is_tar(unpacked_head(head, BLOCK))
    return not is_packed and kind_of_archive(head) is not None


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:  # noqa: ARG001
    """The records of the file; of a slice those that begin in it."""
    first, end = shard.span or (0, shard.size_bytes)
    with closing(open_ahead(shard)) as stream:
        for reading in read_archive(stream, shard.url, limits, max(start, first)):
            yield reading
            if shard.span and reading.next_offset >= end:
                return
