"""HTML and text files packed into one: zip, tar, tar.gz, tar.bz2, tar.xz, tar.zst. A shard is a file, a capture an entry.

The option ``url_prefix`` makes addresses of the entries' paths; without it they stand behind ``!/`` in the packed file.
"""

from collections.abc import Iterator
from contextlib import closing

from tasks.archive.reading import Reading, ReadLimits
from tasks.shards import Shard
from tasks.sources import wacz_files
from tasks.sources._opening import open_ahead, open_exactly
from tasks.sources._tar_entries import BLOCK, TarReader, is_tar
from tasks.sources._unpacked import unpacked, unpacked_head
from tasks.sources._zip_directory import ZIP_MAGICS, read_directory
from tasks.sources._zip_entries import read_zip
from tasks.storage import Store

ABOUT = "HTML or text files in a zip or tar"
OPTIONS = ("url_prefix",)


def recognise(head: bytes, name: str) -> bool:
    """Whether a zip that is no WACZ begins here, or a tar, packed or not."""
    if head.startswith(ZIP_MAGICS):
        return not wacz_files.recognise(head, name)
    return is_tar(unpacked_head(head, BLOCK))


def read(store: Store, shard: Shard, limits: ReadLimits, start: int) -> Iterator[Reading]:  # noqa: ARG001
    """The entries in the order in which they lie in the file; positions are those of their headers, in a tar unpacked."""
    with closing(open_ahead(shard)) as stream:
        if stream.read(4) in ZIP_MAGICS:
            with closing(open_exactly(shard)) as exact:
                directory = read_directory(exact, shard.url)
            yield from read_zip(stream, directory, shard, limits, start)
        else:
            yield from TarReader(unpacked(stream), shard, limits).readings(start)
