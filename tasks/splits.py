"""Big archives in slices: where they begin, found by one reading of the whole file without extraction.

Slices begin at records, so a slice is read as it would be within the whole. The one thing that a slice cannot see is whether a
body came earlier in another slice: that is noted here, so that the rows are the same however an archive is split.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from tasks.archive.reading import ReadLimits
from tasks.errors import BrokenShard, RetryLater
from tasks.hosts import wanted_hosts
from tasks.pages.unpacking import unpack
from tasks.reading import read_shard
from tasks.recipe import Recipe
from tasks.records import Capture, Page
from tasks.shards import Shard
from tasks.storage import NotFound, Store

OPTION = "slice_of"


@dataclass(frozen=True, slots=True)
class Split:
    """The slices of an archive (first byte, byte behind the last), and where bodies stand that came before in another slice."""

    fingerprint: str
    slices: tuple[tuple[int, int], ...]
    duplicates: tuple[int, ...]


def split_key(source: str, name: str) -> str:
    """Where the split of an archive lies, below the root."""
    return f"state/splits/{source}/{name}.json"


def split_names(store: Store, source: str) -> set[str]:
    """Names of the archives of a source that have a split."""
    return {found.key.rsplit("/", 1)[-1].removesuffix(".json") for found in store.list(f"state/splits/{source}/")}


def slices_of(shard: Shard, split: Split) -> list[Shard]:
    """The shards that an archive is pressed as."""
    count = len(split.slices)
    if count == 1:
        return [shard]
    options = (*shard.options, (OPTION, shard.name))
    return [
        replace(shard, name=f"{shard.name}.{number:02d}of{count:02d}", options=options, span=span)
        for number, span in enumerate(split.slices, 1)
    ]


def read_split(store: Store, source: str, name: str) -> Split | None:
    """The split of an archive; None where there is none yet; raises BrokenShard when it is damaged."""
    key = split_key(source, name)
    try:
        raw = json.loads(store.read(key))
        return Split(raw["fingerprint"], tuple((first, end) for first, end in raw["slices"]), tuple(raw["duplicates"]))
    except NotFound:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenShard(f"{key} is no split of this version: delete it and start the run again") from error


def duplicates_in(store: Store, shard: Shard) -> frozenset[int]:
    """Offsets of the bodies in a slice that came before in another; none where the shard is no slice."""
    whole = shard.option(OPTION)
    if not whole:
        return frozenset()
    split = read_split(store, shard.source, whole)
    if split is None or shard.span not in split.slices:
        raise RetryLater(f"{whole} was split anew by another run: start the run again")
    first, end = shard.span
    return frozenset(offset for offset in split.duplicates if first <= offset < end)


def split_archive(store: Store, shard: Shard, recipe: Recipe, slice_bytes: int, is_wanted: Callable[[], bool]) -> Split:
    """Read an archive once, note its slices on the store, and give them; raises RetryLater when nobody wants it any more."""
    starts, duplicates = _scan(store, shard, recipe, slice_bytes, is_wanted)
    ends = [*starts[1:], shard.size_bytes]
    split = Split(shard.fingerprint(recipe.id), tuple(zip(starts, ends, strict=True)), tuple(duplicates))
    store.write(split_key(shard.source, shard.name), json.dumps(asdict(split)).encode())
    return split


def _scan(
    store: Store, shard: Shard, recipe: Recipe, slice_bytes: int, is_wanted: Callable[[], bool]
) -> tuple[list[int], list[int]]:
    starts, duplicates, seen = [0], list[int](), dict[str, int]()
    position, hosts = 0, wanted_hosts(store, recipe.only_hosts)
    for reading in read_shard(store, shard, ReadLimits(recipe.max_record_bytes)):
        if not is_wanted():
            raise RetryLater(f"{shard.name} was cancelled while it was split")
        # No slice that is nearly empty at the end: it would cost more than it gives.
        if position - starts[-1] >= slice_bytes and shard.size_bytes - position >= slice_bytes // 2:
            starts.append(position)
        if isinstance(reading.found, Capture):
            page = unpack(reading.found, shard.source, set(), recipe, hosts)
            if isinstance(page, Page) and seen.setdefault(page.payload_digest, len(starts)) != len(starts):
                duplicates.append(reading.found.at.warc_offset)
        position = reading.next_offset
    # Positions beyond the file count unpacked bytes: nobody could go there without reading all that stands before.
    return (starts, duplicates) if position <= shard.size_bytes else ([0], [])
