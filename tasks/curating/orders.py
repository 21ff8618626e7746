"""The steps of an edition as they are sent to workers: names and small facts, never articles."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tasks.curating.batches import Batch
from tasks.curating.cutting import Cutting, cut_buckets
from tasks.curating.doubting import compare, list_doubts, read_doubts
from tasks.curating.grouping import Groups, group
from tasks.curating.joining import Join, Stretch, join_stretch
from tasks.curating.layout import Leaf
from tasks.curating.shingles import keep_shingles
from tasks.curating.signing import sign
from tasks.curating.writing import Press, write_leaves
from tasks.editions import EditionFile
from tasks.storage import Store


class Step(Protocol):
    """A step: its name in the run, where the corpus is, and what is done."""

    @property
    def name(self) -> str:
        """Short, for keys and people."""

    @property
    def store_url(self) -> str:
        """Root of the corpus."""

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> Any:
        """Do it; done again it finds what it did."""


@dataclass(frozen=True, slots=True)
class SignOrder:
    """Look at a batch."""

    store_url: str
    batch: Batch

    @property
    def name(self) -> str:
        """The batch's."""
        return f"batch-{self.batch.name}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:
        """See ``sign``."""
        return sign(store, self.batch, is_wanted)


@dataclass(frozen=True, slots=True)
class JoinOrder:
    """Find the copies in a stretch of a band."""

    store_url: str
    join: Join
    stretch: Stretch

    @property
    def name(self) -> str:
        """Band and number."""
        return f"band-{self.stretch.band}-{self.stretch.number + 1}-of-{self.stretch.of}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:
        """See ``join_stretch``."""
        return join_stretch(store, self.join, self.stretch, is_wanted)


@dataclass(frozen=True, slots=True)
class DoubtOrder:
    """List the pairs that are in doubt."""

    store_url: str
    join: Join
    name: str = "doubts"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:  # noqa: ARG002  (it is short)
        """See ``list_doubts``."""
        return list_doubts(store, self.join)


@dataclass(frozen=True, slots=True)
class ShinglesOrder:
    """Read the shingles of the articles of a batch that are in doubt."""

    store_url: str
    join: Join
    batch: str

    @property
    def name(self) -> str:
        """The batch's."""
        return f"shingles-{self.batch}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:
        """See ``keep_shingles``."""
        return keep_shingles(store, self.join.name, self.batch, np.unique(read_doubts(store, self.join.name)), is_wanted)


@dataclass(frozen=True, slots=True)
class CompareOrder:
    """Compare some of the pairs in doubt."""

    store_url: str
    join: Join
    piece: int

    @property
    def name(self) -> str:
        """The piece's number."""
        return f"doubts-{self.piece + 1}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:
        """See ``compare``."""
        return compare(store, self.join, self.piece, is_wanted)


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """Make clusters of all pairs."""

    store_url: str
    work: str
    batches: tuple[str, ...]
    joins: tuple[str, ...]
    name: str = "clusters"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> Groups:
        """See ``group``."""
        return group(store, self.work, self.batches, self.joins, is_wanted)


@dataclass(frozen=True, slots=True)
class CutOrder:
    """Find the repeated lines of the sites of some buckets."""

    store_url: str
    cutting: Cutting
    buckets: tuple[int, ...]

    @property
    def name(self) -> str:
        """The first bucket's."""
        return f"lines-{self.buckets[0]:02d}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> int:
        """See ``cut_buckets``."""
        return cut_buckets(store, self.cutting, self.buckets, is_wanted)


@dataclass(frozen=True, slots=True)
class WriteOrder:
    """Write some files."""

    store_url: str
    press: Press
    leaves: tuple[Leaf, ...]

    @property
    def name(self) -> str:
        """The first file's, and how many there are more."""
        more = f" and {len(self.leaves) - 1} more" if len(self.leaves) > 1 else ""
        return f"{self.leaves[0].name}{more}"

    def done(self, store: Store, is_wanted: Callable[[], bool]) -> list[EditionFile]:
        """See ``write_leaves``."""
        return write_leaves(store, self.press, self.leaves, is_wanted)
