"""Blocks of the URL index: neighbours are fetched in one request, and unpacked one by one."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tasks.common_crawl.cluster import CONTENTS, Block
from tasks.errors import BrokenShard

RUN_BYTES = 4 * 1024 * 1024


def runs_of(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Neighbours of one file together, up to 4 MiB."""
    run: list[Block] = []
    for block in blocks:
        if run and not _follows(run, block):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _follows(run: list[Block], block: Block) -> bool:
    last = run[-1]
    is_next = (block.file, block.offset) == (last.file, last.offset + last.length)
    return is_next and block.offset + block.length - run[0].offset <= RUN_BYTES


def unpack(stream: BinaryIO, run: list[Block], address: str) -> Iterator[list[bytes]]:
    """The lines of each block of a run, one request for all; raises BrokenShard, naming the bytes."""
    stream.seek(run[0].offset)
    data = stream.read(sum(block.length for block in run))
    for block in run:
        start = block.offset - run[0].offset
        lines = _unpack(data[start : start + block.length], block, address)
        # Else the table of contents is of another index than the blocks, and what is not found may well be there.
        if not lines or lines[0].partition(b" ")[0] != block.surt:
            raise BrokenShard(f"{address} does not begin with {block.surt[:80]!r} at byte {block.offset}, as {CONTENTS} says")
        yield lines


def _unpack(data: bytes, block: Block, address: str) -> list[bytes]:
    try:
        return [line for line in gzip.decompress(data).split(b"\n") if line]
    except (OSError, EOFError, zlib.error) as error:
        span = f"{block.offset}-{block.offset + block.length - 1}"
        raise BrokenShard(f"{address} is damaged in bytes {span}: {error}") from error
