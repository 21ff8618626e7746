"""Reading a shard, whatever it is made of: the source that the shard names does it.

A source is a module of tasks/sources with

- ``ABOUT``: what it reads, in a few words;
- ``recognise(head, name)``: whether a file is of its kind, by its first 64 KiB and, where these leave it open, its name;
- ``read(store, shard, limits, start)``: the shard's readings from a position on, positions growing, 0 the beginning. A capture's
  position is its ``warc_offset``, and ``next_offset`` of a reading is the position of the next;
- ``places(store, shard)``, where that is not so: the position of every capture by its file and offset.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from tasks.archive.reading import Reading, ReadLimits
from tasks.components import load_component
from tasks.lists import FileOffset
from tasks.shards import Shard
from tasks.storage import Store


def read_shard(store: Store, shard: Shard, limits: ReadLimits, start: int = 0) -> Generator[Reading, None, None]:
    """Every record of a shard from a position on; raises what the storage raises. Close it where it is not read to its end."""
    yield from load_component("sources", shard.reader).read(store, shard, limits, start)


def reading_at(store: Store, shard: Shard, limits: ReadLimits, position: int) -> Reading | None:
    """The one reading at a position; None where the shard ends before it."""
    with closing(read_shard(store, shard, limits, position)) as readings:
        return next(readings, None)


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the captures of a shard stand in it; ``listed`` is None where the file is the shard's own."""

    listed: dict[FileOffset, int] | None

    def of(self, file: str, offset: int) -> int:
        """Position of the capture at these coordinates; -1 where the shard's list has none."""
        return offset if self.listed is None else self.listed.get((file, offset), -1)


def positions_of(store: Store, shard: Shard) -> Positions:
    """Positions of a shard's captures; reads its list, where it is one."""
    places = getattr(load_component("sources", shard.reader), "places", None)
    return Positions(places(store, shard) if places else None)
